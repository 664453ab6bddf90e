"""Are the reasons true? They sum to the score, and deleting the top one's item lowers it most.

``python -m benchmarks.attribution --json docs/results/attribution.json``. Deletion is a real
one: the model scores again without the event.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from typing import Any, ClassVar

import numpy as np

from benchmarks.common import arguments, main_of, say, taste_model
from benchmarks.worlds import movielens_positives, with_text_vectors
from foretaste.core import Evidence, Settings, stream, top
from foretaste.evaluate import make_card
from foretaste.evaluate.card import peak_memory_mb


class Deletion(Settings):
    """What is deleted, for the run card.

    Attributes:
        people: People asked, drawn by the seed.
        items: Best items of each.
        most: Newest events kept of each.
        seed: Draws people and the random event.
    """

    name: ClassVar[str] = "deletion"
    people: int = 400
    items: int = 5
    most: int = 100
    seed: int = 7


def measure(fitted: Any, people: list[Evidence], settings: Deletion) -> dict[str, Any]:
    """Compare attribution with what really happens.

    Args:
        fitted: A scorer that explains.
        people: Whom to ask.
        settings: How much.

    Returns:
        The figures.
    """
    rng = stream(settings.seed, "deletion")
    error, wins, cases, exact = 0.0, 0, 0, []
    for evidence in people:
        scores = np.array(fitted.score(evidence), dtype=np.float64)
        scores[evidence.history.rows] = -np.inf
        rows = top(scores, settings.items)
        found = fitted.explain(evidence, rows)
        error = max(error, float(np.abs(found.total() - scores[rows]).max()))
        effect = found.past if found.effect is None else found.effect
        for position, row in enumerate(rows):
            best = int(np.argmax(effect[position]))
            other = int(rng.choice(np.delete(np.arange(len(evidence.history)), best)))
            fallen = [scores[row] - _without(fitted, evidence, gone, row) for gone in (best, other)]
            wins += fallen[0] > fallen[1]
            cases += 1
            exact.append((effect[position, best], fallen[0]))
    pairs = np.array(exact)
    return {
        "sum_error_max": error,
        "top_beats_random": wins / cases,
        "cases": cases,
        "effect_correlation": float(np.corrcoef(pairs.T)[0, 1]),
    }


def _without(fitted: Any, evidence: Evidence, gone: int, row: int) -> float:
    keep = np.arange(len(evidence.history)) != gone
    rest = replace(evidence, history=evidence.history.take(keep))
    return float(fitted.score(rest, np.array([row], np.int32))[0])


def main() -> None:
    """Measure, print, write."""
    options = arguments("do the reasons say what moves the score")
    settings = Deletion() if options.people is None else Deletion(people=options.people)
    start_s = time.perf_counter()
    data = with_text_vectors(movielens_positives(options.data))
    say("fitting")
    fitted = taste_model(learn=True).fit(data, rng=stream(options.seed, "fit"))
    able = np.flatnonzero(np.diff(data.histories.starts) >= 3)
    chosen = stream(settings.seed, "people").choice(able, settings.people, replace=False)
    people = []
    for row in sorted(chosen.tolist()):
        evidence = data.evidence(row)
        past = evidence.history.take(slice(-settings.most, None))
        # Asked at one moment: deleting the newest event must not make the others younger.
        people.append(replace(evidence, history=past, time_s=float(past.times_s[-1])))
    say("deleting")
    found = measure(fitted, people, settings)
    print(json.dumps(found, indent=1))
    if options.json:
        card = make_card(
            data,
            settings,
            {"taste": "defaults, settings learned"},
            seeds={"fit": options.seed, "people": settings.seed},
            seconds=time.perf_counter() - start_s,
            peak_mb=peak_memory_mb(),
        )
        options.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**found, "card": asdict(card)}, indent=1, default=str)
        options.json.write_text(text + "\n")


if __name__ == "__main__":
    main_of(main)
