"""Histories are cut and aged as one would by hand."""

from __future__ import annotations

import numpy as np

from foretaste.sums import Sequences
from foretaste.testing import two_clans, world


def sequences() -> Sequences:
    people = {"ann": ["a", "b", "c", "d"], "bob": ["c", "a"], "eve": []}
    return Sequences.of(world("letters", people, ["a", "b", "c", "d"]))


def test_only_what_was_liked_is_kept_in_order() -> None:
    dataset = two_clans()
    found = Sequences.of(dataset)
    for user_row in range(dataset.n_users):
        mine = found.rows[found.starts[user_row] : found.starts[user_row + 1]]
        np.testing.assert_array_equal(mine, dataset.histories.of(user_row).liked)
    assert (found.signals > 0).all()


def test_a_cut_after_n_splits_what_is_known_from_what_comes_later() -> None:
    people, known, later = sequences().after(2)
    assert people.tolist() == [0]
    assert known.matrix().toarray().tolist() == [[1, 1, 0, 0]]
    assert later.matrix().toarray().tolist() == [[0, 0, 1, 1]]
    assert len(sequences().after(9)[0]) == 0


def test_age_is_counted_from_the_newest_event() -> None:
    _, known, _ = sequences().after(3)
    np.testing.assert_allclose(known.matrix(0.5).toarray(), [[0.25, 0.5, 1, 0]])
    np.testing.assert_allclose(known.matrix(1.0, 1.0).toarray(), [[1 / 3, 1 / 3, 1 / 3, 0]])


def test_every_place_but_the_first_is_a_step() -> None:
    people, known, following = sequences().steps()
    assert people.tolist() == [0, 0, 0, 1]
    assert following.tolist() == [1, 2, 3, 0]
    assert known.lengths.tolist() == [1, 2, 3, 1]


def test_what_is_too_old_to_matter_is_dropped_and_nothing_else() -> None:
    _, known, _ = sequences().after(3)
    assert known.recent(0.5, least=0.3).lengths.tolist() == [2]
    assert known.recent(1.0).lengths.tolist() == [3]


def test_pairs_count_gaps_and_directions() -> None:
    table = sequences().pairs(window=2, decay=0.5, backwards=0.25).toarray()
    a, b, c, d = range(4)
    assert table[a, b] == 1 and table[b, a] == 0.25
    assert table[a, c] == 0.5 + 0.25 and table[c, a] == 0.125 + 1
    assert table[a, d] == 0 and table[b, d] == 0.5


def test_long_histories_weigh_less_each_but_more_in_all() -> None:
    weights = sequences().weights(np.array([0, 1]))
    assert weights[0] < weights[1] and weights[0] * 4 > weights[1] * 2
    np.testing.assert_allclose(weights.mean(), 1.0, rtol=1e-6)
