"""A person's portrait: what they like as far as it is known."""

from __future__ import annotations

import dataclasses
from typing import Any

from pydantic import ConfigDict

from foretaste.serve.wire.base import WireOut

__all__ = ["PortraitOut", "portrait_payload"]


class PortraitOut(WireOut):
    """What a person likes as far as it is known, and how sure that is."""

    model_config = ConfigDict(extra="allow", frozen=True)


def portrait_payload(portrait: Any) -> dict[str, Any]:
    """A portrait as plain values.

    Args:
        portrait: From the service.

    Returns:
        The fields of :class:`PortraitOut`.
    """
    return dataclasses.asdict(portrait)
