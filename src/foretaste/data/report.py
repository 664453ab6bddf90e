"""What reading or checking found: said in words, counted, with what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["Finding", "Level", "Origin", "ReadReport", "ReportBuilder"]

Level = Literal["fact", "guess", "warning"]
"""``fact`` was stated or counted, ``guess`` can be overridden, ``warning`` wants a look."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was guessed, counted or found wrong.

    Attributes:
        topic: What it is about, one stable word or two: ``delimiter``, ``rating scale`` ...
        message: One sentence.
        level: See :data:`Level`.
        where: File, table or column.
        value: What was guessed or counted, as a JSON value.
        count: How many rows or ids are concerned.
        examples: Up to five of them.
        remedy: What to do, or which argument overrides the guess.
    """

    topic: str
    message: str
    level: Level = "fact"
    where: str | None = None
    value: Any = None
    count: int | None = None
    examples: tuple[str, ...] = ()
    remedy: str | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        examples = f" For example: {'; '.join(self.examples)}." if self.examples else ""
        remedy = f" {self.remedy.rstrip('.')}." if self.remedy else ""
        said = self.message.rstrip(".")
        return f"{self.level:7} {self.topic}: {place}{said}.{examples}{remedy}"


@dataclass(frozen=True, slots=True)
class ReadReport:
    """Everything that reading guessed and counted, in order.

    Attributes:
        findings: The findings.
    """

    findings: tuple[Finding, ...] = ()

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)

    def about(self, topic: str) -> tuple[Finding, ...]:
        """The findings on one topic.

        Args:
            topic: As in :attr:`Finding.topic`.

        Returns:
            They, in order; empty if there is none.
        """
        return tuple(finding for finding in self.findings if finding.topic == topic)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Only what wants a look."""
        return tuple(finding for finding in self.findings if finding.level == "warning")

    def to_json(self) -> str:
        """The findings as JSON text: a list of objects."""
        return json.dumps([asdict(f) for f in self.findings], ensure_ascii=False, default=str)


@dataclass(slots=True)
class ReportBuilder:
    """Collects findings while something is read; :meth:`build` freezes them.

    Attributes:
        findings: What was collected so far.
    """

    findings: list[Finding] = field(default_factory=list)

    def fact(self, topic: str, message: str, **more: Any) -> None:
        """Add something stated by the file or counted.

        Args:
            topic: What it is about.
            message: One sentence.
            **more: Further fields of :class:`Finding`.
        """
        self.findings.append(Finding(topic, message, "fact", **more))

    def guess(self, topic: str, message: str, **more: Any) -> None:
        """Add a guess.

        Args:
            topic: What it is about.
            message: One sentence.
            **more: Further fields of :class:`Finding`.
        """
        self.findings.append(Finding(topic, message, "guess", **more))

    def warn(self, topic: str, message: str, **more: Any) -> None:
        """Add something that wants a look.

        Args:
            topic: What it is about.
            message: One sentence.
            **more: Further fields of :class:`Finding`.
        """
        self.findings.append(Finding(topic, message, "warning", **more))

    def build(self, more: Iterable[Finding] = ()) -> ReadReport:
        """Freeze.

        Args:
            more: Findings to put at the end.

        Returns:
            The report.
        """
        return ReadReport((*self.findings, *more))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a table came from, to name a place in an error.

    Attributes:
        name: File or table.
        first_line: Line of the first data row in a text file; ``None`` for other tables.
    """

    name: str
    first_line: int | None = None

    def at(self, row: int) -> str:
        """Name the place of one row.

        Args:
            row: Position in the table, from 0.

        Returns:
            ``"ratings.csv line 17"``, or ``"interactions row 17"`` (rows from 1).
        """
        if self.first_line is None:
            return f"{self.name} row {row + 1}"
        return f"{self.name} line {self.first_line + row}"
