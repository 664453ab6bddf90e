"""The ground of version 1 of the wire: strict, closed, bounded.

Wire types are apart from the values of the core, so that either can change alone. What comes in is
strict (a number in quotes is no number) and closed (an unknown name is refused, not ignored);
what goes out is described by the same kind of class, and tests hold the bytes against it.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

__all__ = [
    "CLOSED",
    "WHOLE",
    "MAX_ID",
    "MAX_LIST",
    "Attributes",
    "Cursor",
    "Id",
    "Name",
    "Number",
    "Text",
    "Value",
    "Wire",
    "WireOut",
]

MAX_ID = 512
"""Characters an id may have."""
MAX_LIST = 10_000
"""Ids that ``candidates``, ``allow`` or ``deny`` may hold."""
_EXACT = 2**53 - 1  # the largest whole number that every JSON reader keeps exactly
# NUL is the one character that no SQL text can hold.
_NO_NUL = r"^[^\x00]*$"

Id = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_ID, pattern=r"^[^\x00]+$"),
    Field(description="Any text but the empty one: slashes, spaces, any script."),
]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]
Text = Annotated[str, StringConstraints(max_length=20_000, pattern=_NO_NUL)]
Number = Annotated[float, Field(ge=-1e15, le=1e15)]
Cursor = Annotated[
    str | None,
    Field(description="Where the next page begins; null or missing after the last."),
]


def _whole(value: Any) -> Any:
    """In JSON 3.0 is a whole number; a text or a flag is none."""
    return int(value) if type(value) is float and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
"""Marks a whole number; after its bounds, or the schema would not tell them."""
_Whole = Annotated[int, Field(ge=-_EXACT, le=_EXACT), WHOLE]
_Many = Annotated[list[Text | _Whole | Number], Field(max_length=1_000)]
Value = Annotated[
    Text | _Whole | Number | bool | _Many | None,
    Field(description="A text, a number, a flag, or a list of texts or numbers."),
]
_Key = Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,100}$")]
# What pydantic says of keys leaves open what becomes of others; they are refused.
CLOSED = {"additionalProperties": False}
Attributes = Annotated[dict[_Key, Value], Field(max_length=200, json_schema_extra=CLOSED)]


class Wire(BaseModel):
    """What somebody sends: strict types, no unknown names, no infinities."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, protected_namespaces=()
    )


class WireOut(BaseModel):
    """What the service sends: closed too, so that a stray field is found by a test."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, from_attributes=True, protected_namespaces=()
    )

    def dump(self) -> dict[str, Any]:
        """Plain values for JSON.

        Returns:
            Names and values.
        """
        return self.model_dump(mode="json")
