"""The rating scale: only the order of levels counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from foretaste.core.errors import DataError
from foretaste.taste.ratings import RatingScale

STARS = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5]


def test_levels_and_shares_are_read_off() -> None:
    scale = RatingScale.of(STARS)
    assert scale.levels.tolist() == [1, 2, 3, 4, 5]
    np.testing.assert_allclose(scale.shares, np.array([1, 2, 3, 4, 2]) / 12)


def test_latents_keep_order_mean_and_spread_of_the_ratings() -> None:
    scale = RatingScale.of(STARS)
    assert (np.diff(scale.latents) > 0).all()
    assert ((scale.latents[:-1] < scale.borders) & (scale.borders < scale.latents[1:])).all()
    assert scale.shares @ scale.latents == pytest.approx(np.mean(STARS))
    assert np.sqrt(scale.shares @ (scale.latents - scale.mean) ** 2) == pytest.approx(np.std(STARS))


def test_two_equal_halves_stand_for_one_spread_either_side() -> None:
    scale = RatingScale.of([0, 1] * 5)
    np.testing.assert_allclose(scale.latents, [0.0, 1.0])
    np.testing.assert_allclose(scale.borders, [0.5])


@given(hnp.arrays(np.int64, st.integers(2, 60), elements=st.integers(1, 10)))
def test_squaring_the_levels_moves_the_latents_only_in_a_line(ratings: np.ndarray) -> None:
    plain, squared = RatingScale.of(ratings), RatingScale.of(ratings**2)

    def standard(scale: RatingScale) -> np.ndarray:
        return (scale.latents - scale.mean) / scale.spread

    np.testing.assert_allclose(standard(plain), standard(squared), atol=1e-9)
    assert (plain.index(ratings) == squared.index(ratings**2)).all()


def test_a_fine_scale_is_binned() -> None:
    ratings = np.random.default_rng(0).uniform(0, 100, 5_000)
    scale = RatingScale.of(ratings, max_levels=10)
    assert len(scale) == 10
    np.testing.assert_allclose(scale.shares, 0.1, atol=0.02)


def test_a_rating_between_levels_counts_as_the_nearest() -> None:
    scale = RatingScale.of(STARS)
    assert scale.index([0, 1.4, 1.6, 4.4, 99]).tolist() == [0, 0, 1, 3, 4]


def test_one_level_only() -> None:
    scale = RatingScale.of([5, 5, 5])
    assert scale.latents.tolist() == [5.0]
    assert scale.borders.size == 0
    assert scale.spread == 1.0


@pytest.mark.parametrize("ratings", [[], [1.0, np.nan], [np.inf]])
def test_no_rating_or_no_number_is_refused(ratings: list[float]) -> None:
    with pytest.raises(DataError, match="at least one finite value"):
        RatingScale.of(ratings)
