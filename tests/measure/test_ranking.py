"""Accuracy of lists: known answers, other people's code, and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretaste.measure import (
    Truth,
    average_precision,
    f1,
    hit,
    hits_of,
    ndcg,
    parse,
    precision,
    rank_metric,
    recall,
    rr,
    top_lists,
)

LISTS = np.array([[7, 3, 9, 1, 5], [2, 4, -1, -1, -1], [0, 1, 2, 3, 4], [8, 6, 0, 1, 2]], np.int32)
TRUTH = Truth.of([[3, 1, 0], [2], [], [5, 7]])
LOG = 1 / np.log2(np.arange(2, 12))


def value(name: str) -> np.ndarray:
    return rank_metric(parse(name), LISTS, TRUTH)


def test_hits_are_found_and_padding_never_is() -> None:
    expected = np.zeros((4, 5), bool)
    expected[0, [1, 3]] = expected[1, 0] = True
    np.testing.assert_array_equal(hits_of(LISTS, TRUTH), expected)
    assert not hits_of(np.full((1, 3), -1, np.int32), Truth.of([[0]])).any()
    # the padding of one person must not be read as the last item of the one before
    assert not hits_of(np.array([[0], [-1]], np.int32), Truth.of([[9], [3]])).any()


def test_known_answers() -> None:
    nan = np.nan
    two_of_three = (LOG[1] + LOG[3]) / LOG[:3].sum()
    np.testing.assert_allclose(value("ndcg@5"), [two_of_three, 1, nan, 0])
    np.testing.assert_allclose(value("ndcg@2"), [LOG[1] / LOG[:2].sum(), 1, nan, 0])
    np.testing.assert_allclose(value("recall@5"), [2 / 3, 1, nan, 0])
    np.testing.assert_allclose(value("precision@5"), [2 / 5, 1 / 5, nan, 0])
    np.testing.assert_allclose(value("hit@1"), [0, 1, nan, 0])
    np.testing.assert_allclose(value("mrr@5"), [1 / 2, 1, nan, 0])
    np.testing.assert_allclose(value("map@5"), [(1 / 2 + 2 / 4) / 3, 1, nan, 0])
    np.testing.assert_allclose(value("map@2"), [(1 / 2) / 2, 1, nan, 0])
    np.testing.assert_allclose(value("f1@5"), [2 * 2 / (5 + 3), 2 / 6, nan, 0])


def test_where_libraries_differ() -> None:
    # LensKit: recall over min(|truth|, k), first two places alike, lists of their own length
    np.testing.assert_allclose(value("recall@2:lenskit")[0], 1 / 2)
    np.testing.assert_allclose(value("recall@2")[0], 1 / 3)
    discount = 1 / np.maximum(np.log2(np.arange(1, 6)), 1)
    expected = (discount[1] + discount[3]) / discount[:3].sum()
    np.testing.assert_allclose(value("ndcg@5:lenskit")[0], expected)
    np.testing.assert_allclose(value("precision@5:lenskit")[1], 1 / 2)
    # MS Recommenders' map divides by all that was to be found
    np.testing.assert_allclose(value("map@2:ms")[0], (1 / 2) / 3)
    # KGAT's ideal knows only what was retrieved: two hits at places 2 and 4 against 1 and 2
    np.testing.assert_allclose(value("ndcg@5:kgat")[0], (LOG[1] + LOG[3]) / LOG[:2].sum())
    assert value("ndcg@5:kgat")[0] > value("ndcg@5")[0]
    for name in ("ndcg@5", "recall@5", "map@5", "precision@5"):
        np.testing.assert_array_equal(value(f"{name}:recbole"), value(name))


def _as_recbole(pos_index: np.ndarray, pos_len: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """RecBole's definitions, one person and one place at a time."""
    found: dict[str, list[float]] = {"ndcg": [], "map": []}
    for line, length in zip(pos_index, pos_len, strict=True):
        places = [r for r in range(k) if line[r]]
        ideal = sum(1 / np.log2(r + 2) for r in range(min(k, int(length))))
        found["ndcg"].append(sum(1 / np.log2(r + 2) for r in places) / ideal)
        at = [sum(line[: r + 1]) / (r + 1) for r in places]
        found["map"].append(sum(at) / min(k, int(length)))
    return {name: np.array(values) for name, values in found.items()}


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_against_a_plain_reading_of_recbole(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    lists = np.array([rng.permutation(30)[:12] for _ in range(5)], np.int32)
    truth = Truth.of([rng.permutation(30)[: rng.integers(1, 20)] for _ in range(5)])
    hits, sizes = hits_of(lists, truth), truth.sizes
    expected = _as_recbole(hits, sizes, k)
    np.testing.assert_allclose(ndcg(hits, sizes, k), expected["ndcg"])
    np.testing.assert_allclose(average_precision(hits, sizes, k), expected["map"])


def test_against_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(5)
    scores = rng.random((20, 40))
    relevant = rng.random((20, 40)) < 0.2
    relevant[:, 0] = True
    truth = Truth.of([np.flatnonzero(line) for line in relevant])
    for k in (1, 5, 40):
        lists = top_lists(scores, k)
        hits = hits_of(lists, truth)
        for row in range(20):
            theirs = metrics.ndcg_score(relevant[row : row + 1], scores[row : row + 1], k=k)
            assert ndcg(hits, truth.sizes, k)[row] == pytest.approx(theirs)
    whole = average_precision(hits_of(top_lists(scores, 40), truth), truth.sizes, 40)
    theirs = [metrics.average_precision_score(r, s) for r, s in zip(relevant, scores, strict=True)]
    np.testing.assert_allclose(whole, theirs)
    chosen = np.zeros_like(relevant)
    np.put_along_axis(chosen, top_lists(scores, 5).astype(int), True, axis=1)
    hits = hits_of(top_lists(scores, 5), truth)
    np.testing.assert_allclose(
        f1(hits, truth.sizes, 5),
        [metrics.f1_score(r, c) for r, c in zip(relevant, chosen, strict=True)],
    )
    np.testing.assert_allclose(
        precision(hits, truth.sizes, 5),
        [metrics.precision_score(r, c) for r, c in zip(relevant, chosen, strict=True)],
    )


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_laws(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = Truth.of([rng.permutation(25)[: rng.integers(1, 12)] for _ in range(4)])
    lists = np.array([rng.permutation(25)[:10] for _ in range(4)], np.int32)
    hits, sizes = hits_of(lists, truth), truth.sizes
    for metric in (ndcg, recall, precision, hit, rr, average_precision, f1):
        values = metric(hits, sizes, 10)
        assert np.all((values >= 0) & (values <= 1))
        ordered = -np.sort(-hits.astype(int), axis=1) > 0
        assert np.all(metric(ordered, sizes, 10) >= values - 1e-12), metric.__name__
    perfect = np.arange(10)[None, :] < np.minimum(sizes, 10)[:, None]
    np.testing.assert_allclose(ndcg(perfect, sizes, 10), 1)
    np.testing.assert_allclose(average_precision(perfect, sizes, 10), 1)
    assert np.all(np.diff([recall(hits, sizes, k).mean() for k in range(1, 11)]) >= -1e-12)


def test_lists_are_best_first_ties_by_row_and_never_hold_what_is_masked() -> None:
    scores = np.array([[1.0, 3.0, 3.0, -np.inf], [-np.inf] * 4])
    np.testing.assert_array_equal(top_lists(scores, 3), [[1, 2, 0], [-1, -1, -1]])
    np.testing.assert_array_equal(top_lists(scores, 6)[0], [1, 2, 0, -1, -1, -1])


def test_truth_counts_an_item_once_and_can_be_cut() -> None:
    truth = Truth.of([[4, 4, 2], [], [1]])
    assert truth.sizes.tolist() == [2, 0, 1]
    assert truth.person(0).tolist() == [2, 4]
    cut = truth.take(np.array([True, False, True]))
    assert [cut.person(i).tolist() for i in range(len(cut))] == [[2, 4], [1]]
    assert len(Truth.of([])) == 0
