"""What items and people are like, as numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from foretaste.core import Dataset, Role
from foretaste.taste.ratings.learning import content
from foretaste.taste.ratings.learning.content import item_content
from foretaste.taste.ratings.profile import ProfileCoder
from foretaste.testing import two_clans, world


def catalogue(roles: dict[str, Role], columns: dict[str, list]) -> Dataset:
    count = len(next(iter(columns.values())))
    items = {f"i{n}": {name: cells[n] for name, cells in columns.items()} for n in range(count)}
    return world("catalogue", {}, items, roles=roles)


def alike(dataset: Dataset) -> np.ndarray:
    features = item_content(dataset, 50, np.random.default_rng(0))
    return features @ features.T


def test_shared_values_make_items_alike_and_rare_ones_more_so() -> None:
    tags = [["戏剧", "x"], ["戏剧", "y"], ["rare", "x"], ["rare", "y"], *[["戏剧", "z"]] * 4]
    found = alike(catalogue({"tags": "categories"}, {"tags": tags}))
    assert found[2, 3] > found[0, 1]  # both share one value; theirs is rarer
    assert found[0, 1] > found[1, 2]  # one shared value against none


def test_one_hot_rows_have_length_one_and_ids_are_left_out() -> None:
    found = content._one_hot([["a", "id-1"], ["a", "b", "id-2"], ["b", "id-3"], []])
    assert found.shape == (4, 2)
    np.testing.assert_allclose(np.sqrt(found.multiply(found).sum(axis=1)).A1[:3], 1.0)
    assert content._one_hot([["x"], ["y"]]).shape[1] == 0


def test_near_numbers_are_more_alike_than_far_ones() -> None:
    years = [1950.0, 1952.0, 1970.0, 1990.0, 2001.0, None]
    bins = content._soft_bins(years).toarray()
    np.testing.assert_allclose(np.linalg.norm(bins[:5], axis=1), 1.0)
    assert (bins[5] == 0).all()
    assert bins[0] @ bins[1] > bins[0] @ bins[2] > bins[0] @ bins[4]
    assert content._soft_bins([3.0, 3.0]).shape == (2, 0)


def test_all_directions_together_are_the_centred_mean_of_the_kernels() -> None:
    dataset = two_clans()
    found = alike(dataset)
    sparse, dense = content._blocks(dataset)
    stacked = np.hstack([block.toarray() for block in sparse] + dense)
    stacked = stacked - stacked.mean(axis=0)
    kernel = stacked @ stacked.T
    np.testing.assert_allclose(found, kernel / np.diag(kernel).mean(), atol=1e-8)


def test_fewer_directions_are_the_leading_ones() -> None:
    dataset = two_clans()
    two = item_content(dataset, 2, np.random.default_rng(0))
    every = item_content(dataset, 50, np.random.default_rng(1))
    assert two.shape[1] == 2
    gap = [abs(np.corrcoef(two[:, k], every[:, k])[0, 1]) for k in range(2)]
    np.testing.assert_allclose(gap, 1.0, atol=1e-6)


@pytest.mark.parametrize("size", [0, 10])
def test_items_without_content_have_no_features(size: int) -> None:
    bare = replace(two_clans(), item_roles={}, vectors={})
    assert item_content(bare, size, np.random.default_rng(0)).shape == (bare.n_items, 0)


def people(columns: dict[str, list], roles: dict[str, Role]) -> Dataset:
    count = len(next(iter(columns.values())))
    base = world("people", {f"u{n}": [] for n in range(count)}, ["item"])
    table = base.people.with_columns(*(pl.Series(name, v) for name, v in columns.items()))
    return replace(base, people=table, people_roles=roles)


def test_profiles_become_indicators_of_known_values() -> None:
    dataset = people({"sex": ["F", "M", "F", "M", "X"]}, {"sex": "category"})
    coder = ProfileCoder.of(dataset)
    assert coder.values == {"sex": ["F", "M"]}  # one X tells nothing about others
    assert coder.encode({"sex": "M"}).tolist() == [1, 0, 1]
    assert coder.encode({"sex": "X", "age": 3}).tolist() == [1, 0, 0]
    assert coder.encode_all(dataset)[:, 1].tolist() == [1, 0, 1, 0, 0]


def test_numbers_with_many_values_become_bins() -> None:
    dataset = people({"age": [float(n) for n in range(100)]}, {"age": "number"})
    coder = ProfileCoder.of(dataset)
    rows = coder.encode_all(dataset)
    assert coder.size == 9
    np.testing.assert_allclose(rows.sum(axis=0)[1:], 12.5, atol=1)
    assert coder.encode({"age": -5}).argmax() == 0 and coder.encode({"age": -5})[1] == 1
    assert coder.encode({"age": 500})[-1] == 1
    for strange in ("old", None, float("nan")):
        assert coder.encode({"age": strange}).sum() == 1


def test_few_numbers_are_categories_whatever_their_type() -> None:
    coder = ProfileCoder.of(people({"band": [1.0, 2.0, 1.0, 2.0]}, {"band": "number"}))
    np.testing.assert_array_equal(coder.encode({"band": 2}), coder.encode({"band": 2.0}))
    assert coder.encode({"band": 2}).sum() == 2
