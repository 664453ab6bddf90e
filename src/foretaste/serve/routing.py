"""Routes that cannot be reached without a right: whoever forgets to name one cannot start.

A route is declared once, with its right, what it answers and which problems it may have; the
guard asks for the key and the right before a byte of the body is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import FastAPI
from pydantic import BaseModel

from foretaste.serve.guard import MEDIA_FIELD, PUBLIC, RIGHT_FIELD, GuardedRoute
from foretaste.serve.problems import MEDIA_TYPE, PROBLEMS

__all__ = ["Routes"]

F = TypeVar("F", bound=Callable[..., Any])
_ALWAYS = (400, 414, 431, 503)
_GUARDED = (401, 403, 429)
_BODY = (413, 415, 422)


@dataclass(slots=True)
class Routes:
    """Routes of one subject, declared where they are written.

    Attributes:
        tag: The subject, as the reference names it.
        declared: What was declared so far.
    """

    tag: str
    declared: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        method: str,
        path: str,
        right: str,
        answer: type[BaseModel] | Mapping[str, Any] | None,
        *,
        problems: tuple[int, ...] = (),
        status: int = 200,
        media: str | None = None,
        extra: Mapping[str, Any] | None = None,
        hidden: bool = False,
    ) -> Callable[[F], F]:
        """Declare a route.

        Args:
            method: GET, POST ...
            path: Its address.
            right: What a key needs for it, or :data:`PUBLIC`.
            answer: What it answers with: a wire type, or a part of OpenAPI.
            problems: Statuses it may have besides those that every route may have.
            status: The status of success.
            media: Type of its body, if that is not JSON.
            extra: Further parts of its OpenAPI.
            hidden: Leave it out of the reference.

        Returns:
            A decorator that gives the function back as it was.
        """
        said = _said(method, right != PUBLIC, problems)
        success: dict[str, Any] = {"description": "Done."}
        if isinstance(answer, Mapping):
            success |= answer
        elif answer is not None:
            success["model"] = answer
        said[status] = success
        more = {**(extra or {}), RIGHT_FIELD: right}
        if media is not None:
            more[MEDIA_FIELD] = media

        def keep(endpoint: F) -> F:
            self.declared.append(
                {
                    "path": path,
                    "endpoint": endpoint,
                    "methods": [method],
                    "tags": [self.tag],
                    "status_code": status,
                    "responses": said,
                    "response_model": None,
                    "openapi_extra": more,
                    "include_in_schema": not hidden,
                    "operation_id": endpoint.__name__,
                }
            )
            return endpoint

        return keep

    def add_to(self, app: FastAPI) -> None:
        """Put the routes into an application.

        Args:
            app: The application.
        """
        for one in self.declared:
            app.router.routes.append(GuardedRoute(**one))


def _said(method: str, guarded: bool, problems: tuple[int, ...]) -> dict[int | str, Any]:
    """The problems that a route may answer with."""
    codes = {*problems, *_ALWAYS, *(_GUARDED if guarded else ())}
    if method in ("POST", "PUT", "PATCH"):
        codes |= set(_BODY)
    return {code: _problem(code) for code in sorted(codes)}


def _problem(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": PROBLEMS[status][1] + ".",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in (429, 503):
        found["headers"] = {
            "Retry-After": {
                "description": "Seconds to wait.",
                "schema": {"type": "integer", "minimum": 1},
            }
        }
    return found
