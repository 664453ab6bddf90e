"""Numbers, papers, and everything in and out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from foretaste.app.service.cases.base import Cases
from foretaste.app.service.values import Stats
from foretaste.app.service.work.answers import answered_once
from foretaste.app.service.work.folders import transfers
from foretaste.core.errors import OutsideError
from foretaste.store import AuditEntry, Page
from foretaste.store.transfer import export_all, import_all

__all__ = ["OfficeCases"]


class OfficeCases(Cases):
    """Export, import, audit and counts."""

    def export(
        self,
        folder: str | Path,
        format: Literal["parquet", "jsonl"] = "parquet",
        *,
        actor: str = "",
    ) -> dict[str, int]:
        """Write everything of this workspace into a folder, as of one moment.

        Args:
            folder: A new folder. Never let a stranger choose it; for those there is the job
                ``export``.
            format: ``parquet`` or ``jsonl``.
            actor: Who does so, for the audit log.

        Returns:
            Rows by table.
        """
        inside = self._inside
        inside.showing.flush()
        counts = inside.breaker.call(export_all, inside.space, Path(folder), format)
        inside.note(actor, "export", "", rows=sum(counts.values()))
        return counts

    def import_(self, folder: str | Path, *, actor: str = "") -> dict[str, int]:
        """Bring what :meth:`export` wrote into this workspace; the same again changes nothing.

        Args:
            folder: What was exported. Never let a stranger choose it.
            actor: Who does so, for the audit log.

        Returns:
            Rows that were new or changed something, by table.
        """
        inside = self._inside
        counts = inside.breaker.call(import_all, inside.space, Path(folder))
        inside.note(actor, "import", "", rows=sum(counts.values()))
        return counts

    def transfers(self) -> list[str]:
        """Exports that jobs have written and that a job can import.

        Returns:
            Names of folders.
        """
        return transfers(self._inside)

    def once(
        self, key: str, fingerprint: str, make: Callable[[], Mapping[str, Any]]
    ) -> tuple[Mapping[str, Any], bool]:
        """Do something once for a key; the same key again gives the same answer for a day.

        Args:
            key: What the sender calls this request.
            fingerprint: Of the request's content.
            make: Does it, and gives plain values.

        Returns:
            The answer, and whether it was given before.

        Raises:
            ConflictError: If the key was used for a request of other content.
        """
        return answered_once(self._inside, key, fingerprint, make)

    def audit(self, n: int = 100, cursor: str | None = None) -> Page[AuditEntry]:
        """Administrative actions, newest first.

        Args:
            n: How many at most.
            cursor: Where the page before ended.

        Returns:
            A page.
        """
        return self._inside.breaker.call(self._inside.space.audit.page, n, cursor)

    def stats(self) -> Stats:
        """Counts of this workspace.

        Returns:
            Numbers; those of the database are 0 while it is gone.
        """
        inside = self._inside
        inside.follower.catch_up()
        serving = inside.serving
        dataset = serving.recommender.dataset
        try:
            events = inside.breaker.call(inside.space.events.count)
            shown = inside.breaker.call(inside.space.impressions.count)
            position = inside.breaker.call(inside.space.events.position)
        except OutsideError:
            events = shown = 0
            position = inside.follower.position
        counted = serving.counted
        return Stats(
            items=dataset.n_items,
            people=dataset.n_users + (0 if counted is None else counted.newcomers),
            events=events,
            impressions=shown,
            events_since_fit=max(position - serving.position, 0),
            position=position,
            bundle_position=serving.position,
            bundle_digest=serving.info.digest,
            fitted_s=serving.info.made_s,
            rates=inside.rates.per_second(),
            spooled=inside.spool.pending(),
            simulated=dataset.simulated,
        )
