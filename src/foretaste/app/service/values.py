"""What the service gives back: frozen values in outside ids, ready to be put on a wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "BundleInfo",
    "Health",
    "Listed",
    "Listing",
    "NewKey",
    "Part",
    "Principal",
    "Receipt",
    "Recorded",
    "Role",
    "Stats",
]

Role = Literal["page", "reader", "writer", "operator", "admin"]
"""Who a key speaks for, from least to most; each may do what those before it may."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever asks, once it is known.

    Attributes:
        workspace: Whose data they see; nobody else's.
        role: What they may do.
        key_id: Name of their key, for the audit log; not the secret.
        name: What the key was called when it was made.
    """

    workspace: str
    role: Role
    key_id: str
    name: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; the only moment at which it can be read.

    Attributes:
        key: ``ft_<id>_<secret>``: show it once, keep it nowhere.
        key_id: The part that names it.
        workspace: Whose data it opens.
        role: What it may do.
        name: What it is called.
        expires_s: When it ends, seconds since 1970 UTC; ``None`` never.
    """

    key: str = field(repr=False)
    key_id: str
    workspace: str
    role: Role
    name: str
    expires_s: float | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One item of a list.

    Attributes:
        item_id: The item.
        title: Its title; the id where it has none.
        score: What it was ranked by.
        attributes: What the catalogue says of it.
    """

    item_id: str
    title: str
    score: float
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that is not about one person: similar, search, popular, trending, latest.

    Attributes:
        items: Best first.
        answer_id: Name of this list; feedback that carries it is attributed.
        source: Who ranked.
        bundle_digest: What was fitted.
        warnings: What was ignored or fallen back from, in words.
    """

    items: tuple[Listed, ...]
    answer_id: str
    source: str
    bundle_digest: str
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of events that were handed in.

    Attributes:
        accepted: New and kept.
        duplicates: Kept before under the same key, so not again.
        ignored: Not kept because the person does not consent to a record.
        spooled: Whether they wait in the spool because the database is gone. They are safe
            on disk and count in the next answer; duplicates are told apart when they move on.
        position: Place of the last one in the log; 0 when nothing new reached it.
    """

    accepted: int
    duplicates: int = 0
    ignored: int = 0
    spooled: bool = False
    position: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What forgetting did to one part of the model.

    Attributes:
        exact: Whether it is now as if fitted without the person.
        how: How it was done, or what is left in it until it is trained again.
    """

    exact: bool
    how: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was forgotten.

    Attributes:
        user_id: The person, as asked for; kept nowhere.
        erased: Rows erased, by table.
        parts: What was done to each part of the model.
        bundles: Bundles on the shelf that were rewritten or removed.
        job_id: The training that will finish what could not be subtracted; ``None`` if all is
            done.
        time_s: When, seconds since 1970 UTC.
    """

    user_id: str
    erased: Mapping[str, int]
    parts: Mapping[str, Part]
    bundles: tuple[str, ...]
    job_id: str | None
    time_s: float

    @property
    def complete(self) -> bool:
        """Whether nothing is left to be done."""
        return all(part.exact for part in self.parts.values())


@dataclass(frozen=True, slots=True)
class BundleInfo:
    """A bundle on the shelf.

    Attributes:
        name: Its folder's name: the digest of what was fitted, and a number where that digest
            was there before.
        digest: What answers made with it carry.
        position: It has read the log up to here.
        made_s: When it was put there.
        active: Whether it answers now.
        card: Metrics and facts recorded when it was fitted.
        reason: Why it was made: ``seed``, ``refresh``, ``forget`` ...
    """

    name: str
    digest: str
    position: int
    made_s: float
    active: bool
    card: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How the service is.

    Attributes:
        live: The process works; if not, it should be started again.
        ready: It can answer; if not, send nobody here.
        degraded: What does not work as it should, in words; empty when all is well.
        details: Numbers by name: positions, queues, sizes.
    """

    live: bool
    ready: bool
    degraded: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of one workspace.

    Attributes:
        items: In the catalogue.
        people: Known to the model or with a record of their own.
        events: In the log.
        impressions: Lists shown and kept.
        events_since_fit: In the log and not yet in the bundle.
        position: Place of the newest event.
        bundle_position: The bundle has read the log up to here.
        bundle_digest: What answers.
        fitted_s: When it was put on the shelf, seconds since 1970 UTC.
        rates: Per second over the last minute in this process: ``answers``, ``events``.
        spooled: Events waiting on disk for the database.
        simulated: What the audience is called if it is not real.
    """

    items: int
    people: int
    events: int
    impressions: int
    events_since_fit: int
    position: int
    bundle_position: int
    bundle_digest: str
    fitted_s: float
    rates: Mapping[str, float]
    spooled: int
    simulated: str | None = None
