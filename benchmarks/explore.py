"""Does exploring pay? Strangers of the sample world, round by round.

    python -m benchmarks.explore --json docs/results/explore.json

The model is fitted without the people asked. Each of them starts unknown and is shown a list a
round; whether they click follows their hidden taste, which nobody fitted on. Three ways of making
the list are compared on the same people: nothing explored, Thompson sampling, upper confidence
bounds. *Regret* is what the list shown lost against the best list; *NDCG* is that of the list
that would be shown without exploration, that is, of what has been learned. The audience is
simulated: the numbers say how the ways compare here, not what a real audience would do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

import numpy as np

from benchmarks.common import arguments, main_of, say, taste_model
from foretaste.core import Dataset, Evidence, FloatArray, History, ItemList, Settings, stream, top
from foretaste.data.sample import hidden_tastes, load_sample
from foretaste.evaluate import make_card
from foretaste.evaluate.card import peak_memory_mb
from foretaste.feedback import Exploration, effective_size, snips
from foretaste.measure import compare, interval

WAYS: Mapping[str, Exploration] = {
    "none": Exploration(),
    "thompson 10 %": Exploration(kind="thompson", share=0.1),
    "thompson 30 %": Exploration(kind="thompson", share=0.3),
    "ucb 10 %": Exploration(kind="ucb", share=0.1),
    "ucb 30 %": Exploration(kind="ucb", share=0.3),
}


class Rounds(Settings):
    """What is simulated, for the run card.

    Attributes:
        people: Strangers asked.
        rounds: Lists each is shown.
        n: Length of a list.
        liked: Share of films a person would rather click than not.
        steep: Steepness of clicking in utility.
        seed: Draws people and clicks.
    """

    name: ClassVar[str] = "rounds"
    people: int = 200
    rounds: int = 20
    n: int = 10
    liked: float = 0.1
    steep: float = 2.6
    seed: int = 11


@dataclass(frozen=True)
class Track:
    """What one way earned with everybody: by person and round, [B, R]."""

    regret: FloatArray
    ndcg: FloatArray
    explored: FloatArray
    # Place by place, for the off-policy check: reward, odds logged, odds without exploration,
    # person, and the truth of the list without exploration.
    places: list[tuple[float, float, float, int]] = field(default_factory=list)
    greedy: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class World:
    """Strangers, their true chance of clicking each film [B, I], and who else there is."""

    others: Dataset
    clicks: FloatArray
    attention: FloatArray


def make_world(settings: Rounds) -> World:
    """Take the strangers out of the data and look up what they like.

    Args:
        settings: How many, and how they click.

    Returns:
        The world.
    """
    data, truth = load_sample(), hidden_tastes()
    rows = stream(settings.seed, "people").choice(data.n_users, settings.people, replace=False)
    rows.sort()
    utility = truth.utility[[truth.user_ids.index(name) for name in data.user_ids.names(rows)]]
    utility = utility[:, [truth.item_ids.index(name) for name in data.item_ids.ids]]
    level = np.quantile(utility, 1 - settings.liked, axis=1, keepdims=True)
    clicks = 1 / (1 + np.exp(-settings.steep * (utility - level)))
    mine = data.interactions["user_row"].is_in(rows.tolist())
    attention = 1 / np.log2(np.arange(settings.n) + 2)
    return World(data.with_interactions(data.interactions.filter(~mine)), clicks, attention)


def live(model: Any, world: World, way: Exploration, settings: Rounds, *, skips: bool) -> Track:
    """Show everybody their lists, one way.

    Args:
        model: Fitted without them.
        world: Who they are.
        way: How lists are made.
        settings: How many.
        skips: Whether a film that was looked at and not clicked counts against it.

    Returns:
        What came of it.
    """
    people, rounds = len(world.clicks), settings.rounds
    track = Track(*(np.zeros((people, rounds)) for _ in range(3)))
    for person in range(people):
        # Equal luck for every way: the same numbers decide at the same round and place.
        luck = stream(settings.seed, "luck", person).random((rounds, settings.n, 2))
        rows: list[int] = []
        signals: list[float] = []
        met = np.zeros(world.clicks.shape[1], bool)
        for turn in range(rounds):
            evidence = Evidence(History.of(rows, signals))
            scores = np.where(met, -np.inf, model.score(evidence))
            rng = stream(settings.seed, "explore", person, turn)
            select = way.select(rng)
            best = top(scores, select.pool(settings.n))
            items = ItemList.of(best, score=scores[best])
            chosen = select(evidence, items, model, settings.n)
            shown = chosen.items.rows
            _note(track, world, person, turn, best, shown, chosen, met, luck[turn])
            looked = luck[turn, : len(shown), 0] < world.attention[: len(shown)]
            clicked = looked & (luck[turn, : len(shown), 1] < world.clicks[person, shown])
            rows += shown[clicked].tolist()
            signals += [1.0] * int(clicked.sum())
            met[shown[clicked]] = True
            if skips:
                rows += shown[looked & ~clicked].tolist()
                signals += [-0.3] * int((looked & ~clicked).sum())
    return track


def _note(
    track: Track,
    world: World,
    person: int,
    turn: int,
    best: Any,
    shown: Any,
    chosen: Any,
    met: Any,
    luck: FloatArray,
) -> None:
    """Write down regret, what has been learned, and every place with its odds."""
    truth = np.where(met, -np.inf, world.clicks[person])
    weights = world.attention[: len(shown)]
    ideal = float(weights @ np.sort(truth)[::-1][: len(shown)])
    greedy = best[: len(shown)]
    would = float(weights @ truth[greedy])
    track.regret[person, turn] = ideal - float(weights @ truth[shown])
    track.ndcg[person, turn] = would / ideal
    track.explored[person, turn] = sum(chosen.explored) / max(len(shown), 1)
    if chosen.propensities is None:
        return
    track.greedy.append(would / len(shown))
    for place, (row, odds) in enumerate(zip(shown, chosen.propensities, strict=True)):
        looked = luck[place, 0] < weights[place]
        reward = float(looked and luck[place, 1] < truth[row])
        track.places.append((reward, odds, float(row == greedy[place]), person))


def summed_up(tracks: Mapping[str, Track], seed: int) -> dict[str, Any]:
    """Means with intervals over people, and paired differences to not exploring.

    Args:
        tracks: By way.
        seed: Of the intervals.

    Returns:
        Plain values.
    """
    found: dict[str, Any] = {}
    base = tracks["none"]
    for name, track in tracks.items():
        line: dict[str, Any] = {"explored_share": float(track.explored.mean())}
        for what in ("regret", "ndcg"):
            values, against = getattr(track, what), getattr(base, what)
            parts = {
                f"{what}_a_round": slice(None),
                f"{what}_first_5": slice(0, 5),
                f"{what}_last_5": slice(-5, None),
            }
            for label, part in parts.items():
                line[label] = asdict(interval(values[:, part].mean(axis=1), seed=seed))
                if name != "none":
                    gap = compare(values[:, part].mean(1), against[:, part].mean(1), seed=seed)
                    line[f"{label}_minus_none"] = asdict(gap)
            line[f"{what}_curve"] = [round(float(v), 5) for v in values.mean(axis=0)]
        if track.places:
            line["off_policy"] = _off_policy(track)
        found[name] = line
    return found


def _off_policy(track: Track) -> dict[str, Any]:
    """What the log says the list without exploration would have got, and what it would have."""
    reward, logged, target, person = (
        np.array(column) for column in zip(*track.places, strict=True)
    )
    said = snips(reward, logged, target, groups=person)
    truth = float(np.mean(track.greedy))
    return {
        "truth": truth,
        **asdict(said),
        "places": len(reward),
        "effective_share": effective_size(target / logged) / len(reward),
        "covered": bool(said.low <= truth <= said.high),
    }


def _show(table: Mapping[str, Any], regime: str) -> None:
    print(f"\n{regime}")
    print(f"{'':>14} {'explored':>8} {'regret a round':>24} {'NDCG, last 5 rounds':>24}")
    for name, line in table.items():
        cells = [line["regret_a_round"], line["ndcg_last_5"]]
        text = "  ".join(f"{c['mean']:.4f} [{c['low']:.4f}, {c['high']:.4f}]" for c in cells)
        print(f"{name:>14} {line['explored_share']:8.3f} {text}")
        for label in ("regret_a_round", "ndcg_last_5"):
            gap = line.get(f"{label}_minus_none")
            if gap:
                print(f"{'':>14} {label} minus none: {gap['mean']:+.4f} "
                      f"[{gap['low']:+.4f}, {gap['high']:+.4f}]")  # fmt: skip


def main(argv: Sequence[str] | None = None) -> None:
    """Simulate, print, write."""
    options = arguments(__doc__.splitlines()[0], argv)
    settings = Rounds() if options.people is None else Rounds(people=options.people)
    if options.quick:
        settings = settings.model_copy(update={"rounds": 5})
    start_s = time.perf_counter()
    world = make_world(settings)
    say("fitting")
    model = taste_model().fit(world.others, rng=stream(options.seed, "fit"))
    found: dict[str, Any] = {}
    for regime, skips in (("clicks alone", False), ("clicks and passing over", True)):
        tracks = {}
        for name, way in WAYS.items():
            say(f"{regime}: {name}")
            tracks[name] = live(model, world, way, settings, skips=skips)
        found[regime] = summed_up(tracks, options.seed)
        _show(found[regime], regime)
    if options.json:
        card = make_card(
            load_sample(),
            settings,
            {name: way.model_dump(mode="json") for name, way in WAYS.items()},
            seeds={"fit": options.seed, "simulation": settings.seed},
            seconds=time.perf_counter() - start_s,
            peak_mb=peak_memory_mb(),
        )
        options.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**found, "card": asdict(card)}, indent=1, default=str)
        options.json.write_text(text + "\n")


if __name__ == "__main__":
    main_of(main)
