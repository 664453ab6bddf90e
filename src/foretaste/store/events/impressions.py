"""What was shown: one row for each answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from foretaste.core import Clock, Impression
from foretaste.core.errors import InputError
from foretaste.store.engine import Database
from foretaste.store.events.reading import impression_frame, position_of
from foretaste.store.records import Kept, KeptImpression, Page
from foretaste.store.text import from_db, from_json, to_db, to_json
from foretaste.store.writer import GroupWriter, Inserter, Write

if TYPE_CHECKING:
    import polars as pl
    import sqlalchemy as sa

__all__ = ["ImpressionTable"]

_TYPES = {
    "answer_id": "text",
    "user_id": "text",
    "time_s": "float8",
    "source": "text",
    "bundle_digest": "text",
    "body": "text",
}
_COLUMNS = "position, " + ", ".join(_TYPES)


class ImpressionTable:
    """Impressions of one workspace; one answer id is kept once.

    Args:
        database: Where they lie.
        workspace: Whose.
        clock: What time it is (not used so far: an impression knows its time).
        writer: Joins what many put.
    """

    def __init__(
        self, database: Database, workspace: str, clock: Clock, writer: GroupWriter
    ) -> None:
        self._database = database
        self._workspace = to_db(workspace)
        self._writer = writer
        self._inserter = Inserter(database.dialect, "impressions", _TYPES, "answer_id")

    def submit(self, impressions: Iterable[Impression], *, durable: bool = False) -> Future[Kept]:
        """Hand over impressions without waiting; gathered with others for a few milliseconds.

        Args:
            impressions: Any number.
            durable: Whether their transaction waits for the disk.

        Returns:
            What became of them; nobody needs to look.

        Raises:
            InputError: If one cannot be kept; then none is.
            BusyError: If too much waits to be written.
        """
        return self._submit(impressions, durable=durable, waited=False)

    def put(self, impressions: Sequence[Impression], *, durable: bool = False) -> int:
        """Keep impressions.

        Args:
            impressions: Any number.
            durable: Whether to wait for the disk.

        Returns:
            How many were new.

        Raises:
            InputError: If one cannot be kept; then none is.
            BusyError: If too much waits to be written.
            StorageError: If the database cannot be reached.
        """
        return self._submit(impressions, durable=durable, waited=True).result().new

    def get(self, answer_id: str) -> Impression | None:
        """What one answer showed.

        Args:
            answer_id: The answer.

        Returns:
            The impression; ``None`` when there is none.
        """
        rows = self._select("answer_id = ?", [to_db(answer_id)], 1)
        return rows[0].impression if rows else None

    def page(
        self, *, user_id: str | None = None, n: int = 100, cursor: str | None = None
    ) -> Page[KeptImpression]:
        """Some impressions, newest first.

        Args:
            user_id: Only this person's.
            n: At most this many.
            cursor: Where the page before ended.

        Returns:
            The impressions, and the cursor of the next page.

        Raises:
            InputError: If the cursor is none of ours.
        """
        where = "position < ?"
        values: list[Any] = [position_of(cursor)]
        if user_id is not None:
            where += " AND user_id = ?"
            values.append(to_db(user_id))
        found = self._select(where, values, n + 1)
        more = len(found) > n and n > 0
        return Page(found[:n], str(found[n - 1].position) if more else None)

    def count(self) -> int:
        """How many impressions are kept.

        Returns:
            The number.
        """
        statement = self._database.sql("SELECT count(*) FROM impressions WHERE workspace = ?")
        return int(self._database.rows(statement, (self._workspace,))[0][0])

    def frame(self, after_s: float | None = None) -> pl.DataFrame:
        """Impressions as a table.

        Args:
            after_s: Only those shown after this time.

        Returns:
            Columns ``answer_id, user_id, time_s, source, bundle_digest`` and, one list per
            answer, ``item_ids, propensities, explored`` (empty when nothing was explored);
            ``arms`` and ``features`` as JSON; in the order they were kept.
        """
        return impression_frame(self._database, self._workspace, after_s)

    def move(self, from_user: str, to_user: str) -> int:
        """Give one person's impressions to another, such as a visit's to the account.

        Args:
            from_user: Whose they are.
            to_user: Whose they become.

        Returns:
            How many.
        """
        return self._change(
            "UPDATE impressions SET user_id = ? WHERE workspace = ? AND user_id = ?",
            [to_db(to_user), self._workspace, to_db(from_user)],
        )

    def erase(self, user_id: str) -> int:
        """Delete everything that one person was shown.

        Args:
            user_id: Who.

        Returns:
            How many impressions were deleted.
        """
        count = self._change(
            "DELETE FROM impressions WHERE workspace = ? AND user_id = ?",
            [self._workspace, to_db(user_id)],
        )
        self._database.scrub()
        return count

    def erase_before(self, time_s: float) -> int:
        """Delete what was shown before a time, a little in each transaction.

        Args:
            time_s: The time.

        Returns:
            How many impressions were deleted.
        """
        statement = (
            "DELETE FROM impressions WHERE position IN (SELECT position FROM impressions"
            " WHERE workspace = ? AND time_s < ? LIMIT 5000)"
        )
        count = 0
        while part := self._change(statement, [self._workspace, time_s]):
            count += part
        self._database.scrub()
        return count

    def _submit(
        self, impressions: Iterable[Impression], *, durable: bool, waited: bool
    ) -> Future[Kept]:
        rows = [_row(impression) for impression in impressions]
        write = Write(
            self._workspace, rows, self._inserter, ordered=False, durable=durable, waited=waited
        )
        if not rows:
            write.future.set_result(Kept(0, 0, 0))
            return write.future
        return self._writer.submit(write)

    def _select(self, where: str, values: Sequence[Any], limit: int) -> list[KeptImpression]:
        rows = self._database.rows(
            self._database.sql(
                f"SELECT {_COLUMNS} FROM impressions WHERE workspace = ? AND {where}"
                " ORDER BY position DESC LIMIT ?"
            ),
            [self._workspace, *values, limit],
        )
        return [_kept(row) for row in rows]

    def _change(self, statement: str, values: Sequence[Any]) -> int:
        bound = self._database.sql(statement)

        def work(connection: sa.Connection) -> int:
            raw: Any = connection.connection.dbapi_connection
            return int(raw.execute(bound, values).rowcount)

        return self._writer.run(work)


def _row(impression: Impression) -> tuple[Any, ...]:
    try:
        time_s = float(impression.time_s)
        if not math.isfinite(time_s):
            raise InputError("an impression has no time", got=repr(time_s))
        body = {
            "items": impression.item_ids,
            "propensities": impression.propensities,
            "explored": impression.explored,
            "features": impression.features,
            "arms": impression.arms,
        }
        return (
            to_db(impression.answer_id),
            None if impression.user_id is None else to_db(impression.user_id),
            time_s,
            to_db(impression.source),
            to_db(impression.bundle_digest),
            to_json({name: value for name, value in body.items() if len(value)}, "impression"),
        )
    except TypeError as error:
        raise InputError("an impression has a field of the wrong type", got=str(error)) from None


def _kept(row: Sequence[Any]) -> KeptImpression:
    position, answer_id, user_id, time_s, source, bundle_digest, text = row
    body = from_json(text)
    return KeptImpression(
        position,
        Impression(
            from_db(answer_id),
            None if user_id is None else from_db(user_id),
            tuple(body.get("items", ())),
            tuple(body.get("propensities", ())),
            time_s,
            {name: tuple(values) for name, values in body.get("features", {}).items()},
            tuple(body.get("explored", ())),
            from_db(source),
            from_db(bundle_digest),
            body.get("arms", {}),
        ),
    )
