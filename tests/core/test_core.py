"""The values of core: translation, histories, lists, digests, randomness, errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretaste.core import Event, History, ItemList, Settings, Vocabulary, digest_of, stream, top
from foretaste.core.errors import (
    DataError,
    ForetasteError,
    InputError,
    MissingPartError,
    SettingsError,
    UnknownIdError,
    UnknownNameError,
)


class _Soup(Settings):
    salt: float = 1.0


def test_vocabulary_translates_both_ways_and_names_near_misses() -> None:
    vocabulary = Vocabulary(["heat-1995", "gattaca-1997"])
    assert vocabulary.names(vocabulary.rows(["gattaca-1997", "heat-1995"])) == [
        "gattaca-1997",
        "heat-1995",
    ]
    with pytest.raises(UnknownIdError, match=r"no item has the id 'heat-1996'.*heat-1995"):
        vocabulary.row("heat-1996")
    assert vocabulary.rows(["x", "heat-1995"], unknown="drop").tolist() == [0]
    assert vocabulary.rows(["x", "heat-1995"], unknown="mark").tolist() == [-1, 0]


@pytest.mark.parametrize("ids", [["a", "a"], ["a", ""]])
def test_vocabulary_refuses_doubles_and_empty_ids(ids: list[str]) -> None:
    with pytest.raises(DataError):
        Vocabulary(ids)


def test_history_defaults_mean_liked_and_is_read_only() -> None:
    history = History.of([3, 1])
    assert history.signals.tolist() == [1.0, 1.0]
    assert np.isnan(history.values).all() and np.isnan(history.times_s).all()
    with pytest.raises(ValueError, match="read-only"):
        history.rows[0] = 9
    with pytest.raises(ValueError, match="differ in length"):
        History.of([1, 2], signals=[1.0])


def test_history_liked_leaves_out_the_rest_in_order() -> None:
    history = History.of([3, 1, 2], signals=[1, -1, 0.5])
    assert history.liked.tolist() == [3, 2]
    assert history.take(slice(-1, None)).rows.tolist() == [2]


def test_item_list_refuses_a_column_of_another_length() -> None:
    with pytest.raises(ValueError, match="'score' has 1 values for 2 rows"):
        ItemList.of([1, 2], score=[0.5])


@given(
    st.lists(st.sampled_from([0.0, 1.0, 2.0, -np.inf, 0.5]), max_size=30),
    st.integers(-1, 40),
)
def test_top_equals_a_stable_full_sort(values: list[float], n: int) -> None:
    scores = np.array(values)
    order = [i for i in np.argsort(-scores, kind="stable") if np.isfinite(scores[i])]
    assert top(scores, n).tolist() == order[: max(n, 0)]


def test_digest_sees_type_shape_and_content_but_not_key_order() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    array = np.arange(4)
    names = {
        digest_of(array),
        digest_of(array.astype(np.float64)),
        digest_of(array.reshape(2, 2)),
        digest_of(array[::-1]),
    }
    assert len(names) == 4


def test_streams_depend_on_seed_and_name_only() -> None:
    assert stream(1, "ann").random() == stream(1, "ann").random()
    assert stream(1, "ann").random() != stream(2, "ann").random()
    assert stream(1, "a", "b").random() != stream(1, "ab").random()
    assert stream(1, 1).random() != stream(1, "1").random()


def test_settings_refuse_unknown_keys_in_one_sentence() -> None:
    with pytest.raises(SettingsError, match=r"pepper.*got 3.*Known settings here: salt"):
        _Soup.of({"pepper": 3})
    assert _Soup().digest() == _Soup(salt=1).digest() != _Soup(salt=2).digest()


def test_errors_say_expected_got_where_and_remedy() -> None:
    error = DataError(
        "no item column", expected="item_id", got="'x'", where="a.csv", remedy="Map it"
    )
    assert str(error) == "a.csv: no item column; expected item_id; got 'x'. Map it."
    assert error.exit_code == 2
    assert issubclass(DataError, InputError) and issubclass(InputError, ForetasteError)
    assert "Did you mean 'ease'?" in str(UnknownNameError("model", "eaze", ["ease", "ials"]))
    assert "pip install 'foretaste[torch]'" in str(MissingPartError("torch", "torch"))


def test_an_event_sent_twice_has_one_key() -> None:
    assert Event("a", time_s=1.0).key == Event("a", time_s=1.0).key
    assert Event("a", time_s=1.0).key != Event("a", time_s=2.0).key
