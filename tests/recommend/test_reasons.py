"""Reasons name what moved a score, and nothing there is no true sentence for."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.core import Attribution, Dataset, History
from foretaste.recommend import Catalogue, ReasonSettings, ReasonWriter


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("popularity", "Liked by 4 of 5 people."),
        ("trend", "Liked more of late than before."),
        ("newness", "Newer items count for more here."),
        ("profile", "It fits what your profile says."),
        ("base", "Nothing of yours speaks for it; liked by 4 of 5 people."),
        ("absence", "Nothing of yours speaks for it; liked by 4 of 5 people."),
    ],
)
def test_parts_without_a_true_sentence_are_not_worded(shop: Dataset, part: str, said: str) -> None:
    likes = np.asarray(shop.liked.sum(axis=0)).ravel()
    writer = ReasonWriter(ReasonSettings(), Catalogue.of(shop), shop.kinds, likes, shop.n_users)
    parts = {part: np.array([2.0, 1.0])}
    found = Attribution(np.array([0, 1], np.int32), parts, np.zeros((2, 0)))
    first = writer.write(found, History.of([]), "any")[0]
    assert [reason.text for reason in first] == [said]


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        (1.0, "alike in director (Michael Mann) and genres (Crime)."),
        (-1.0, "Nothing of yours speaks for it; liked by 1 of 5 people."),
    ],
)
def test_a_dislike_is_no_reason(shop: Dataset, signal: float, said: str) -> None:
    writer = ReasonWriter(ReasonSettings(), Catalogue.of(shop), (), np.ones(6), 5)
    share = np.array([[1.0]])
    blocks = {"collaborative": 0.6 * share, "attributes": 0.4 * share}
    found = Attribution(np.array([1], np.int32), {}, share, None, blocks)
    told = writer.write(found, History.of([0], [signal]), "taste")[0]
    assert len(told) == 1 and told[0].text.endswith(said)


def test_popularity_is_no_reason_where_it_lowered_the_score(shop: Dataset) -> None:
    likes = np.asarray(shop.liked.sum(axis=0)).ravel()
    writer = ReasonWriter(ReasonSettings(), Catalogue.of(shop), shop.kinds, likes, shop.n_users)
    parts = {"popularity": np.array([-0.1, -0.2])}
    found = Attribution(np.array([0, 1], np.int32), parts, np.array([[0.01], [0.0]]))
    told = writer.write(found, History.of([2]), "taste")
    assert [reason.kind for reason in told[0]] == ["past"]
    assert told[1][0].text.startswith("Nothing of yours")


def test_an_item_without_fans_is_not_said_to_have_any(shop: Dataset) -> None:
    likes = np.asarray(shop.liked.sum(axis=0)).ravel()
    writer = ReasonWriter(ReasonSettings(), Catalogue.of(shop), shop.kinds, likes, shop.n_users)
    share = np.array([[1.0], [1.0]])
    found = Attribution(np.array([4, 1], np.int32), {}, share, None, {"collaborative": share})
    new, known = writer.write(found, History.of([0]), "taste")
    assert new[0].text == "You liked Heat; by its description this is for the same people."
    assert known[0].text == "You liked Heat; its fans like this too."
