"""Sums can be added, subtracted and merged; solvers agree with the textbook."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from foretaste.core import stream
from foretaste.core.errors import DataError
from foretaste.sums import (
    PairSums,
    covariance_factors,
    leading,
    leave_one_out_weights,
    positive_solve,
    principal_axes,
    ridge,
    weighted_gram,
)


def likes(people: int = 40, items: int = 12, seed: int = 0) -> csr_matrix:
    rng = stream(seed, "likes")
    taste = rng.normal(size=(people, 2)) @ rng.normal(size=(2, items))
    return csr_matrix((taste + rng.normal(size=taste.shape) > 0.8).astype(np.float32))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 40), st.integers(0, 5))
def test_sums_of_two_groups_are_those_of_all_and_can_be_taken_back(cut: int, seed: int) -> None:
    table = likes(seed=seed)
    whole, early, late = (PairSums.of(part) for part in (table, table[:cut], table[cut:]))
    both = early.plus(late)
    assert both.people == whole.people
    np.testing.assert_array_equal(both.second, whole.second)
    left = whole.minus(late)
    np.testing.assert_array_equal(left.first, early.first)
    np.testing.assert_array_equal(left.second, early.second)


def test_mean_and_covariance_are_numpys() -> None:
    table = likes()
    sums = PairSums.of(table)
    np.testing.assert_allclose(sums.mean, table.toarray().mean(axis=0))
    np.testing.assert_allclose(sums.covariance, np.cov(table.toarray().T, bias=True), atol=1e-7)


def test_more_cannot_be_forgotten_than_was_ever_there() -> None:
    few = PairSums.of(likes(5))
    with pytest.raises(DataError, match="cannot forget"):
        few.minus(PairSums.of(likes(40)))
    with pytest.raises(DataError, match="different catalogues"):
        few.plus(PairSums.of(likes(5, items=3)))


def test_factors_of_full_rank_give_the_covariance_back() -> None:
    table = likes()
    factors = covariance_factors(table, 12, stream(0, "start"))
    np.testing.assert_allclose(factors @ factors.T, PairSums.of(table).covariance, atol=1e-5)
    spread = (factors**2).sum(axis=0)
    assert (np.diff(spread) <= 1e-7).all()


def test_leading_factors_are_the_best_of_their_rank() -> None:
    table = likes(200, 30)
    factors = covariance_factors(table, 5, stream(0, "start"), sweeps=30)
    values = np.sort(np.linalg.eigvalsh(PairSums.of(table).covariance))[::-1]
    np.testing.assert_allclose((factors**2).sum(axis=0), values[:5], rtol=1e-3)


@pytest.mark.parametrize("shape", [(0, 4), (1, 4), (4, 0)])
def test_there_are_no_factors_of_nothing(shape: tuple[int, int]) -> None:
    assert covariance_factors(csr_matrix(shape), 3, stream(0, "x")).shape == (shape[1], 0)


def test_leading_product_is_the_truncated_singular_value_decomposition() -> None:
    matrix = stream(1, "m").normal(size=(6, 40)).astype(np.float32)
    left, right = leading(matrix, 3)
    u, s, v = np.linalg.svd(matrix, full_matrices=False)
    np.testing.assert_allclose(left @ right.T, (u[:, :3] * s[:3]) @ v[:3], atol=1e-4)
    left, right = leading(matrix, 99)
    np.testing.assert_allclose(left @ right.T, matrix, atol=1e-4)


def test_axes_are_orthonormal_and_explain_what_varies() -> None:
    rng = stream(2, "axes")
    vectors = rng.normal(size=(50, 2)) @ rng.normal(size=(2, 7)) + 5
    centre, axes = principal_axes(vectors, 5)
    assert axes.shape == (7, 2)
    np.testing.assert_allclose(axes.T @ axes, np.eye(2), atol=1e-5)
    np.testing.assert_allclose((vectors - centre) @ axes @ axes.T + centre, vectors, atol=1e-4)


def test_weighted_gram_repeats_a_row_as_often_as_its_weight_says() -> None:
    table = likes(6)
    weights = np.array([1, 2, 0, 1, 3, 1])
    np.testing.assert_allclose(
        weighted_gram(table, weights), weighted_gram(table[np.repeat(np.arange(6), weights)])
    )


def test_ridge_is_least_squares_with_extra_rows() -> None:
    rng = stream(3, "ridge")
    Z, Y = rng.normal(size=(20, 4)), rng.normal(size=(20, 3))
    penalty = np.array([0.5, 1.0, 2.0, 3.0])
    longer = np.vstack([Z, np.diag(np.sqrt(penalty))])
    expected = np.linalg.lstsq(longer, np.vstack([Y, np.zeros((4, 3))]), rcond=None)[0]
    np.testing.assert_allclose(ridge(Z.T @ Z, Z.T @ Y, penalty), expected)


def test_leave_one_out_weights_are_regressions_on_all_other_items() -> None:
    X = likes().toarray().astype(np.float64)
    noise = np.linspace(1.0, 3.0, X.shape[1])
    weights = leave_one_out_weights(X.T @ X, noise)
    for item in range(X.shape[1]):
        others = np.delete(np.arange(X.shape[1]), item)
        Z = X[:, others]
        alone = np.linalg.solve(Z.T @ Z + np.diag(noise[others]), Z.T @ X[:, item])
        np.testing.assert_allclose(weights[others, item], alone, atol=1e-5)
        assert weights[item, item] == 0


def test_a_system_without_solution_is_refused_in_words() -> None:
    with pytest.raises(DataError, match="no stable solution"):
        positive_solve(-np.eye(3), np.ones(3))
    with pytest.raises(DataError, match="no stable solution"):
        positive_solve(np.full((3, 3), np.nan), np.ones(3))


def test_a_system_that_is_singular_by_rounding_is_solved() -> None:
    system = np.ones((3, 3))
    found = positive_solve(system.copy(), np.ones(3))
    np.testing.assert_allclose(system @ found, np.ones(3), atol=1e-3)
    assert positive_solve(np.zeros((0, 0)), np.zeros((0, 2))).shape == (0, 2)
