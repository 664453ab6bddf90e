"""A query from what people pass, and what is on record about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from foretaste.core import KIND_SIGNALS, Dataset, Encoder, Event, FloatArray, Query
from foretaste.core.errors import InputError
from foretaste.language import TextIndex

__all__ = ["check_count", "make_query", "remembering", "shared_words", "stored_profiles"]

_REMEMBERED = 20_000
"""Of so many texts of people about themselves the vectors are kept."""


def check_count(n: object) -> None:
    """Refuse a length that is none.

    Args:
        n: How many are asked for.

    Raises:
        InputError: If it is not a whole number of at least 1.
    """
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise InputError("n is no length", expected="a whole number of at least 1", got=repr(n))


def make_query(*, history: Iterable[str | Event] = (), **fields: Any) -> Query:
    """A query from what people pass, with one clear sentence when it is wrong.

    Args:
        history: Item ids or events, oldest first.
        **fields: Fields of :class:`Query`.

    Returns:
        The query.

    Raises:
        InputError: If a field is unknown or the history is not a sequence of ids.
    """
    if isinstance(history, str) or not isinstance(history, Iterable):
        raise InputError("history must be a list", expected="ids in a list", got=repr(history))
    events = tuple(one if isinstance(one, Event) else str(one) for one in history)
    for event in events:
        if isinstance(event, Event) and event.kind not in KIND_SIGNALS:
            raise InputError(
                "unknown kind of event", expected=", ".join(KIND_SIGNALS), got=repr(event.kind)
            )
    for name in ("candidates", "allow", "deny"):
        given = fields.get(name)
        if given is not None:
            if not isinstance(given, Iterable):
                raise InputError(f"{name} must be a list", expected="ids", got=repr(given))
            fields[name] = tuple([given] if isinstance(given, str) else map(str, given))
    unknown = set(fields) - set(Query.__dataclass_fields__)
    if unknown:
        raise InputError(
            f"unknown field {', '.join(sorted(unknown))}",
            expected="one of " + ", ".join(Query.__dataclass_fields__),
        )
    return Query(history=events, **fields)


def stored_profiles(dataset: Dataset) -> tuple[Mapping[str, Any], ...]:
    """What is on record about everybody besides events.

    Args:
        dataset: The people.

    Returns:
        Known attributes by person; empty when there are none at all.
    """
    if dataset.people.width <= 1:
        return ()
    rows = dataset.people.drop("user_id").rows(named=True)
    return tuple({name: value for name, value in row.items() if value is not None} for row in rows)


def remembering(encoder: Encoder) -> Callable[[str], FloatArray]:
    """What turns a text of a person about themselves into a vector, each text once.

    Args:
        encoder: Encodes.

    Returns:
        A function that several threads may call.
    """

    @lru_cache(_REMEMBERED)
    def vector(text: str) -> FloatArray:
        return encoder.encode([text])[0]

    return vector


def shared_words(text: TextIndex | None) -> Callable[[str, int], list[str]] | None:
    """What names the words of a wish that an item's texts hold too.

    Args:
        text: The items' texts, if there are any.

    Returns:
        A function of the wish and the item's row: words, the most telling first.
    """
    if text is None:
        return None
    return lambda wish, row: list(dict.fromkeys(one.word for one in text.matches(wish, row)))
