"""A workspace with something in every table, and how to compare two."""

import json
from pathlib import Path

from foretaste.core import Event, Impression
from foretaste.store import (
    Arm,
    AuditEntry,
    Consent,
    Experiment,
    ItemRecord,
    KeyRecord,
    PersonRecord,
    TokenRecord,
)
from foretaste.store.text import is_utf8
from foretaste.store.transfer import export_all
from foretaste.testing.stores.conformance import strange_names

SECRET = "5ecre7" * 8


def fill(space):
    """Put something into every table, with ids and values that break careless code."""
    store = space.store
    names = strange_names()
    events = [
        Event(
            name, "rate" if n % 2 else "view", [None, -0.0, 0.1 + 0.2, 5e-324][n % 4],
            None if n % 3 else 1e9 + n, names[-n - 1], words=name if n % 5 == 0 else None,
            context={"device": name, "deep": {"x": [n, None]}} if n % 2 and is_utf8(name) else {},
            answer_id=f"a{n}" if n % 4 == 0 else None,
            idempotency_key=name if n % 7 == 0 else None,
        )
        for n, name in enumerate(names)
    ]  # fmt: skip
    space.events.append([Event("first", user_id="gone"), *events, Event("last", user_id="gone")])
    space.events.erase("gone")
    space.impressions.put([
        Impression("a0", "ann", ("x", "y'"), (0.5, 1.0), 12.5, {"f": (1.0, 2.0)}, (True, False),
                   "taste", "digest", {"e": "arm b"}),
        Impression("a'1", None, (), (), 13.0),
    ])  # fmt: skip
    plain = [name for name in names if is_utf8(name) and "\x00" not in name and len(name) < 1_000]
    space.items.put(
        [ItemRecord(name, {"title": name, "n": [1, 1.0, None, True]}) for name in plain]
    )
    store.clock.advance(1)
    space.items.put([ItemRecord("hidden", {}, hidden=True), ItemRecord("deleted", {"x": SECRET})])
    space.items.delete("deleted")
    space.people.put([PersonRecord(name, {"age": 3, "name": name}) for name in plain])
    space.consent.put(Consent("ann", train=False, language_model=True))
    space.sessions.start("s/1")
    space.sessions.join("s/1", "ann")
    space.sessions.start("s2")
    space.experiments.put(
        Experiment("e", "ab", {"a": Arm(), "b": Arm(2.5, {"x": [1]})}, "running", "salt", "ctr",
                   started_s=5.0, horizon=1_000)
    )  # fmt: skip
    space.experiments.put(Experiment("i", "interleaving", {}))
    space.facts.put("bundle", {"name": "b1", "position": 7})
    space.facts.put("flag", False)
    ended = space.jobs.add("fit", {"a": [1]}, job_id="j1").job_id
    space.jobs.update(ended, status="failed", error="no\nluck", result={"x": None})
    space.jobs.add("open", job_id="j2")
    for number in (1, 2, 2, 3):
        space.audit.append(AuditEntry(float(number), "k", "key.create", "s", {"n": [number]}))
    store.keys.add(KeyRecord(f"{space.workspace}-k", "Key", space.workspace, "admin", SECRET, 1.0))
    store.tokens.add(TokenRecord(SECRET, space.workspace, "admin", 9e9))


def contents(space, folder: Path):
    """Everything that an export holds, as plain values; positions as ranks."""
    export_all(space, folder, "jsonl", overwrite=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    found = {}
    for name, table in manifest["tables"].items():
        lines = [
            line
            for part in table["parts"]
            for line in (folder / part["file"]).read_text("utf-8").split("\n")
            if line
        ]
        rows = [json.loads(line) for line in lines]
        for row in rows:
            row.pop("position", None)
        found[name] = rows
    return found
