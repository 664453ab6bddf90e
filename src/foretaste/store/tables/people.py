"""People: what is known of them besides what they did."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from foretaste.store.records import PersonRecord
from foretaste.store.schema import people
from foretaste.store.tables.base import RecordTable, bump, lock

__all__ = ["PersonTable"]


class PersonTable(RecordTable[PersonRecord]):
    """People of one workspace; see :class:`RecordTable` for what it can do.

    :meth:`delete` leaves a marker with the person's id, as other workers must hear of it;
    :meth:`erase` leaves nothing.
    """

    _table = people
    _counter = "people"
    _id = "user_id"
    _what = "person"

    def _record(self, row: Any) -> PersonRecord:
        return PersonRecord(row.user_id, row.attributes, row.revision, row.updated_s, row.deleted)

    def _columns(self, record: PersonRecord) -> dict[str, Any]:
        return {"user_id": record.user_id}

    def erase(self, user_id: str) -> bool:
        """Take a person away without a trace, also the marker of an earlier deletion.

        The counters of people and of removed events change both: a reader cannot be told who is
        gone, so it drops whatever it keeps of anybody.

        Args:
            user_id: Who.

        Returns:
            Whether anything was there.
        """
        mine = (people.c.workspace == self.workspace) & (people.c.user_id == user_id)
        with self.database.write() as connection:
            lock(connection, self.workspace, "people")
            gone = connection.execute(sa.delete(people).where(mine)).rowcount > 0
            if gone:
                bump(connection, self.workspace, "people", "events")
        self.database.scrub()
        return gone
