"""The log in large pieces: everything in order, and as a table for fitting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from foretaste.core.errors import InputError
from foretaste.store.engine import Database
from foretaste.store.events.rows import READ_COLUMNS
from foretaste.store.text import from_db, is_utf8

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "FRAME_COLUMNS",
    "event_frame",
    "impression_frame",
    "newest_rows",
    "person_rows",
    "pieces",
    "position_of",
]

FRAME_COLUMNS = (
    "user_id", "item_id", "kind", "value", "time_s", "words", "context", "answer_id", "position",
)  # fmt: skip


def pieces(
    database: Database,
    columns: str,
    workspace: str,
    user_id: str | None = None,
    *,
    after: int = 0,
    until: int | None = None,
    size: int = 2_000,
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of the event log in order, piece by piece.

    Each piece is a statement of its own: a reader that takes hours holds no transaction, and no
    statement runs longer than its limit.

    Args:
        database: Where from.
        columns: Which; the position first.
        workspace: Whose log, as ``to_db`` gives it.
        user_id: Only this person's, as ``to_db`` gives it.
        after: Only later positions.
        until: No later positions.
        size: Rows of a piece.

    Yields:
        Rows.
    """
    person = "" if user_id is None else " AND user_id = ?"
    end = "" if until is None else " AND position <= ?"
    statement = database.sql(
        f"SELECT {columns} FROM events WHERE workspace = ?{person}{end} AND position > ?"
        " ORDER BY position LIMIT ?"
    )
    fixed = [
        workspace,
        *([] if user_id is None else [user_id]),
        *([] if until is None else [until]),
    ]
    while rows := database.rows(statement, (*fixed, after, size)):
        yield rows
        if len(rows) < size:
            return
        after = rows[-1][0]


def person_rows(
    database: Database,
    workspace: str,
    user_id: str,
    after: int,
    until: int | None,
    newest: int | None,
) -> list[tuple[Any, ...]]:
    """One person's rows in order of position, read from the newest back.

    Args:
        database: Where from.
        workspace: Whose log, as ``to_db`` gives it.
        user_id: Whose events, as ``to_db`` gives it.
        after: Only later positions.
        until: No later positions.
        newest: Only the last this many.

    Returns:
        Rows of :data:`READ_COLUMNS`.
    """
    end = "" if until is None else " AND position <= ?"
    cut = "" if newest is None else " LIMIT ?"
    statement = database.sql(
        f"SELECT {READ_COLUMNS} FROM events WHERE workspace = ? AND user_id = ?"
        f" AND position > ?{end} ORDER BY position DESC{cut}"
    )
    more = [value for value in (until, newest) if value is not None]
    return database.rows(statement, (workspace, user_id, after, *more))[::-1]


def newest_rows(
    database: Database, workspace: str, filters: Mapping[str, str], before: int, n: int
) -> list[tuple[Any, ...]]:
    """The newest rows before a position.

    Args:
        database: Where from.
        workspace: Whose log, as ``to_db`` gives it.
        filters: Columns (names of ours, never from outside) and what they must be.
        before: Only earlier positions.
        n: At most this many.

    Returns:
        Rows of :data:`READ_COLUMNS`, newest first.
    """
    where = "".join(f" AND {name} = ?" for name in filters)
    statement = database.sql(
        f"SELECT {READ_COLUMNS} FROM events WHERE workspace = ? AND position < ?{where}"
        " ORDER BY position DESC LIMIT ?"
    )
    return database.rows(statement, (workspace, before, *filters.values(), n))


def event_frame(database: Database, workspace: str, until: int | None) -> pl.DataFrame:
    """The log as a table.

    Args:
        database: Where from.
        workspace: Whose log, as ``to_db`` gives it.
        until: No later positions.

    Returns:
        Columns :data:`FRAME_COLUMNS`, in order of position; the context as JSON, null when empty.
    """
    import polars as pl

    kinds = {"value": pl.Float64, "time_s": pl.Float64, "position": pl.Int64}
    schema = {name: kinds.get(name, pl.String) for name in FRAME_COLUMNS}
    read = ("position", *FRAME_COLUMNS[:-1])
    parts = [
        pl.DataFrame(rows, schema={name: schema[name] for name in read}, orient="row")
        for rows in pieces(database, ", ".join(read), workspace, until=until, size=50_000)
    ]
    if not parts:
        return pl.DataFrame(schema=schema)
    texts = [name for name in FRAME_COLUMNS if name not in kinds and name != "context"]
    return _readable(pl.concat(parts), texts).select(FRAME_COLUMNS)


def impression_frame(database: Database, workspace: str, after_s: float | None) -> pl.DataFrame:
    """Impressions as a table.

    Args:
        database: Where from.
        workspace: Whose, as ``to_db`` gives it.
        after_s: Only those shown after this time.

    Returns:
        One row for each answer, in the order they were kept.
    """
    import polars as pl

    body = pl.Struct(
        {
            "items": pl.List(pl.String),
            "propensities": pl.List(pl.Float64),
            "explored": pl.List(pl.Boolean),
        }
    )
    late = "" if after_s is None else " AND time_s > ?"
    names = ("position", "answer_id", "user_id", "time_s", "source", "bundle_digest", "body")
    statement = database.sql(
        f"SELECT {', '.join(names)} FROM impressions WHERE workspace = ? AND position > ?{late}"
        " ORDER BY position LIMIT ?"
    )
    kinds = {"position": pl.Int64, "time_s": pl.Float64}
    schema = {name: kinds.get(name, pl.String) for name in names}
    parts = [pl.DataFrame(schema=schema)]
    after, more = 0, [] if after_s is None else [after_s]
    while rows := database.rows(statement, (workspace, after, *more, 20_000)):
        parts.append(pl.DataFrame(rows, schema=schema, orient="row"))
        after = rows[-1][0]
    frame = _readable(pl.concat(parts), ["answer_id", "user_id", "source", "bundle_digest"])
    shown = pl.col("body").str.json_decode(body)
    none = pl.lit([], dtype=pl.List(pl.Null))
    return frame.select(
        "answer_id", "user_id", "time_s", "source", "bundle_digest",
        shown.struct.field("items").fill_null(none).alias("item_ids"),
        shown.struct.field("propensities").fill_null(none),
        shown.struct.field("explored").fill_null(none),
        pl.col("body").str.json_path_match("$.arms").alias("arms"),
        pl.col("body").str.json_path_match("$.features").alias("features"),
    )  # fmt: skip


def _readable(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """A frame with the characters that databases cannot hold written back.

    Lone surrogates stay as they are kept: a frame holds UTF-8, which has none.
    """
    import polars as pl

    def original(text: str) -> str:
        found = from_db(text)
        return found if found.isascii() or is_utf8(found) else text

    marked = [name for name in columns if frame[name].str.contains("\x1a", literal=True).any()]
    return frame.with_columns(
        pl.col(name).map_elements(original, return_dtype=pl.String) for name in marked
    )


def position_of(cursor: str | None) -> int:
    """Read the cursor of a page.

    Args:
        cursor: As a page gave it; ``None`` for the first page.

    Returns:
        The position before which to go on.

    Raises:
        InputError: If it is none of ours.
    """
    if cursor is None:
        return 2**63 - 1
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InputError(
            "this cursor does not come from here", got=cursor, remedy="Start without one"
        )
    return int(cursor)
