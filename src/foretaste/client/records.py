"""What is kept, as the client gives it: small frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "Consent",
    "Item",
    "Job",
    "Person",
    "Receipt",
    "Recorded",
    "Session",
    "Written",
]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of events.

    Attributes:
        accepted: New and kept.
        duplicates: Kept before.
        ignored: Not kept, for want of consent.
        spooled: Whether they wait on disk until the database is back.
        position: The log holds them up to here.
    """

    accepted: int
    duplicates: int = 0
    ignored: int = 0
    spooled: bool = False
    position: int = 0

    def __add__(self, other: Recorded) -> Recorded:
        return Recorded(
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.ignored + other.ignored,
            self.spooled or other.spooled,
            max(self.position, other.position),
        )


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the catalogue.

    Attributes:
        item_id: The item.
        attributes: Title, text, anything else.
        hidden: Whether it is not recommended for now.
    """

    item_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A person's record.

    Attributes:
        user_id: The person.
        attributes: Whatever is known.
    """

    user_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of records.

    Attributes:
        new: Were not there.
        changed: Were there with other content.
        revision: The table's revision afterwards.
    """

    new: int
    changed: int
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person allows.

    Attributes:
        user_id: The person.
        record: Keep what they do.
        personalise: Let it shape their answers.
        train: Let it enter the model.
        language_model: Send it to a language model.
    """

    user_id: str
    record: bool
    personalise: bool
    train: bool
    language_model: bool


@dataclass(frozen=True, slots=True)
class Session:
    """An anonymous visit.

    Attributes:
        session_id: Name it in questions and feedback.
        user_id: The account it was joined to.
        started_s: When it began, seconds since 1970 UTC.
    """

    session_id: str
    user_id: str | None
    started_s: float


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was forgotten.

    Attributes:
        user_id: The person.
        complete: Whether nothing is left to be done.
        erased: Rows erased, by table.
        parts: What was done to each part of the model.
        job_id: The training that finishes the rest.
    """

    user_id: str
    complete: bool
    erased: Mapping[str, int]
    parts: Mapping[str, Mapping[str, Any]]
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Long work and how far it is.

    Attributes:
        job_id: Its id.
        kind: What is done.
        status: ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``.
        progress: 0 to 1.
        message: What it is doing.
        result: What came out.
        error: Why it failed.
    """

    job_id: str
    kind: str
    status: str
    progress: float = 0.0
    message: str = ""
    result: Mapping[str, Any] | None = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Whether it has come to an end, good or bad."""
        return self.status in ("done", "failed", "cancelled")
