"""Who asks, and what they may do."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import replace

from foretaste.app.service.log.breaker import Breaker
from foretaste.app.service.settings import ServiceSettings
from foretaste.app.service.values import NewKey, Principal, Role
from foretaste.core import Clock
from foretaste.core.errors import (
    ForbiddenError,
    InputError,
    OutsideError,
    UnauthenticatedError,
    UnknownIdError,
)
from foretaste.store import AuditEntry, KeyRecord, Store, TokenRecord

__all__ = ["RIGHTS", "ROLES", "Access"]

ROLES: tuple[Role, ...] = ("page", "reader", "writer", "operator", "admin")
"""From least to most."""

RIGHTS: Mapping[str, Role] = {
    "recommend": "page", "lists": "page", "search": "page", "feedback": "page",
    "read": "reader", "explain": "reader",
    "write": "writer", "consent": "writer", "sessions": "writer",
    "forget": "operator", "jobs": "operator", "experiments": "operator", "reports": "operator",
    "roll_back": "operator",
    "keys": "admin", "audit": "admin", "transfer": "admin", "workspaces": "admin",
}  # fmt: skip
"""The least role that has each right. A page's key stands in the page for all to read: it may
ask and report, and nothing it can ask says anything about a named person's record."""

_KEY = re.compile(r"ft_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_FRESH_S = 0.8
_STALE_S = 600.0
_USED_S = 60.0
_MOST = 10_000
_NOBODY = "who asks is not known"


class Access:
    """Keys, roles, rights and login links.

    A key is ``ft_<id>_<secret>`` with 256 random bits. So much chance needs no slow hash: its
    SHA-256 is kept, and compared in constant time. What was found is remembered for less than
    a second, so that a revoked key ends everywhere within one; while the database is gone,
    keys seen in the last ten minutes go on.

    Args:
        store: Where keys are kept.
        breaker: Knows whether the database is there.
        settings: All settings.
        clock: What time it is.
    """

    def __init__(
        self, store: Store, breaker: Breaker, settings: ServiceSettings, clock: Clock
    ) -> None:
        self._store = store
        self._breaker = breaker
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[float, KeyRecord | None]] = {}
        self._used: set[str] = set()
        self._first: str | None = None

    def begin(self) -> None:
        """Make the first administrator's key if there has never been a key."""
        if not self._store.keys.all():
            self._first = self.create_key("default", "admin", "first key", actor="system").key

    def first_key(self) -> str | None:
        """The key made at the very first start, to be shown once.

        Returns:
            The key, for the one caller that asks first in the process that made it.
        """
        with self._lock:
            first, self._first = self._first, None
        return first

    def authenticate(self, key: str | None) -> Principal:
        """Find out who asks.

        Args:
            key: What they showed.

        Returns:
            Who it is.

        Raises:
            UnauthenticatedError: If the key is missing, unknown, expired or revoked.
        """
        if not self._settings.http.keys and not key:
            return Principal("default", "admin", "", "keys are off")
        match = _KEY.fullmatch(key or "")
        record = None if match is None else self._record(match[1])
        digest = _hash(match[2] if match is not None else "")
        expected = record.secret_hash if record is not None else "0" * 64
        if not hmac.compare_digest(digest, expected) or record is None:
            raise UnauthenticatedError(_NOBODY, expected="a key", remedy="Send a valid API key")
        now_s = self._clock.now_s()
        if record.revoked_s is not None or (
            record.expires_s is not None and record.expires_s <= now_s
        ):
            raise UnauthenticatedError("the key has ended", remedy="Ask for a new one")
        return Principal(record.workspace or "default", record.role, record.key_id, record.name)

    def allows(self, principal: Principal, right: str) -> bool:
        """Whether somebody has a right.

        Args:
            principal: Who.
            right: One of :data:`RIGHTS`, or a role that they must have at least.

        Returns:
            Whether.

        Raises:
            InputError: If there is no such right.
        """
        needed = RIGHTS.get(right, right)
        if needed not in ROLES:
            raise InputError("there is no such right", got=right)
        return ROLES.index(principal.role) >= ROLES.index(needed)

    def check(self, principal: Principal, right: str) -> None:
        """Refuse somebody without a right.

        Args:
            principal: Who.
            right: See :meth:`allows`.

        Raises:
            ForbiddenError: If they have it not.
        """
        if not self.allows(principal, right):
            raise ForbiddenError(
                f"a key of the role {principal.role} may not do this",
                expected=f"at least {RIGHTS.get(right, right)}",
            )

    def create_key(
        self,
        workspace: str,
        role: Role,
        name: str,
        expires_s: float | None = None,
        *,
        actor: str = "",
    ) -> NewKey:
        """Make a key.

        Args:
            workspace: Whose data it opens.
            role: What it may do.
            name: What to call it.
            expires_s: When it ends, seconds since 1970 UTC.
            actor: Who makes it, for the audit log.

        Returns:
            The key; it can be read here and never again.

        Raises:
            InputError: If the role or time makes no sense.
        """
        if role not in ROLES:
            raise InputError("there is no such role", expected=", ".join(ROLES), got=repr(role))
        now_s = self._clock.now_s()
        if expires_s is not None and not expires_s > now_s:
            raise InputError("the key would have ended already", got=expires_s)
        key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        record = KeyRecord(key_id, name, workspace, role, _hash(secret), now_s, expires_s)
        self._breaker.call(self._store.keys.add, record)
        self._note(workspace, actor, "key.create", key_id, {"role": role, "name": name})
        return NewKey(f"ft_{key_id}_{secret}", key_id, workspace, role, name, expires_s)

    def revoke(self, key_id: str, *, workspace: str | None = None, actor: str = "") -> None:
        """End a key, in every process within a second.

        Args:
            key_id: Which.
            workspace: Only if it opens this one.
            actor: Who does so, for the audit log.

        Raises:
            UnknownIdError: If there is no such key.
        """
        found = self._breaker.call(self._store.keys.get, key_id)
        if found is None or (workspace is not None and found.workspace != workspace):
            raise UnknownIdError(f"no key has the id {key_id!r}")
        self._breaker.call(self._store.keys.revoke, key_id, workspace)
        with self._lock:
            self._seen.pop(key_id, None)
        self._note(found.workspace or "default", actor, "key.revoke", key_id, {"name": found.name})

    def keys(self, workspace: str) -> list[KeyRecord]:
        """Keys of a workspace.

        Args:
            workspace: Which.

        Returns:
            Their records, without what their secrets could be checked with.
        """
        found = self._breaker.call(self._store.keys.all, workspace)
        return [replace(one, secret_hash="") for one in found]

    def login_token(self, workspace: str = "default", role: Role = "admin") -> str:
        """Make a token for a login link: it works once, for a few minutes.

        Args:
            workspace: Whose data it opens.
            role: What may be done then.

        Returns:
            The token.
        """
        token = secrets.token_urlsafe(32)
        ends_s = self._clock.now_s() + self._settings.limits.login_token_s
        record = TokenRecord(_hash(token), workspace, role, ends_s)
        self._breaker.call(self._store.tokens.add, record)
        return token

    def redeem(self, token: str) -> Principal:
        """Log in with a token; it is used up.

        Args:
            token: The token.

        Returns:
            Who it stands for.

        Raises:
            UnauthenticatedError: If it is unknown, used or too old.
        """
        found = self._breaker.call(self._store.tokens.take, _hash(token))
        if found is None or found.expires_s <= self._clock.now_s():
            raise UnauthenticatedError("the login link has ended", remedy="Ask for a new one")
        workspace = found.workspace or "default"
        self._note(workspace, f"login:{found.role}", "login", "", {})
        return Principal(workspace, found.role, f"login:{found.role}", "login link")

    def flush(self) -> None:
        """Note when keys were last used, to the minute; called by a background thread."""
        with self._lock:
            used, self._used = self._used, set()
        for key_id in used:
            self._breaker.call(self._store.keys.touch, key_id)

    def _record(self, key_id: str) -> KeyRecord | None:
        now_s = time.monotonic()
        with self._lock:
            seen = self._seen.get(key_id)
        if seen is not None and now_s - seen[0] < _FRESH_S:
            return seen[1]
        try:
            found = self._breaker.call(self._store.keys.get, key_id)
        except OutsideError:
            if seen is not None and now_s - seen[0] < _STALE_S:
                return seen[1]
            raise
        if found is None:
            return None
        with self._lock:
            if len(self._seen) >= _MOST:
                self._seen.clear()
            self._seen[key_id] = (now_s, found)
            if found.last_used_s is None or self._clock.now_s() - found.last_used_s > _USED_S:
                self._used.add(key_id)
        return found

    def _note(
        self, workspace: str, actor: str, action: str, subject: str, details: Mapping[str, object]
    ) -> None:
        entry = AuditEntry(self._clock.now_s(), actor or "system", action, subject, dict(details))
        self._breaker.call(lambda: self._store.space(workspace).audit.append(entry))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
