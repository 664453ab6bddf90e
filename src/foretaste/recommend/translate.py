"""From outside ids to inside rows, once: a query becomes evidence and a mask."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from operator import attrgetter
from types import NoneType
from typing import Any

import numpy as np

from foretaste.core import (
    EMPTY_HISTORY,
    BoolArray,
    Event,
    Evidence,
    FloatArray,
    Histories,
    History,
    Query,
    Vocabulary,
    Wish,
)
from foretaste.core.errors import InputError, LimitError
from foretaste.recommend.catalogue import Catalogue
from foretaste.recommend.filters import filter_mask
from foretaste.recommend.selection import Past

__all__ = ["MAX_HISTORY", "MAX_LIST", "MAX_WISH", "Translator"]

MAX_LIST = 10_000
"""Longest list one answer may have."""
MAX_HISTORY = 10_000
"""Most events one request may carry; of what is on record the newest this many are used."""
MAX_WISH = 4_000
"""Most characters a wish may have."""


_LIKED = Event("")
"""What a bare id in a history stands for."""


@dataclass(frozen=True, eq=False)
class Translator:
    """Knows every id; decides once who and what is known.

    Attributes:
        catalogue: The items.
        user_ids: The people.
        histories: What is on record for them.
        profiles: What is known of them besides, by row; empty when nothing is.
        kinds: Names of event kinds.
        signal_of: What an event of a kind with a value says, in [-1, 1].
        read_wish: Turns words into a :class:`Wish`; ``None`` when no text was indexed.
        read_profile: Turns a profile text into a vector, remembering; ``None`` likewise.
        profile_texts: Names of the profile's columns that are free text; ``text`` always is.
    """

    catalogue: Catalogue
    user_ids: Vocabulary
    histories: Histories
    profiles: tuple[Mapping[str, Any], ...]
    kinds: tuple[str, ...]
    signal_of: Callable[[str, float | None], float]
    read_wish: Callable[[str], Wish] | None = None
    read_profile: Callable[[str], FloatArray] | None = None
    profile_texts: tuple[str, ...] = ()
    _filter: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        cached = lru_cache(maxsize=256)(lambda text: filter_mask(text, self.catalogue))
        object.__setattr__(self, "_filter", cached)

    def evidence(self, query: Query, past: Past | None = None) -> tuple[Evidence, tuple[str, ...]]:
        """What is known of whoever asks.

        Args:
            query: The question, in outside ids.
            past: What is known of the person now, in place of what is on record here.

        Returns:
            The evidence, and a sentence for everything that had to be ignored.

        Raises:
            InputError: If the query is beyond a limit or makes no sense.
        """
        _check(query)
        warnings: list[str] = []
        row = None if query.user_id is None else self.user_ids.get(query.user_id)
        history, profile = EMPTY_HISTORY, dict(query.profile)
        if past is not None:
            history, profile = past.history, {**past.profile, **profile}
        elif row is not None:
            history = self.histories.of(row)
            if self.profiles:
                profile = {**self.profiles[row], **profile}
        elif query.user_id is not None and not query.history:
            warnings.append(f"no person has the id {query.user_id!r}: answered as for somebody new")
        if len(history) > MAX_HISTORY:
            history = history.take(slice(-MAX_HISTORY, None))
        if query.history:
            history = self._joined(history, query.history, warnings)
        wish = self._wish(query.wish, warnings)
        vector = self.profile_vector(profile)
        evidence = Evidence(
            history, row, wish, profile, vector, dict(query.context), query.time_s, query.seed
        )
        return evidence, tuple(warnings)

    def profile_vector(self, profile: Mapping[str, Any]) -> FloatArray | None:
        """What people say of themselves in their own words, as a vector.

        Args:
            profile: Attributes by name.

        Returns:
            [D_text], or ``None`` without words.
        """
        if self.read_profile is None or not profile:
            return None
        told = [profile.get(name) for name in dict.fromkeys((*self.profile_texts, "text"))]
        text = " ".join(words for words in told if isinstance(words, str) and words.strip())
        return self.read_profile(text) if text else None

    def allowed(self, query: Query, evidence: Evidence) -> tuple[BoolArray, tuple[str, ...]]:
        """Which items may be shown.

        Args:
            query: The question.
            evidence: Its translation.

        Returns:
            Mask [I], and a sentence for every id that nobody knows.
        """
        warnings: list[str] = []
        count = len(self.catalogue)
        mask = np.ones(count, bool)
        for name, ids in (("candidates", query.candidates), ("allow", query.allow)):
            if ids is not None:
                only = np.zeros(count, bool)
                only[self._rows(ids, name, warnings)] = True
                mask &= only
        if query.filter:
            mask &= self._filter(query.filter)
        now_s = query.time_s if query.time_s is not None else time.time()
        window = self.catalogue.available(now_s)
        if window is not None:
            mask &= window
        if query.deny:
            mask[self._rows(query.deny, "deny", warnings)] = False
        if query.filter_seen and len(evidence.history):
            mask[evidence.history.rows] = False
        return mask, tuple(warnings)

    def _rows(self, ids: tuple[str, ...], name: str, warnings: list[str]) -> np.ndarray:
        rows = self.catalogue.item_ids.rows([str(one) for one in ids], unknown="mark")
        if (rows < 0).any():
            strange = [one for one, row in zip(ids, rows.tolist(), strict=True) if row < 0]
            warnings.append(f"{name}: no item has the id {_some(strange)}")
        return rows[rows >= 0]

    def _joined(
        self, past: History, given: tuple[str | Event, ...], warnings: list[str]
    ) -> History:
        row_of, signal_of, codes, nan = (
            self.catalogue.item_ids.get,
            self.signal_of,
            self._codes,
            float("nan"),
        )
        rows: list[int] = []
        told: list[tuple[float, float, float, int]] = []
        strange: list[str] = []
        for one in given:
            event = _LIKED if isinstance(one, str) else one
            item_id = one if isinstance(one, str) else one.item_id
            row = row_of(item_id)
            if row is None:
                strange.append(item_id)
                continue
            rows.append(row)
            value, time_s = event.value, event.time_s
            told.append(
                (
                    signal_of(event.kind, value),
                    nan if value is None else value,
                    nan if time_s is None else time_s,
                    codes.get(event.kind, 255),
                )
            )
        if strange:
            warnings.append(f"history: no item has the id {_some(strange)}")
        columns = list(zip(*told, strict=True)) or [(), (), (), ()]
        old: tuple[np.ndarray, ...] = (past.signals, past.values, past.times_s, past.kinds)
        if not len(past):
            return History.of(rows, *columns)
        joined = [
            np.concatenate([column, np.asarray(more, dtype=column.dtype)])
            for column, more in zip((past.rows, *old), (rows, *columns), strict=True)
        ]
        return History.of(*joined)

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(self.kinds)}

    def _wish(self, text: str | None, warnings: list[str]) -> Wish | None:
        if text is None or not text.strip():
            return None
        if self.read_wish is None:
            warnings.append("the wish was ignored: the items have no text, so none was indexed")
            return None
        return self.read_wish(text.encode("utf-8", "replace").decode())  # no lone surrogates


_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "user_id": ((str, NoneType), "a text or None"),
    "wish": ((str, NoneType), "a text or None"),
    "filter": ((str, NoneType), "a text or None"),
    "n": ((int, np.integer), "a whole number"),
    "history": ((tuple, list), "a list of item ids or events"),
    "candidates": ((tuple, list, NoneType), "a list of item ids or None"),
    "allow": ((tuple, list, NoneType), "a list of item ids or None"),
    "deny": ((tuple, list, NoneType), "a list of item ids or None"),
    "profile": ((Mapping,), "a mapping"),
    "context": ((Mapping,), "a mapping"),
    "filter_seen": ((bool, np.bool_), "True or False"),
    "time_s": ((int, float, np.number, NoneType), "seconds since 1970 or None"),
    "diversity": ((int, float, np.number), "a number from 0 to 1"),
}


_FIELDS = attrgetter(*_TYPES)
_USUAL = tuple(
    frozenset((*types, dict) if Mapping in types else types) for types, _ in _TYPES.values()
)


def _check(query: Query) -> None:
    given = _FIELDS(query)
    # Exact types first: asking every field for its ancestors takes longer than all the rest.
    if not all(type(one) in usual for one, usual in zip(given, _USUAL, strict=True)):
        for one, (name, (types, expected)) in zip(given, _TYPES.items(), strict=True):
            if not isinstance(one, types):
                raise InputError(f"{name} is of another type", expected=expected, got=repr(one))
    for one in query.history:
        if not isinstance(one, str | Event):
            raise InputError("history holds something else", expected="ids, events", got=repr(one))
    if query.time_s is not None and not np.isfinite(query.time_s):
        raise InputError("time_s is no time", expected="finite seconds", got=str(query.time_s))
    if not 0.0 <= query.diversity <= 1.0:
        raise InputError("diversity is no share", expected="0 to 1", got=str(query.diversity))
    if query.n < 1:
        raise InputError("n must be at least 1", got=str(query.n))
    for name, size, limit in (
        ("n", query.n, MAX_LIST),
        ("history", len(query.history), MAX_HISTORY),
        ("wish", len(query.wish or ""), MAX_WISH),
    ):
        if size > limit:
            raise LimitError(f"{name} is too large", expected=f"at most {limit}", got=str(size))


def _some(ids: list[str], most: int = 5) -> str:
    text = ", ".join(repr(one) for one in ids[:most])
    return text if len(ids) <= most else f"{text} and {len(ids) - most} more"
