"""Who is signed in: a signed cookie, ended by time, by signing out or with its key."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from foretaste.app.service import Principal, Role
from foretaste.core.errors import UnauthenticatedError

if TYPE_CHECKING:
    from foretaste.app.service import Service

__all__ = ["LIFE_S", "Sessions", "Visitor"]

LIFE_S = 12 * 3600.0
"""How long somebody stays signed in."""

_KEYS_S = 3.0  # how old the list of living keys may be


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in.

    Attributes:
        principal: Who, in which workspace, with which role.
        session: Name of this signing-in.
        until_s: When it ends, seconds since 1970 UTC.
    """

    principal: Principal
    session: str
    until_s: float


class Sessions:
    """Signing in and out.

    The cookie holds no secret and cannot be forged: it is signed with a random secret in the
    service's home folder. Signing out is remembered in that folder too, so that a copied cookie
    ends with it in every process.

    Args:
        service: What is signed in to.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._folder = service.settings.home_folder / "console"
        self._ended = self._folder / "ended"
        self._ended.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.secret = _secret(self._folder / "secret")
        self._living: dict[str, tuple[float, frozenset[str]]] = {}

    @property
    def open(self) -> bool:
        """Whether the service asks nobody for a key."""
        return not self._service.settings.http.keys

    def begin(self, cookie: MutableMapping[str, Any], principal: Principal) -> None:
        """Sign somebody in.

        Args:
            cookie: What the browser keeps.
            principal: Who it is.
        """
        self._sweep()
        cookie.clear()
        cookie.update(
            session=secrets.token_hex(16),
            workspace=principal.workspace,
            role=principal.role,
            key_id=principal.key_id,
            name=principal.name,
            until_s=time.time() + LIFE_S,
        )

    def end(self, cookie: MutableMapping[str, Any]) -> str:
        """Sign somebody out, in every process and for every copy of the cookie.

        Args:
            cookie: What the browser keeps.

        Returns:
            Name of the session that ended; empty if there was none.
        """
        name = str(cookie.get("session", ""))
        cookie.clear()
        if name.isalnum():
            (self._ended / name).touch()
        return name

    def visitor(self, cookie: MutableMapping[str, Any]) -> Visitor | None:
        """Who is signed in.

        Args:
            cookie: What the browser keeps.

        Returns:
            The visitor; ``None`` if nobody is, or no longer.
        """
        if self.open:
            return Visitor(self._service.access.authenticate(None), "open", float("inf"))
        try:
            principal = Principal(
                str(cookie["workspace"]), cookie["role"], str(cookie["key_id"]), str(cookie["name"])
            )
            visitor = Visitor(principal, str(cookie["session"]), float(cookie["until_s"]))
        except (KeyError, TypeError, ValueError):
            return None
        if principal.role not in get_args(Role):
            return None
        return visitor if self.valid(visitor) else None

    def valid(self, visitor: Visitor) -> bool:
        """Whether somebody signed in still is.

        Args:
            visitor: Who.

        Returns:
            False once signed out or run out.
        """
        if visitor.session == "open":
            return self.open
        return time.time() < visitor.until_s and not (self._ended / visitor.session).exists()

    def check(self, visitor: Visitor) -> None:
        """Refuse somebody whose session or key has ended; may ask the database.

        Args:
            visitor: Who.

        Raises:
            UnauthenticatedError: If so.
        """
        if not self.valid(visitor) or not self._key_lives(visitor.principal):
            raise UnauthenticatedError(
                "you are signed out",
                remedy="Sign in again with a key, or make a login link with `foretaste console`",
            )

    def _key_lives(self, principal: Principal) -> bool:
        if principal.key_id.startswith("login") or self.open:
            return True  # came by a login link: no key stands behind it
        now_s = time.time()
        read_s, living = self._living.get(principal.workspace, (0.0, frozenset()))
        old = now_s - read_s > _KEYS_S or principal.key_id not in living  # or made since
        if old and self._service.store_ok:
            living = frozenset(
                key.key_id
                for key in self._service.access.keys(principal.workspace)
                if key.revoked_s is None and (key.expires_s is None or key.expires_s > now_s)
            )
            self._living[principal.workspace] = now_s, living
        return principal.key_id in living or not self._service.store_ok

    def _sweep(self) -> None:
        for file in self._ended.iterdir():
            if time.time() - file.stat().st_mtime > LIFE_S:
                file.unlink(missing_ok=True)


def _secret(file: Path) -> str:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(secrets.token_urlsafe(48))
    return file.read_text(encoding="ascii")
