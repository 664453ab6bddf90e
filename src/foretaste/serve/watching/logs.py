"""The log: one JSON object a line, and no secret in any of them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog

__all__ = ["configure_logs", "request_log", "without_secrets"]

_SECRET_NAMES = re.compile(r"(?i)password|secret|token|authorization|api[-_]?key$|^key$|cookie")
_SECRET_TEXT = re.compile(r"\bft_([A-Za-z0-9-]+)_[A-Za-z0-9_-]+|(?<=://)([^:/@\s]+):[^@\s]+@")


def without_secrets(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take keys, passwords and tokens out of a line, by the field's name and by their look.

    Args:
        _logger: Who writes it.
        _method: How it was called.
        event: The fields of one line.

    Returns:
        The same line, fit to be kept.
    """
    for name, value in event.items():
        if _SECRET_NAMES.search(name) and value is not None:
            event[name] = "***"
        elif isinstance(value, str) and ("ft_" in value or "@" in value):
            event[name] = _SECRET_TEXT.sub(_hidden, value)
    return event


def _hidden(match: re.Match[str]) -> str:
    return f"ft_{match[1]}_***" if match[1] else f"{match[2]}:***@"


def configure_logs(level: str, format: str, stream: TextIO | None = None) -> None:
    """Send our own log, uvicorn's and other libraries' to one place in one shape.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``: from here up.
        format: ``json``, or ``text`` for people.
        stream: Where to; standard error if not given.
    """
    stream = stream or sys.stderr
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    last: Any = (
        structlog.processors.JSONRenderer(serializer=_json)
        if format == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *before, last],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Bridge(before, last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = name != "uvicorn.access"
    for name in ("httpx", "httpcore", "alembic", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)


def request_log(format: str, stream: TextIO | None = None) -> Any:
    """A log for one line a request, made with as little as a line needs.

    A line holds no free text but the route's name, so nothing has to be looked through for
    secrets; it is written at once, past the machinery of :mod:`logging`.

    Args:
        format: ``json``, or ``text`` for people.
        stream: Where to; standard error if not given.

    Returns:
        A logger of structlog.
    """
    stream = stream or sys.stderr
    shape: Any = (
        structlog.processors.JSONRenderer(serializer=_json)
        if format == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    return structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[structlog.processors.TimeStamper(fmt="iso", utc=True), shape],
        wrapper_class=structlog.BoundLogger,
        cache_logger_on_first_use=True,
    ).bind(level="info", logger="foretaste.http")


class _Bridge(structlog.stdlib.ProcessorFormatter):
    """Lines of structlog pass as they are; lines of other libraries get the same shape."""

    def __init__(self, before: list[Any], last: Any) -> None:
        super().__init__(foreign_pre_chain=before, processors=[self.remove_processors_meta, last])

    def format(self, record: logging.LogRecord) -> str:
        """One line.

        Args:
            record: What was logged.

        Returns:
            The line.
        """
        # Our own lines were rendered already, once, where they were written.
        if isinstance(record.msg, str) and record.msg.startswith("{") and not record.args:
            return record.msg
        return super().format(record)


def _json(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
