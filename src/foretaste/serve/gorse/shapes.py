"""Gorse's own shapes, as its clients send and expect them: names begin with a capital."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints
from pydantic.alias_generators import to_pascal

from foretaste.serve.wire.base import CLOSED, Id, Number, Text, Value

__all__ = [
    "MAX_ROWS",
    "FeedbackIn",
    "FeedbackList",
    "FeedbackOut",
    "FeedbackPage",
    "HealthOut",
    "IdsOrScores",
    "ItemIn",
    "ItemList",
    "ItemOut",
    "ItemPage",
    "ItemPatch",
    "Labels",
    "Score",
    "Scores",
    "Success",
    "UserIn",
    "UserList",
    "UserOut",
    "UserPage",
    "UserPatch",
]

MAX_ROWS = 10_000
"""Rows that one request may carry."""

_Label = Annotated[str, StringConstraints(max_length=1_000, pattern=r"^[^\x00]*$")]
_LabelName = Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,100}$")]
Labels = (
    Annotated[list[_Label], Field(max_length=1_000)]
    | Annotated[dict[_LabelName, Value], Field(max_length=200, json_schema_extra=CLOSED)]
    | None
)
Timestamp = Annotated[
    str,
    Field(
        max_length=64,
        description="RFC 3339, a day, or nothing.",
        json_schema_extra={
            "anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "format": "date"},
                {"const": ""},
            ]
        },
    ),
]
Categories = Annotated[list[_Label], Field(max_length=100)]


class _In(BaseModel):
    """What Gorse's clients send; names of other versions are ignored, as Gorse does."""

    model_config = ConfigDict(
        alias_generator=to_pascal,
        extra="ignore",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
    )


class _Out(BaseModel):
    """What Gorse's clients read."""

    model_config = ConfigDict(alias_generator=to_pascal, populate_by_name=True, frozen=True)

    def dump(self) -> dict[str, Any]:
        """Plain values under Gorse's names.

        Returns:
            Names and values.
        """
        return self.model_dump(mode="json", by_alias=True)


class UserIn(_In):
    """A user."""

    user_id: Id
    labels: Labels = None
    subscribe: Categories | None = None
    comment: Text | None = None


class UserPatch(_In):
    """Changes of a user; null changes nothing."""

    labels: Labels = None
    subscribe: Categories | None = None
    comment: Text | None = None


class UserOut(_Out):
    """A user."""

    user_id: str
    labels: list[Any] | dict[str, Any] | None
    subscribe: list[str] | None
    comment: str


class UserPage(_Out):
    """Some users."""

    cursor: str
    users: list[UserOut]


class ItemIn(_In):
    """An item."""

    item_id: Id
    is_hidden: bool | None = None
    categories: Categories | None = None
    timestamp: Timestamp | None = None
    labels: Labels = None
    comment: Text | None = None


class ItemPatch(_In):
    """Changes of an item; null changes nothing."""

    is_hidden: bool | None = None
    categories: Categories | None = None
    timestamp: Timestamp | None = None
    labels: Labels = None
    comment: Text | None = None


class ItemOut(_Out):
    """An item."""

    item_id: str
    is_hidden: bool
    categories: list[str]
    timestamp: str
    labels: list[Any] | dict[str, Any] | None
    comment: str


class ItemPage(_Out):
    """Some items."""

    cursor: str
    items: list[ItemOut]


class FeedbackIn(_In):
    """Somebody did something with an item."""

    feedback_type: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        pattern=r"^[^\x00]+$"
    )
    user_id: Id
    item_id: Id
    value: Number = 0.0
    timestamp: Timestamp | None = None
    comment: Text | None = None


class FeedbackOut(_Out):
    """Somebody did something with an item."""

    feedback_type: str
    user_id: str
    item_id: str
    value: float
    timestamp: str
    comment: str


class FeedbackPage(_Out):
    """Some feedback."""

    cursor: str
    feedback: list[FeedbackOut]


class Score(_Out):
    """An item or person with its score."""

    id: str
    score: float


class Success(_Out):
    """How many rows it touched."""

    row_affected: int


class HealthOut(_Out):
    """How the service is."""

    ready: bool
    data_store_connected: bool
    cache_store_connected: bool
    data_store_error: str | None
    cache_store_error: str | None


class UserList(RootModel[Annotated[list[UserIn], Field(max_length=MAX_ROWS)]]):
    """Many users."""


class ItemList(RootModel[Annotated[list[ItemIn], Field(max_length=MAX_ROWS)]]):
    """Many items."""


class FeedbackList(RootModel[Annotated[list[FeedbackIn], Field(max_length=MAX_ROWS)]]):
    """Much feedback."""


class FeedbackFound(RootModel[list[FeedbackOut]]):
    """Much feedback."""


class Scores(RootModel[list[Score]]):
    """Items with scores, best first."""


class IdsOrScores(RootModel[list[str] | list[Score]]):
    """Ids, best first; with the header `X-API-Version: 2` ids with scores."""
