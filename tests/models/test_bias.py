"""The bias model against the normal equations, and its known answer."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.core import Dataset, Event, Evidence, History, stream
from foretaste.core.errors import DataError
from foretaste.models import Bias, FittedBias
from foretaste.testing import chain, tiny_ratings, two_clans, world

RNG = stream(0)


def normal_equations(dataset: Dataset, person_ridge: float, item_ridge: float) -> np.ndarray:
    """``(A'A + R) b = A'(r - mean)`` with one column per person and item; gives the items'."""
    table = dataset.interactions.drop_nans("value")
    n_users, n_items = dataset.n_users, dataset.n_items
    A = np.zeros((len(table), n_users + n_items))
    A[np.arange(len(table)), table["user_row"].to_numpy()] = 1.0
    A[np.arange(len(table)), n_users + table["item_row"].to_numpy()] = 1.0
    values = table["value"].to_numpy().astype(float)
    ridge = np.diag([person_ridge] * n_users + [item_ridge] * n_items)
    return np.linalg.solve(A.T @ A + ridge, A.T @ (values - values.mean()))[n_users:]


@pytest.mark.parametrize(("person_ridge", "item_ridge"), [(10.0, 5.0), (0.5, 2.0), (1e-3, 1e-3)])
def test_it_is_the_solution_of_the_normal_equations(person_ridge: float, item_ridge: float) -> None:
    made = two_clans()
    fitted = Bias(person_ridge=person_ridge, item_ridge=item_ridge).fit(made, rng=RNG)
    np.testing.assert_allclose(
        fitted.items, normal_equations(made, person_ridge, item_ridge), atol=1e-6
    )


def test_one_and_a_half_and_one_are_two_and_a_half() -> None:
    made = tiny_ratings()
    fitted = Bias(person_ridge=0, item_ridge=0).fit(made, rng=RNG)
    assert fitted.mean == pytest.approx(1.0)
    assert fitted.person(made.histories.of(0)) == pytest.approx(0.5)
    np.testing.assert_allclose(fitted.items, [1.0, -1.0])
    np.testing.assert_allclose(fitted.score(made.evidence(0)), [2.5, 0.5])


def test_somebody_new_is_as_generous_as_their_ratings_say() -> None:
    fitted = FittedBias(3.0, np.array([1.0, 0.0, -1.0]), 2.0, 1.0, 5.0)
    history = History.of([0, 2], values=[5.0, 4.0])
    # left over: 5 - 4 = 1 and 4 - 2 = 2, shrunk: 3 / (2 + 2)
    np.testing.assert_allclose(fitted.score(Evidence(history)), [4.75, 3.75, 2.75])
    np.testing.assert_allclose(fitted.score(Evidence(History.of([0]))), [4.0, 3.0, 2.0])
    generous = Evidence(History.of([0, 0, 0], values=[9.0, 9.0, 9.0]))
    np.testing.assert_allclose(fitted.predict(generous, np.array([0, 2], np.int32)), [5.0, 5.0])


def test_ratings_are_needed_and_asked_for() -> None:
    with pytest.raises(DataError, match="bias needs ratings"):
        Bias().fit(chain(), rng=RNG)


def test_events_without_a_value_do_not_count() -> None:
    rated = {"ann": [Event("a", "rate", 4.0), Event("b", "rate", 2.0)]}
    mixed = {"ann": [*rated["ann"], Event("a", "view"), Event("b", "dislike")]}
    one, other = (Bias().fit(world("w", p, "ab"), rng=RNG) for p in (rated, mixed))
    np.testing.assert_array_equal(one.items, other.items)
