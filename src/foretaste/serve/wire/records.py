"""Items, people, consent, sessions: what is kept about the world."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from foretaste.app.service import ItemRecord, PersonRecord
from foretaste.serve.wire.base import Attributes, Cursor, Id, Wire, WireOut

__all__ = [
    "MAX_BULK",
    "ConsentIn",
    "ConsentOut",
    "ItemIn",
    "ItemPage",
    "ItemPatch",
    "ItemPut",
    "ItemRecordOut",
    "ItemsIn",
    "JoinIn",
    "JoinedOut",
    "PeopleIn",
    "PeoplePage",
    "PersonIn",
    "PersonOut",
    "PersonPatch",
    "PersonPut",
    "ReceiptOut",
    "SessionOut",
    "WrittenOut",
]

MAX_BULK = 10_000
"""Records that one request may carry."""


class ItemPut(Wire):
    """An item as it should be from now on, its id being in the address."""

    attributes: Attributes = Field(default_factory=dict, description="Title, text, anything else.")
    hidden: bool = Field(False, description="Do not recommend it for now.")


class ItemIn(Wire):
    """An item of the catalogue."""

    item_id: Id
    attributes: Attributes = Field(default_factory=dict, description="Title, text, anything else.")
    hidden: bool = Field(False, description="Do not recommend it for now.")

    def record(self) -> ItemRecord:
        """The record it stands for.

        Returns:
            A record for the service.
        """
        return ItemRecord(self.item_id, self.attributes, self.hidden)


class ItemsIn(Wire):
    """Many items."""

    items: Annotated[list[ItemIn], Field(min_length=1, max_length=MAX_BULK)]


class ItemPatch(Wire):
    """Changes of an item: attributes that are named change, a null takes one away."""

    attributes: Attributes = Field(default_factory=dict, description="Only what changes.")
    hidden: bool | None = Field(None, description="null leaves it as it is.")


class ItemRecordOut(WireOut):
    """An item as kept."""

    item_id: str
    attributes: dict[str, Any]
    hidden: bool
    revision: int = Field(description="The catalogue's revision that changed it last.")
    updated_s: float = Field(description="When that was, seconds since 1970 UTC.")


class ItemPage(WireOut):
    """Some items."""

    items: list[ItemRecordOut]
    cursor: Cursor = None


class PersonPut(Wire):
    """A person as they should be from now on, their id being in the address."""

    attributes: Attributes = Field(default_factory=dict, description="Whatever is known.")


class PersonIn(Wire):
    """A person, as far as attributes go."""

    user_id: Id
    attributes: Attributes = Field(default_factory=dict, description="Whatever is known.")

    def record(self) -> PersonRecord:
        """The record it stands for.

        Returns:
            A record for the service.
        """
        return PersonRecord(self.user_id, self.attributes)


class PeopleIn(Wire):
    """Many people."""

    people: Annotated[list[PersonIn], Field(min_length=1, max_length=MAX_BULK)]


class PersonPatch(Wire):
    """Changes of a person: attributes that are named change, a null takes one away."""

    attributes: Attributes = Field(default_factory=dict, description="Only what changes.")


class PersonOut(WireOut):
    """A person as kept."""

    user_id: str
    attributes: dict[str, Any]
    revision: int
    updated_s: float


class PeoplePage(WireOut):
    """Some people."""

    people: list[PersonOut]
    cursor: Cursor = None


class WrittenOut(WireOut):
    """What became of records that were sent."""

    new: int = Field(ge=0, description="Were not there.")
    changed: int = Field(ge=0, description="Were there with other content.")
    revision: int = Field(ge=0, description="The table's revision afterwards.")


class ConsentIn(Wire):
    """What a person allows; what is left out stays as it is."""

    record: bool | None = Field(None, description="Keep what they do.")
    personalise: bool | None = Field(None, description="Let it shape their answers.")
    train: bool | None = Field(None, description="Let it enter the model.")
    language_model: bool | None = Field(None, description="Send it to a language model.")


class ConsentOut(WireOut):
    """What a person allows."""

    user_id: str
    record: bool
    personalise: bool
    train: bool
    language_model: bool
    updated_s: float = Field(description="When they said so; 0 when they never did.")


class SessionOut(WireOut):
    """An anonymous visit."""

    session_id: str
    user_id: str | None = Field(description="The account it was joined to.")
    started_s: float


class JoinIn(Wire):
    """Who an anonymous visitor turned out to be."""

    user_id: Id


class JoinedOut(WireOut):
    """What moved to the account."""

    session_id: str
    user_id: str
    moved: int = Field(ge=0, description="Events that belong to the account now.")


class PartOut(WireOut):
    """What forgetting did to one part of the model."""

    exact: bool = Field(description="Whether it is now as if fitted without the person.")
    how: str


class ReceiptOut(WireOut):
    """What was forgotten."""

    user_id: str
    complete: bool = Field(description="Whether nothing is left to be done.")
    erased: dict[str, int] = Field(description="Rows erased, by table.")
    parts: dict[str, PartOut]
    bundles: list[str]
    job_id: str | None = Field(description="The training that will finish the rest.")
    time_s: float
