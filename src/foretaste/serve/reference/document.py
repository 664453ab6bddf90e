"""The OpenAPI document: every route, every problem, every key, with examples."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from foretaste.app.service.access import RIGHTS
from foretaste.serve.guard import MEDIA_FIELD, PUBLIC, RIGHT_FIELD
from foretaste.serve.problems import Problem
from foretaste.serve.reference.examples import ANSWERS, BODIES, PARAMETERS

__all__ = ["describe", "role_of"]

_INTRODUCTION = """\
Recommendations with reasons, from words, history, or nothing at all.

Send the key as `X-API-Key`, or as `Authorization: Bearer`. Every answer names itself
(`answer_id`), what was fitted (`bundle_digest`), who ranked (`source`) and how long it took.
Name the answer in feedback, and the feedback is attributed. Errors are `application/problem+json`
(RFC 9457). Lists come in pages: ask again with the `cursor` you were given.
"""
_TAGS = {
    "answers": "Recommendations, reasons, similar items, search.",
    "feedback": "What people did: one event, many, or a stream.",
    "lists": "Latest, trending, popular: the same for everybody.",
    "items": "The catalogue.",
    "people": "Attributes, portrait, consent, forgetting.",
    "sessions": "Visitors who have not said who they are.",
    "operation": "Jobs and fitted models.",
    "experiments": "A/B tests, interleaving, exploration.",
    "reports": "What came of it all.",
    "administration": "Keys, audit, workspaces, export.",
    "health": "For those who run it.",
    "gorse": "The routes that clients of Gorse call, with Gorse's own shapes.",
}
_SECURITY = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}


def role_of(right: str) -> str:
    """The least role that has a right.

    Args:
        right: A right, or :data:`~foretaste.serve.routing.PUBLIC`.

    Returns:
        The role; ``anybody`` where no key is needed.
    """
    return "anybody" if right == PUBLIC else RIGHTS[right]


def describe(app: FastAPI) -> None:
    """Let an application describe itself; the document is made once, when first asked for.

    Args:
        app: The application, with all its routes.
    """

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    from foretaste import __version__

    found = get_openapi(
        title="Foretaste",
        version=__version__,
        description=_INTRODUCTION,
        routes=app.routes,
        tags=[{"name": name, "description": words} for name, words in _TAGS.items()],
    )
    parts = found.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    parts["securitySchemes"] = _SECURITY
    found["externalDocs"] = {"description": "This reference as a page", "url": "/docs"}
    for operations in found["paths"].values():
        for operation in operations.values():
            _finish(operation)
    return found


def _finish(operation: dict[str, Any]) -> None:
    right = operation.pop(RIGHT_FIELD, PUBLIC)
    operation.pop(MEDIA_FIELD, None)
    operation["security"] = [] if right == PUBLIC else [{"key": []}, {"bearer": []}]
    if right != PUBLIC:
        words = operation.get("description", "")
        operation["description"] = f"{words}\n\nFor the role `{role_of(right)}` and above.".strip()
    for parameter in operation.get("parameters", ()):
        parameter.get("schema", {}).pop("title", None)
        example = PARAMETERS.get(parameter["name"])
        if example is not None:
            parameter["example"] = example
    _illustrate(operation)


def _illustrate(operation: dict[str, Any]) -> None:
    """Put in the examples that were written for an operation."""
    name = operation["operationId"]
    if name in BODIES:
        content = operation["requestBody"]["content"]["application/json"]
        content["examples"] = {title: {"value": body} for title, body in BODIES[name].items()}
    if name in ANSWERS:
        good = next(code for code in operation["responses"] if code.startswith("2"))
        operation["responses"][good]["content"]["application/json"]["example"] = ANSWERS[name]
