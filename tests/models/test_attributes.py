"""Distribution matching and text similarity: known answers and plain re-computations."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.core import Event, Evidence, History, Wish, stream, top
from foretaste.core.errors import DataError
from foretaste.models import KL, Content, FittedKL, divergences
from foretaste.testing import attributes_only, chain, two_clans, world

RNG = stream(0)

SHOP = world(
    "shop",
    {"ann": [Event("1", "rate", 5.0), Event("3", "rate", 4.0)]},
    {
        "1": {"price": "high", "tags": ["tech"]},
        "3": {"price": "low", "tags": ["fashion", "original"]},
        "4": {"price": "high", "tags": ["fashion", "original"]},
    },
    roles={"price": "category", "tags": "categories"},
)


def test_the_known_divergences_and_the_known_answer() -> None:
    fitted = KL(smoothing=0.1).fit(SHOP, rng=RNG)
    scores = fitted.score(SHOP.evidence(0))
    one, three, four = -scores
    assert [round(float(d), 3) for d in (one, four, three)] == [0.598, 0.760, 1.119]
    scores[SHOP.histories.of(0).rows] = -np.inf
    assert SHOP.item_ids.ids[top(scores, 1)[0]] == "4"


def test_a_mix_is_each_rating_spread_evenly_over_attributes() -> None:
    mix = KL().fit(SHOP, rng=RNG).distribution(SHOP.evidence(0))
    # high price, tech: 5/2 each; low price, fashion, original: 4/3 each; of 9 in all
    np.testing.assert_allclose(sorted(mix), sorted([2.5 / 9] * 2 + [4 / 27] * 3))


def test_liking_an_item_without_attributes_says_nothing() -> None:
    made = two_clans()
    fitted = KL().fit(made, rng=RNG)
    red, bare = made.item_ids.rows(["red-1", "bare"])
    alone, both = (Evidence(History.of(rows)) for rows in ([red], [red, bare]))
    assert fitted.distribution(both).sum() == pytest.approx(1.0)
    np.testing.assert_array_equal(fitted.score(both), fitted.score(alone))


@pytest.mark.parametrize("popularity", [False, True])
def test_the_sparse_scores_are_the_plain_divergences(popularity: bool) -> None:
    made = two_clans()
    fitted = KL(smoothing=0.3, popularity=popularity).fit(made, rng=RNG)
    batch = [made.evidence(row) for row in range(made.n_users)]
    people = np.stack([fitted.distribution(one) for one in batch])
    n_attributes = fitted.items.shape[1]
    uniform = np.full(n_attributes, 1.0 / n_attributes)
    plain = -divergences(people, fitted.items.toarray(), 0.3, uniform)
    np.testing.assert_allclose(fitted.score_batch(batch), plain + fitted.log_prior, atol=1e-12)
    prior = np.exp(fitted.log_prior)
    assert prior.sum() == pytest.approx(1.0 if popularity else made.n_items)


def test_a_divergence_is_never_negative_and_zero_only_for_the_same_mix() -> None:
    rng = stream(2, "kl")
    people, items = rng.dirichlet(np.ones(5), 8), rng.dirichlet(np.ones(5), 6)
    assert (divergences(people, items, 0.2, np.full(5, 0.2)) > 0).all()
    smooth = 0.8 * items[0] + 0.2 * 0.2
    assert divergences(smooth[None], items, 0.2, np.full(5, 0.2))[0, 0] == pytest.approx(0)


def test_attributes_needed() -> None:
    with pytest.raises(DataError, match="kl needs attributes"):
        KL().fit(chain(), rng=RNG)


def test_new_items_go_to_the_people_of_their_genre() -> None:
    made = attributes_only()
    new = np.array([name.startswith("new-") for name in made.item_ids.ids])
    genres = np.array(made.items["genre"].to_list())
    for model in (KL(), Content()):
        fitted = model.fit(made, rng=RNG)
        for user_row in range(made.n_users):
            scores = np.where(new, fitted.score(made.evidence(user_row)), -np.inf)
            own = made.user_ids.ids[user_row].split("-")[0]
            assert set(genres[top(scores, 2)]) == {own}


def test_the_share_of_a_past_item_is_what_they_have_in_common() -> None:
    fitted: FittedKL = KL(smoothing=0.1).fit(SHOP, rng=RNG)
    found = fitted.explain(SHOP.evidence(0), np.array([2], np.int32))
    # Item 4 has "high" from item 1, "fashion" and "original" from item 3.
    lift = np.log(0.9 / 3 + 0.02) - np.log(0.02)
    np.testing.assert_allclose(found.past, [[2.5 / 9 * lift, 2 * 4 / 27 * lift]])


def test_what_all_descriptions_share_says_nothing() -> None:
    """Far from the origin all vectors look alike; centred, the nearest neighbour is plain."""
    vectors = np.array([[10.0, 1.0], [10.0, 0.9], [10.0, -1.0], [0.0, 0.0]])
    made = world("text", {"ann": ["a"]}, "abcd", vectors={"text": vectors})
    scores = Content(recency=1.0).fit(made, rng=RNG).score(Evidence(History.of([0])))
    assert scores[1] > 0.9 and scores[2] < -0.9 and scores[3] == 0.0


def test_likeness_by_hand() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0], [0.0, 0.0]])
    made = world("text", {"ann": ["a"]}, "abcd", vectors={"text": vectors})
    plain = Content(recency=0.5, wish_weight=3.0, profile_weight=2.0, centre=False)
    fitted = plain.fit(made, rng=RNG)
    history = History.of([0, 1])
    # Weights 1/3 (older) and 2/3 (newer) of the unit vectors.
    past = np.array([1 / 3, 2 / 3, 1 / np.sqrt(2), 0.0])
    np.testing.assert_allclose(fitted.score(Evidence(history)), past, rtol=1e-6)
    down = np.array([0.0, 1.0], np.float32)
    words = np.array([0.0, 1.0, 1 / np.sqrt(2), 0.0])
    wish = Evidence(history, wish=Wish("down", down))
    np.testing.assert_allclose(fitted.score(wish), past + 3 * words, rtol=1e-6)
    profile = Evidence(history, profile_vector=down)
    np.testing.assert_allclose(fitted.score(profile), past + 2 * words, rtol=1e-6)
    found = fitted.explain(wish, np.array([2], np.int32))
    np.testing.assert_allclose(found.parts["words"], [3 / np.sqrt(2)], rtol=1e-6)


@pytest.mark.parametrize("recency", [1.0, 0.6])
def test_effects_are_what_deleting_an_event_does(recency: float) -> None:
    made = two_clans()
    fitted = Content(recency=recency).fit(made, rng=RNG)
    rows = np.arange(6, dtype=np.int32)
    for history in (made.histories.of(2), History.of([4]), History.of([4, 2])):
        found = fitted.explain(Evidence(history), rows)
        assert found.effect is not None
        full = fitted.score(Evidence(history), rows)
        for place in range(len(history)):
            left = history.take(np.arange(len(history)) != place)
            fall = full - fitted.score(Evidence(left), rows)
            np.testing.assert_allclose(found.effect[:, place], fall, atol=1e-6)


def test_other_vectors_by_name_and_a_remedy_without() -> None:
    made = two_clans()
    image = made.with_vectors("image", np.eye(made.n_items))
    assert Content(vectors="image").fit(image, rng=RNG).vectors.shape[1] == made.n_items
    with pytest.raises(DataError, match="there are no 'image' vectors"):
        Content(vectors="image").fit(made, rng=RNG)
