"""One person's posterior against the formulas written out."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.taste.ratings.person import Person, TastePrior

N_ITEMS, SIZE, EXTRA = 30, 4, 2


@pytest.fixture(scope="module")
def prior() -> TastePrior:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(N_ITEMS, SIZE + EXTRA))
    features[:, 0] = 1.0
    root = rng.normal(size=(SIZE + EXTRA, SIZE + EXTRA))
    return TastePrior(
        quality=rng.normal(3, 1, N_ITEMS),
        features=features,
        uncertain=rng.uniform(0.01, 0.3, (N_ITEMS, SIZE)),
        person_map=rng.normal(size=(3, SIZE + EXTRA)),
        prior=root @ root.T + 0.1 * np.eye(SIZE + EXTRA),
        noise=0.7,
    )


ROWS = np.array([3, 5, 8, 11, 20, 21, 25])
RATINGS = np.array([4.0, 2.0, 5.0, 1.0, 3.0, 3.5, 4.5])
PROFILE = np.array([1.0, 0.0, 1.0])
ASKED = np.array([0, 3, 7, 29])


def kernel_form(prior: TastePrior, person: Person) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the answer by the n x n form."""
    asked, seen = prior.features[ASKED], prior.features[ROWS]
    inverse = np.linalg.inv(seen @ prior.prior @ seen.T + np.diag(person.noise))
    cross = asked @ prior.prior @ seen.T
    mean = prior.quality[ASKED] + asked @ person.prior_mean + cross @ inverse @ person.residual
    return mean, asked @ prior.prior @ asked.T - cross @ inverse @ cross.T


def test_both_forms_of_the_posterior_are_equal(prior: TastePrior) -> None:
    person = prior.condition(ROWS, RATINGS, PROFILE)
    mean, covariance = kernel_form(prior, person)
    found, variance = prior.predict(person, ASKED)
    np.testing.assert_allclose(found, mean, rtol=1e-9)
    item = prior.item_noise(ASKED, person.mean, person.covariance)
    np.testing.assert_allclose(variance, np.diag(covariance) + item + prior.noise, rtol=1e-9)


def test_shares_and_blocks_sum_to_what_the_past_moved(prior: TastePrior) -> None:
    person = prior.condition(ROWS, RATINGS, PROFILE)
    features = prior.features[ASKED]
    moved = features @ (person.mean - person.prior_mean)
    np.testing.assert_allclose(person.shares(features).sum(axis=1), moved, atol=1e-9)
    blocks = [slice(0, 1), slice(1, SIZE), slice(SIZE, None)]
    apart = sum(person.shares(features, block) for block in blocks)
    np.testing.assert_allclose(apart, person.shares(features), atol=1e-9)


def test_the_effect_of_a_rating_is_what_leaving_it_out_changes(prior: TastePrior) -> None:
    person = prior.condition(ROWS, RATINGS, PROFILE)
    effects = person.effects(prior.features[ASKED])
    before, _ = prior.predict(person, ASKED)
    for place in range(len(ROWS)):
        rest = np.delete(np.arange(len(ROWS)), place)
        without = prior.condition(ROWS[rest], RATINGS[rest], PROFILE)
        after, _ = prior.predict(without, ASKED)
        np.testing.assert_allclose(effects[:, place], before - after, atol=1e-9)


def test_surprise_is_the_leave_one_out_error_over_its_variance(prior: TastePrior) -> None:
    person = prior.condition(ROWS, RATINGS, PROFILE)
    for place in range(len(ROWS)):
        rest = np.delete(np.arange(len(ROWS)), place)
        without = prior.condition(ROWS[rest], RATINGS[rest], PROFILE)
        row = prior.features[ROWS[place]]
        expected = prior.quality[ROWS[place]] + row @ without.mean
        variance = row @ without.covariance @ row + person.noise[place]
        surprise = (RATINGS[place] - expected) ** 2 / variance
        assert person.surprise[place] == pytest.approx(surprise)


def test_without_ratings_the_prior_speaks(prior: TastePrior) -> None:
    person = prior.condition(np.empty(0, int), np.empty(0), PROFILE)
    np.testing.assert_allclose(person.mean, PROFILE @ prior.person_map)
    np.testing.assert_allclose(person.covariance, prior.prior)
    assert person.surprise.sum() == 0


def test_a_rating_makes_surer_and_an_uncertain_item_less_sure(prior: TastePrior) -> None:
    nobody = prior.condition(np.empty(0, int), np.empty(0), PROFILE)
    somebody = prior.condition(ROWS, RATINGS, PROFILE)
    assert np.linalg.det(somebody.covariance) < np.linalg.det(nobody.covariance)
    more = prior.item_noise(ASKED, somebody.mean, 2 * somebody.covariance)
    assert (more > prior.item_noise(ASKED, somebody.mean, somebody.covariance)).all()
