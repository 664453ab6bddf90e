"""Search by substring: the database narrows down, Python decides, both databases agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

__all__ = ["maybe_holds", "scan", "surely_holds"]

_ESCAPE = "\\"


def maybe_holds(column: sa.ColumnElement[Any], words: str) -> sa.ColumnElement[bool]:
    """Whether a column may hold some words: a wide net.

    The databases fold the case of ASCII alone, and JSON writes some characters differently;
    what they cannot compare is left open here and looked at by :func:`surely_holds`.

    Args:
        column: Text, or JSON kept as text.
        words: What is looked for.

    Returns:
        A condition with the words as a bound parameter.
    """
    parts = ["%"]
    for character in words:
        if character in ("%", "_", _ESCAPE):
            # A backslash is doubled in JSON and not in an id: leave it open.
            parts.append("%" if character == _ESCAPE else _ESCAPE + character)
        elif character == '"' or character < " " or character == "\x7f":
            parts.append("%")
        elif character.isascii() or character.lower() == character.upper():
            parts.append(character)
        else:
            parts.append("%")
    text = sa.type_coerce(column, sa.Text())
    return text.ilike("".join(parts) + "%", escape=_ESCAPE)


def surely_holds(value: Any, folded: str) -> bool:
    """Whether an id or any value in an attribute holds some words, whatever the case.

    Args:
        value: A string, number, list or mapping; names of attributes are not looked at.
        folded: What is looked for, ``casefold`` already.

    Returns:
        True if so.
    """
    if isinstance(value, str):
        return folded in value.casefold()
    if isinstance(value, Mapping):
        return any(surely_holds(part, folded) for part in value.values())
    if isinstance(value, list):
        return any(surely_holds(part, folded) for part in value)
    return value is not None and not isinstance(value, bool) and folded in str(value).casefold()


def scan(
    connection: sa.Connection,
    table: sa.Table,
    id_column: str,
    conditions: Sequence[sa.ColumnElement[bool]],
    after: str | None,
    search: str | None,
    size: int,
) -> Iterator[Any]:
    """Rows in order of their ids, read in batches so that none is large.

    Args:
        connection: To read with.
        table: A table with ``attributes``.
        id_column: Its column of ids.
        conditions: On the rows.
        after: Only later ids.
        search: Only rows that hold these words.
        size: Rows of a batch.

    Yields:
        Rows.
    """
    column = table.c[id_column]
    query = sa.select(table).where(*conditions).order_by(column).limit(size)
    folded = search.casefold() if search else None
    if search:
        query = query.where(maybe_holds(column, search) | maybe_holds(table.c.attributes, search))
    while True:
        rows = connection.execute(query if after is None else query.where(column > after)).all()
        for row in rows:
            after = row._mapping[id_column]
            if folded is None or surely_holds([after, row.attributes], folded):
                yield row
        if len(rows) < size:
            return
