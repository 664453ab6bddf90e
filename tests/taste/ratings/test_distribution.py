"""Point predictions read off a rating distribution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from foretaste.core.errors import InputError
from foretaste.taste.ratings import RatingDistribution

LEVELS = np.arange(1.0, 6.0)
ONE = RatingDistribution(LEVELS, np.array([[0.1, 0.2, 0.3, 0.3, 0.1], [0, 0, 0, 0, 1.0]]))


def test_known_answers() -> None:
    np.testing.assert_allclose(ONE.mean, [3.1, 5.0])
    np.testing.assert_allclose(ONE.median, [3.0, 5.0])
    np.testing.assert_allclose(ONE.variance, [1.29, 0.0], atol=1e-12)
    np.testing.assert_allclose(ONE.at_least(4), [0.4, 1.0])
    np.testing.assert_allclose(ONE.quantile(0.1), [1.0, 5.0])
    np.testing.assert_allclose(ONE.quantile(1.0), [5.0, 5.0])
    np.testing.assert_allclose(ONE.expected(2**LEVELS - 1), [10.4, 31.0])
    assert len(ONE) == 2


@given(hnp.arrays(np.float64, (4, 5), elements=st.floats(0.01, 1.0)))
def test_no_level_has_a_smaller_expected_absolute_error_than_the_median(raw: np.ndarray) -> None:
    found = RatingDistribution(LEVELS, raw / raw.sum(axis=1, keepdims=True))

    def error(points: np.ndarray) -> np.ndarray:
        return (found.probabilities * np.abs(LEVELS - points[:, None])).sum(axis=1)

    best = np.min([error(np.full(4, level)) for level in LEVELS], axis=0)
    np.testing.assert_allclose(error(found.median), best, atol=1e-9)


@given(st.floats(0, 1), st.floats(0, 1))
def test_quantiles_rise_with_the_share(one: float, other: float) -> None:
    assert (ONE.quantile(min(one, other)) <= ONE.quantile(max(one, other))).all()


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="from 0 to 1"):
        ONE.quantile(share)
