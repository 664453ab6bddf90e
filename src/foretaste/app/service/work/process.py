"""What runs in a process of its own, so that answers never wait for it.

``python -m foretaste.app.service.work.process`` reads one JSON object from its input: the
database's address must not stand in a command line for everybody to read. It writes one JSON
object a line: ``{"what": ..., "share": ...}`` as it goes on, and at the end ``{"done": ...}`` or
``{"failed": ...}``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from foretaste.core.errors import ForetasteError

__all__ = ["main"]

Told = Any


def main() -> int:
    """Do what the input says.

    Returns:
        0 when it was done.
    """
    # Libraries may write to the output; the parent reads nothing but our lines.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.read())
    with answers:
        try:
            done = _TASKS[asked["task"]](asked, lambda what, share: _say(answers, what, share))
        except ForetasteError as error:
            _line(answers, {"failed": str(error)})
            return 1
        _line(answers, {"done": done})
    return 0


def _refit(asked: Mapping[str, Any], tell: Told) -> dict[str, Any]:
    from foretaste.app.bundles import load, save
    from foretaste.app.forgetting import refit_parts

    tell("fitting what could not be subtracted", 0.1)
    fresh = refit_parts(load(asked["base"])).recommender
    tell("writing the bundle", 0.95)
    save(fresh, Path(asked["out"]))
    return {**asked["noted"], "digest": fresh.digest, "card": dict(fresh.card)}


def _refresh(asked: Mapping[str, Any], tell: Told) -> dict[str, Any]:
    from foretaste.app.bundles import load, save
    from foretaste.app.fitting import fit
    from foretaste.app.forgetting import fit_settled
    from foretaste.app.service.shelf.rebuilding import rebuild
    from foretaste.store import open_store

    tell("reading the log", 0.02)
    base = load(asked["base"])
    with open_store(asked["url"]) as store:
        found = rebuild(store.space(asked["workspace"]), base, train=bool(asked["train"]))
    steps = iter(range(1, 1_000))
    same = found.dataset.item_ids == base.dataset.item_ids
    if asked["arguments"].get("quick") and same:
        tell("fitting with settings as they were chosen", 0.1)
        fresh = fit_settled(base, found.dataset)
    else:
        fresh = fit(
            found.dataset,
            base.settings,
            progress=lambda what, share: tell(what, min(0.1 + 0.1 * next(steps), 0.9)),
        )
    tell("writing the bundle", 0.95)
    save(fresh, Path(asked["out"]))
    return {
        "digest": fresh.digest,
        "card": dict(fresh.card),
        "position": found.position,
        "items": found.items_revision,
        "people": found.people_revision,
        "hidden": list(found.hidden),
    }


def _evaluate(asked: Mapping[str, Any], tell: Told) -> dict[str, Any]:
    from foretaste.app.bundles import load
    from foretaste.app.service.work.quality import measure

    base = load(asked["base"])
    return measure(base, asked["arguments"], tell)


_TASKS = {"refresh": _refresh, "refit": _refit, "evaluate": _evaluate}


def _say(answers: IO[str], what: str, share: float) -> None:
    _line(answers, {"what": what, "share": share})


def _line(answers: IO[str], values: dict[str, Any]) -> None:
    answers.write(json.dumps(values, default=str) + "\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())
