"""The space of one workspace: its tables, and nothing of another's."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from foretaste.store.records import Revision
from foretaste.store.text import to_db

if TYPE_CHECKING:
    from foretaste.store.events import EventTable, ImpressionTable
    from foretaste.store.store import Store
    from foretaste.store.tables.audit import AuditTable
    from foretaste.store.tables.consent import ConsentTable
    from foretaste.store.tables.experiments import ExperimentTable
    from foretaste.store.tables.facts import FactTable
    from foretaste.store.tables.items import ItemTable
    from foretaste.store.tables.jobs import JobTable
    from foretaste.store.tables.people import PersonTable
    from foretaste.store.tables.sessions import SessionTable

__all__ = ["Space"]


class Space:
    """What one workspace keeps; nothing of another can be reached from here.

    Args:
        store: The database it lies in.
        workspace: Its name.
    """

    def __init__(self, store: Store, workspace: str) -> None:
        self.store = store
        self.workspace = workspace
        self._parts = (store.database, workspace, store.clock)
        self._revision = store.database.sql(
            "SELECT items, people, facts, events FROM revisions WHERE workspace = ?"
        )

    def __repr__(self) -> str:
        return f"Space({self.workspace!r} in {self.store.url})"

    def revision(self) -> Revision:
        """How often each part has changed: one cheap read, made to be polled.

        Returns:
            The counters.
        """
        rows = self.store.database.rows(self._revision, (to_db(self.workspace),))
        return Revision(*rows[0]) if rows else Revision()

    @cached_property
    def events(self) -> EventTable:
        """What happened."""
        from foretaste.store.events import EventTable

        return EventTable(*self._parts, self.store.writer)

    @cached_property
    def impressions(self) -> ImpressionTable:
        """What was shown."""
        from foretaste.store.events import ImpressionTable

        return ImpressionTable(*self._parts, self.store.writer)

    @cached_property
    def items(self) -> ItemTable:
        """The catalogue."""
        from foretaste.store.tables.items import ItemTable

        return ItemTable(*self._parts)

    @cached_property
    def people(self) -> PersonTable:
        """People's attributes."""
        from foretaste.store.tables.people import PersonTable

        return PersonTable(*self._parts)

    @cached_property
    def consent(self) -> ConsentTable:
        """What people allow."""
        from foretaste.store.tables.consent import ConsentTable

        return ConsentTable(*self._parts)

    @cached_property
    def sessions(self) -> SessionTable:
        """Visits of people who have not said who they are."""
        from foretaste.store.tables.sessions import SessionTable

        return SessionTable(*self._parts)

    @cached_property
    def jobs(self) -> JobTable:
        """Work in the background."""
        from foretaste.store.tables.jobs import JobTable

        return JobTable(*self._parts)

    @cached_property
    def experiments(self) -> ExperimentTable:
        """Comparisons of arms."""
        from foretaste.store.tables.experiments import ExperimentTable

        return ExperimentTable(*self._parts)

    @cached_property
    def facts(self) -> FactTable:
        """Small named JSON values, such as which bundle serves."""
        from foretaste.store.tables.facts import FactTable

        return FactTable(*self._parts)

    @cached_property
    def audit(self) -> AuditTable:
        """Administrative actions."""
        from foretaste.store.tables.audit import AuditTable

        return AuditTable(*self._parts)
