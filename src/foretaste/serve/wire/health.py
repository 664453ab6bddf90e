"""How the service is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from foretaste.serve.wire.base import WireOut

__all__ = ["HealthOut"]


class HealthOut(WireOut):
    """How the service is."""

    status: Literal["ok", "degraded", "down", "ending"]
    degraded: list[str] = Field(description="What does not work as it should, in words.")
