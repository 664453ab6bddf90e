"""Errors as the world sees them: RFC 9457 problem details, one shape for everything.

::

    InputError                422   UnknownIdError 404   ConflictError 409   LimitError 422
      (unreadable JSON or address: 400; too long: 413, 414, 431; other media: 415)
    UnauthenticatedError      401   ForbiddenError 403
    BusyError                 503 with Retry-After;  StorageError, NetworkError: 503 too
    everything else           500, and nothing of it is told outside
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from foretaste.core.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    ForetasteError,
    InputError,
    MissingPartError,
    OutsideError,
    UnauthenticatedError,
    UnknownIdError,
)

__all__ = [
    "PROBLEMS",
    "Fault",
    "Problem",
    "fault_of",
    "problem_response",
    "refused_fields",
    "status_of",
]

MEDIA_TYPE = "application/problem+json"
PROBLEMS: Mapping[int, tuple[str, str]] = {
    400: ("bad-request", "What was sent cannot be used"),
    401: ("unauthenticated", "No valid key came with this"),
    403: ("forbidden", "This key may not do that"),
    404: ("not-found", "There is nothing by that name"),
    405: ("method-not-allowed", "Not with this method"),
    406: ("not-acceptable", "There is no such form of this"),
    409: ("conflict", "This contradicts what is there"),
    413: ("too-large", "The body is too large"),
    414: ("address-too-long", "The address is too long"),
    415: ("unsupported-media-type", "The body is of another kind than expected"),
    422: ("not-valid", "What was sent is not valid"),
    429: ("too-many-requests", "Too many requests"),
    431: ("headers-too-large", "The headers are too large"),
    500: ("internal", "Something went wrong here"),
    503: ("unavailable", "Not now; try again"),
}
"""Short name and title of each problem, by status."""
_TREE: tuple[tuple[type[ForetasteError], int], ...] = (
    (UnauthenticatedError, 401),
    (ForbiddenError, 403),
    (UnknownIdError, 404),
    (ConflictError, 409),
    (InputError, 422),
    (MissingPartError, 503),
    (OutsideError, 503),
)


class Problem(BaseModel):
    """What went wrong, as RFC 9457 puts it."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Which sort of problem; leads to its description.")
    title: str = Field(description="The sort of problem in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened this time, and what to do.")
    instance: str | None = Field(None, description="The request, by its id.")
    expected: str | None = Field(None, description="What would have been right.")
    got: str | None = Field(None, description="What came instead.")
    where: str | None = Field(None, description="The field or id concerned.")
    remedy: str | None = Field(None, description="What to do next.")
    errors: list[dict[str, Any]] | None = Field(None, description="Each field that was refused.")


class Fault(HTTPException):
    """A refusal of the HTTP layer itself, on its way to become a problem.

    Args:
        status: The HTTP status.
        detail: What happened.
        headers: Headers to answer with.
        **more: Further members of the problem.
    """

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.more = more


def status_of(error: ForetasteError) -> int:
    """The HTTP status that says what an error of ours says.

    Args:
        error: The error.

    Returns:
        The status.
    """
    return next((status for kind, status in _TREE if isinstance(error, kind)), 500)


def fault_of(error: ForetasteError) -> Fault:
    """An error of ours as a fault.

    Args:
        error: The error.

    Returns:
        The fault, with Retry-After where trying again makes sense.
    """
    status = status_of(error)
    headers = {}
    if status == 503:
        wait_s = error.retry_after_s if isinstance(error, BusyError) else 1.0
        headers["Retry-After"] = str(max(1, math.ceil(wait_s)))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 500:
        return Fault(500, "The cause is in the log, under this request's id.")
    more = {
        name: value
        for name in ("expected", "got", "where", "remedy")
        if (value := getattr(error, name)) is not None
    }
    return Fault(status, str(error), headers, **more)


def problem_response(fault: Fault, request_id: str | None = None) -> Response:
    """A fault as a response.

    Args:
        fault: The fault.
        request_id: Which request.

    Returns:
        A response of type ``application/problem+json``.
    """
    status = fault.status_code
    name, title = PROBLEMS.get(status, (str(status), HTTPStatus(status).phrase))
    body = {"type": f"/docs#problem-{name}", "title": title, "status": status}
    body["detail"] = fault.detail
    if request_id is not None:
        body["instance"] = f"urn:request:{request_id}"
    body |= fault.more
    return Response(orjson.dumps(body), status, fault.headers, MEDIA_TYPE)


def _said(error: Mapping[str, Any]) -> str:
    """What pydantic says, in the words of somebody who sends JSON."""
    if error["type"] == "extra_forbidden":
        return "There is no field of this name here; see /docs"
    return str(error["msg"])


def refused_fields(errors: Sequence[Mapping[str, Any]]) -> Fault:
    """What the wire types refused, as a fault.

    Args:
        errors: What pydantic says.

    Returns:
        A fault of status 422 that names each field once.
    """
    found = []
    for error in errors[:20]:
        place = [str(part) for part in error["loc"]]
        found.append({"where": ".".join(place), "problem": _said(error)})
    first = found[0] if found else {"where": "", "problem": "not valid"}
    detail = f"{first['where']}: {first['problem']}."
    if len(errors) > 1:
        detail += f" And {len(errors) - 1} more."
    return Fault(422, detail, where=first["where"], errors=found)
