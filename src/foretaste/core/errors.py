"""Everything that can go wrong, drawn as a tree.

::

    ForetasteError
    ├── InputError            what was given cannot be used (exit code 2, HTTP 4xx)
    │   ├── DataError         a file or table
    │   ├── SettingsError     a setting
    │   ├── UnknownNameError  a model, protocol, metric or encoder nobody knows
    │   ├── UnknownIdError    a person or item nobody knows
    │   ├── FilterError       a filter expression
    │   ├── ConflictError     it contradicts what is there already (HTTP 409)
    │   └── LimitError        larger than a limit allows
    ├── AccessError           somebody may not do that
    │   ├── UnauthenticatedError  nobody knows who asks (HTTP 401)
    │   └── ForbiddenError        known, but without the right (HTTP 403)
    ├── BundleError           a saved bundle is broken, foreign or of another version
    ├── MissingPartError      an optional part is not installed
    └── OutsideError          something outside failed
        ├── NetworkError      no network, or the other side does not answer
        ├── StorageError      disk full, no permission
        └── BusyError         another process holds the same place, or a queue is full (HTTP 503)

Every message says what was expected, what came, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "AccessError",
    "BundleError",
    "BusyError",
    "ConflictError",
    "DataError",
    "FilterError",
    "ForbiddenError",
    "ForetasteError",
    "InputError",
    "LimitError",
    "MissingPartError",
    "NetworkError",
    "OutsideError",
    "SettingsError",
    "StorageError",
    "UnauthenticatedError",
    "UnknownIdError",
    "UnknownNameError",
]


class ForetasteError(Exception):
    """Root of all our errors; carries the four parts of a clear message.

    Args:
        problem: One sentence, without a full stop: what is wrong.
        expected: What would have been right.
        got: What came instead (shortened to 200 characters).
        where: File, line, column, setting or id concerned.
        remedy: What to do next.
    """

    exit_code = 1

    def __init__(
        self,
        problem: str,
        *,
        expected: str | None = None,
        got: object = None,
        where: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.expected = expected
        self.got = None if got is None else _short(got)
        self.where = where
        self.remedy = remedy
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        text = self.problem
        if self.where:
            text = f"{self.where}: {text}"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.got is not None:
            text += f"; got {self.got}"
        text += "."
        if self.remedy:
            text += (
                f" {self.remedy}" if self.remedy.endswith("?") else f" {self.remedy.rstrip('.')}."
            )
        return text


class InputError(ForetasteError, ValueError):
    """What the caller gave cannot be used as it is."""

    exit_code = 2


class DataError(InputError):
    """A file or table cannot be read as what it should be."""


class SettingsError(InputError):
    """A setting is unknown, of the wrong type, or out of range."""


class UnknownNameError(InputError):
    """A name that should be in a table of ours is not there.

    Args:
        what: The sort of thing named, for example ``"model"``.
        name: The name that came.
        known: All the names that would have been right.
    """

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = get_close_matches(name, names, n=1)
        super().__init__(
            f"unknown {what}",
            expected="one of " + ", ".join(names),
            got=repr(name),
            remedy=f"Did you mean {near[0]!r}?" if near else None,
        )


class UnknownIdError(InputError, KeyError):
    """An item or person id that is not in the data."""

    __str__ = Exception.__str__


class FilterError(InputError):
    """A filter expression cannot be read."""


class LimitError(InputError):
    """Something is larger than a limit in the settings allows."""


class ConflictError(InputError):
    """What was given contradicts what is there already, such as an id given twice."""


class AccessError(ForetasteError):
    """Somebody may not do what they ask for."""

    exit_code = 2


class UnauthenticatedError(AccessError):
    """Nobody knows who asks: no key, or one that is unknown, expired or revoked."""


class ForbiddenError(AccessError):
    """Whoever asks is known but has not the right to do that."""


class BundleError(ForetasteError):
    """A saved bundle is broken, foreign, or of a version we do not read."""

    exit_code = 2


class MissingPartError(ForetasteError, ImportError):
    """An optional part is needed and not installed.

    Args:
        part: What was wanted, in words.
        extra: The optional-dependency group that brings it.
    """

    exit_code = 2

    def __init__(self, part: str, extra: str) -> None:
        super().__init__(
            f"{part} is not installed", remedy=f"Run: pip install 'foretaste[{extra}]'"
        )


class OutsideError(ForetasteError):
    """Something outside this process failed."""


class NetworkError(OutsideError):
    """There is no network, or the other side does not answer as it should."""


class StorageError(OutsideError):
    """The disk is full, or we may not write there."""


class BusyError(OutsideError):
    """Another process is writing to the same place, or a queue is full: try again.

    Attributes:
        retry_after_s: After how many seconds trying again makes sense.
    """

    retry_after_s: float = 1.0


def _short(value: object, limit: int = 200) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
