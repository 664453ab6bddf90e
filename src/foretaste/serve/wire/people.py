"""A person's portrait: what they like as far as it is known."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from foretaste.serve.wire.base import WireOut

__all__ = ["PortraitOut"]


class LeaningOut(WireOut):
    """How much more, or less, somebody likes what carries a value."""

    kind: Literal["attribute", "word"]
    field: str = Field(description="The attribute; `text` for a word.")
    value: str
    mean: float = Field(description="How much higher items with it score than items without.")
    sd: float = Field(description="Standard deviation of that.")
    items: int = Field(description="How many items carry it.")


class PortraitOut(WireOut):
    """What a person likes as far as it is known, and how sure that is."""

    user_id: str
    likes: list[LeaningOut] = Field(description="The surest and strongest first.")
    dislikes: list[LeaningOut]
    sure: float = Field(ge=0, le=1, description="0 nothing is known, 1 everything.")
    history_length: int = Field(ge=0, description="Events that were read.")
    nearest: list[str] = Field(description="Items nearest to their taste, not met yet.")
