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
        ("base", None),
        ("absence", None),
    ],
)
def test_parts_without_a_true_sentence_are_not_worded(
    shop: Dataset, part: str, said: str | None
) -> None:
    likes = np.asarray(shop.liked.sum(axis=0)).ravel()
    writer = ReasonWriter(ReasonSettings(), Catalogue.of(shop), shop.kinds, likes, shop.n_users)
    parts = {part: np.array([2.0, 1.0])}
    found = Attribution(np.array([0, 1], np.int32), parts, np.zeros((2, 0)))
    first = writer.write(found, History.of([]), "any")[0]
    assert [reason.text for reason in first] == ([] if said is None else [said])
