"""Items and people as rows: attributes, consent, visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "Consent",
    "ItemRecord",
    "PersonRecord",
    "Session",
    "Written",
]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of rows that were put.

    Attributes:
        new: Rows that were not there.
        changed: Rows that were there with other content.
        revision: The table's revision afterwards.
    """

    new: int
    changed: int
    revision: int


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """One item of the catalogue.

    Attributes:
        item_id: Its id.
        attributes: Title, text and everything else by name.
        hidden: Whether it may not be recommended for now.
        revision: The catalogue's revision that changed it last; given by the store.
        updated_s: When that was; given by the store.
        deleted: Whether it is gone; such markers come from ``changed_since`` only.
    """

    item_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False
    revision: int = 0
    updated_s: float = 0.0
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person, as far as attributes go; what they did is in the event log.

    Attributes:
        user_id: Their id.
        attributes: Whatever is known, by name.
        revision: The revision that changed them last; given by the store.
        updated_s: When that was; given by the store.
        deleted: Whether they are gone; such markers come from ``changed_since`` only.
    """

    user_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    revision: int = 0
    updated_s: float = 0.0
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """What one person allows.

    Attributes:
        user_id: Who.
        record: Events and impressions may be kept.
        personalise: What is on record may shape their answers.
        train: What is on record may enter fitting.
        language_model: What is on record may be sent to a language model.
        updated_s: When they said so; 0 when they never did.
    """

    user_id: str
    record: bool = True
    personalise: bool = True
    train: bool = True
    language_model: bool = False
    updated_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Session:
    """A visit of somebody who has not said who they are, or has since.

    Attributes:
        session_id: Its id.
        user_id: The account it was joined to; ``None`` before.
        started_s: When it began.
    """

    session_id: str
    user_id: str | None
    started_s: float
