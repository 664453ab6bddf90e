"""Replies: bytes of JSON at once, without a detour over a second model."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from foretaste.serve.wire.base import WireOut

__all__ = ["as_json", "plain", "reply"]

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


class _Json(Response):
    media_type = "application/json"


def as_json(value: Any) -> bytes:
    """Bytes of JSON.

    Args:
        value: Plain values, records, arrays of numbers, times.

    Returns:
        UTF-8; what is no finite number becomes ``null``.
    """
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


def reply(
    value: WireOut | Mapping[str, Any] | list[Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A reply of JSON.

    Args:
        value: What to say.
        status: The HTTP status.
        headers: Further headers.

    Returns:
        The response.
    """
    plain_value = value.model_dump(mode="json") if isinstance(value, WireOut) else value
    return _Json(as_json(plain_value), status, headers)


def plain(value: Any) -> Any:
    """Records, mappings and sequences as what JSON knows.

    Args:
        value: Any value of the service.

    Returns:
        Dictionaries, lists, texts and numbers; what is no finite number is ``None``.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str | int | None):
        return value
    if hasattr(value, "item"):  # a number of NumPy
        return plain(value.item())
    return str(value)


def _plain(value: Any) -> Any:
    return plain(value)
