"""Does forgetting reach the model? After forgetting one person, everybody else's scores against
those of a fit that never saw them.

``python -m benchmarks.forget --json docs/results/forget.json``. Settings are chosen once, on all
the data, and then stay; the fit without the person starts from the same random numbers and takes
all its sums anew. `moved` is how far scores are from those before: what forgetting had to undo.
Parts that cannot subtract show what is left (`difference`), and what is left after they were
fitted again (`refitted`).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np

import foretaste as ft
from benchmarks.common import arguments, main_of, say
from benchmarks.worlds import movielens_1m, with_text_vectors
from foretaste.app import Recommender
from foretaste.app.forgetting import Forgotten, fit_settled, forget_people, forget_person
from foretaste.app.forgetting import refit_parts as refit
from foretaste.app.forgetting.erasing import without_people
from foretaste.core import Dataset, Settings
from foretaste.evaluate import make_card
from foretaste.evaluate.card import peak_memory_mb

BAR = 1e-6
"""Largest difference allowed to a part that says it is exact."""

_CHUNK = 256
_PLAIN = ("popularity", "trending", "latest", "bias", "itemknn", "ease", "kl", "content")
_FORMS: Mapping[str, dict[str, Any]] = {
    "later and completion": {"task": "later", "direction": {"joint_events": 4.0}},
    "complete": {"task": "complete"},
    "next, item by item": {"task": "next", "direction": {"form": "dense"}},
    "next, counts": {"task": "next", "direction": {"form": "counts"}},
}


class Forgetting(Settings):
    """Who is forgotten, for the run card.

    Attributes:
        people: How many people, one after another each from the whole model: the busiest, and
            others evenly down to the one with the fewest events.
        in_turn: How many are forgotten one after another from the same model.
    """

    name: ClassVar[str] = "forgetting"
    people: int = 3
    in_turn: int = 10


def chosen(data: Dataset, count: int) -> list[int]:
    """Rows of people from the busiest to the one with the fewest events.

    Args:
        data: The data.
        count: How many.

    Returns:
        Rows.
    """
    order = np.argsort(-np.diff(data.histories.starts), kind="stable")
    return order[np.linspace(0, len(order) - 1, count).astype(int)].tolist()


def farthest(one: Any, other: Any, recommender: Recommender) -> float:
    """Largest difference between two fitted parts in any score of anybody.

    Args:
        one: A fitted part.
        other: Another.
        recommender: Whose people are asked for.

    Returns:
        The difference.
    """
    people, largest = range(recommender.dataset.n_users), 0.0
    for start in range(0, len(people), _CHUNK):
        some = [recommender.pipeline.stored_evidence(u) for u in people[start : start + _CHUNK]]
        difference = np.abs(one.score_batch(some) - other.score_batch(some))
        largest = max(largest, float(difference.max(initial=0.0)))
    return largest


def parts_of(recommender: Recommender) -> Iterator[tuple[str, Any]]:
    """Every fitted part by name, the head for ratings too.

    Args:
        recommender: Whose parts.

    Yields:
        Name and part.
    """
    yield from recommender.parts.items()
    if recommender.ratings is not None:
        yield "ratings", recommender.ratings


def compared(whole: Recommender, rows: list[int], *, finish: bool = True) -> dict[str, Any]:
    """Forget people one by one, each from the whole model, and compare.

    Args:
        whole: A recommender that has met everybody.
        rows: Whom to forget.
        finish: Whether parts that are not exact are fitted again and compared once more.

    Returns:
        Figures by part: the largest over all the people forgotten.
    """
    found: dict[str, Any] = {}
    for row in rows:
        start_s = time.perf_counter()
        done = forget_person(whole, whole.dataset.user_ids.ids[row])
        seconds = time.perf_counter() - start_s
        never = fit_settled(whole, without_people(whole.dataset, [row]))
        again = refit(done.recommender) if finish and not done.exact else None
        _noted(found, "all parts that are exact", {"seconds": seconds})
        for name, line in _lines(whole, done, never, again):
            _noted(found, name, line)
        say(f"  person {row}: {seconds:.1f} s")
    return found


def _lines(
    whole: Recommender, done: Forgotten, never: Recommender, again: Forgotten | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    without = dict(parts_of(never))
    before, finished = dict(parts_of(whole)), {} if again is None else again.parts
    new = {} if again is None else dict(parts_of(again.recommender))
    for name, part in parts_of(done.recommender):
        told = done.parts[name]
        line = {
            "difference": farthest(part, without[name], never),
            "moved": farthest(before[name], without[name], never),
            "seconds": told.seconds,
            "exact": told.exact,
            "how": told.how,
        }
        if name in finished:
            line["refitted"] = farthest(new[name], without[name], never)
            line["refitted_seconds"] = finished[name].seconds
        yield name, line


def _noted(found: dict[str, Any], name: str, line: Mapping[str, Any]) -> None:
    """The largest of each figure; words as they were first."""
    known = found.setdefault(name, dict(line))
    for key, value in line.items():
        if isinstance(value, float):
            known[key] = max(known[key], value)


def in_turn(whole: Recommender, rows: list[int]) -> dict[str, float]:
    """People forgotten one after another against all of them at once.

    Args:
        whole: A recommender that has met everybody.
        rows: Whom to forget.

    Returns:
        The largest difference of any part that says it is exact, and whether names agree.
    """
    ids = whole.dataset.user_ids.names(rows)
    now = whole
    for user_id in ids[::-1]:
        now = forget_person(now, user_id).recommender
    at_once = forget_people(whole, ids)
    never = fit_settled(whole, without_people(whole.dataset, rows))
    exact = [name for name, part in at_once.parts.items() if part.exact]
    apart = [farthest(now.parts[name], never.parts[name], never) for name in exact]
    return {
        "people": len(rows),
        "difference": max(apart),
        "same_digest": float(now.digest == at_once.recommender.digest),
    }


def measure(name: str, data: Dataset, options: argparse.Namespace, plan: Forgetting) -> Any:
    """Everything on one world.

    Args:
        name: What it is called, for the log.
        data: The data.
        options: What was asked for.
        plan: Who is forgotten.

    Returns:
        The figures.
    """
    rows = chosen(data, plan.people)
    only = options.models.split(",") if options.models else None
    sources = [one for one in ("taste", *_PLAIN, "ials") if only is None or one in only]
    config = {"sources": sources, "use_text": "text" not in data.vectors, "seed": options.seed}
    say(f"{name}: fitting {', '.join(sources)}")
    start_s = time.perf_counter()
    whole = ft.fit(data, {**config, "ratings": only is None or "ratings" in only})
    found: dict[str, Any] = {"fit_seconds": time.perf_counter() - start_s}
    found["chosen"] = "" if whole.kept is None else str(whole.kept.models.get("taste", ""))
    found["parts"] = compared(whole, rows)
    if "taste" not in sources:
        return found
    found["forms"] = {}
    for form, said in _FORMS.items():
        say(f"{name}: taste, {form}")
        models = {"taste": {"learn": False, **said}}
        alone = ft.fit(data, {**config, "sources": ["taste"], "models": models, "ratings": False})
        found["forms"][form] = compared(alone, rows[:1])["taste"]
    if name == "sample":
        quick = {"sources": ["taste", "popularity", "ease"], "ratings": False}
        found["in_turn"] = in_turn(ft.fit(data, {**config, **quick}), chosen(data, plan.in_turn))
    return found


def main() -> None:
    """Measure, print, write."""
    options = arguments("what is left in the model of somebody forgotten")
    plan = Forgetting() if options.people is None else Forgetting(people=options.people)
    start_s = time.perf_counter()
    worlds = {"sample": ft.sample()}
    if not options.quick:
        worlds["ml-1m"] = with_text_vectors(movielens_1m(options.data))
    found = {name: measure(name, data, options, plan) for name, data in worlds.items()}
    exact = [
        line["difference"]
        for world in found.values()
        for line in (*world["parts"].values(), *world.get("forms", {}).values())
        if line.get("exact")
    ]
    report = {"bar": BAR, "largest_difference": max(exact), "worlds": found}
    print(json.dumps(report, indent=1))
    if options.json:
        card = make_card(
            list(worlds.values())[-1],
            plan,
            {"taste": "settings chosen once on all the data, then kept", "others": "defaults"},
            seeds={"fit": options.seed},
            seconds=time.perf_counter() - start_s,
            peak_mb=peak_memory_mb(),
        )
        options.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**report, "card": asdict(card)}, indent=1, default=str)
        options.json.write_text(text + "\n")
    if max(exact) > BAR:
        raise SystemExit(1)


if __name__ == "__main__":
    main_of(main)
