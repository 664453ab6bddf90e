"""The generator of the simulated audience: choices under exposure, not draws from a model.

Its equations are in ``docs/sample-world.md``. Nothing here is linear-Gaussian: a person opens
what catches the eye on a slate shaped by fame, fashion, novelty and what others watch, tires of
more of the same, and has a hidden taste made of rules, gates and aversions.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from foretaste.core import stream
from foretaste.data.sample.aspects import ASPECTS
from foretaste.data.sample.catalogue import read_films
from foretaste.data.sample.parameters import DAY_S, DAYS, START_S, WorldSettings
from foretaste.data.sample.people import Person, draw_person, normal, person_ids
from foretaste.data.sample.speech import comment, search_words
from foretaste.data.sample.world import World, make_world, taste_for

__all__ = ["HiddenTastes", "Simulation", "hidden_tastes", "simulate"]

_LOOK_BACK = 12


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """What came out.

    Attributes:
        events: ``user_id, item_id, timestamp, type, value, words`` in the order of time.
        people: ``user_id, age_band, country, about``.
        arrivals: ``item_id, available_from`` in seconds since 1970.
    """

    events: pl.DataFrame
    people: pl.DataFrame
    arrivals: pl.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class HiddenTastes:
    """What the audience really likes; for tests, never part of the packaged tables.

    Attributes:
        user_ids: People, in the order of the rows.
        item_ids: Films, in the order of the columns.
        utility: Lasting utility at the end of the two years, [U, I].
        aspects: What each person likes, in words.
    """

    user_ids: list[str]
    item_ids: list[str]
    utility: NDArray[np.float64]
    aspects: list[tuple[str, ...]]


def hidden_tastes(settings: WorldSettings | None = None) -> HiddenTastes:
    """Draw the world again and look behind the curtain.

    Args:
        settings: The numbers; those of the packaged audience when left out.

    Returns:
        The hidden tastes.
    """
    given = settings or WorldSettings()
    world = make_world(read_films(), given)
    crowd = [draw_person(name, given.seed, DAYS) for name in person_ids(given.people)]
    utility = np.array([taste_for(world, p, _tastes_at(p, DAYS)) for p in crowd])
    words = [tuple(ASPECTS[k].phrase for k, _, _ in _tastes_at(p, DAYS)) for p in crowd]
    return HiddenTastes([p.user_id for p in crowd], [f["item_id"] for f in world.films],
                        utility, words)  # fmt: skip


def simulate(settings: WorldSettings | None = None) -> Simulation:
    """Let the audience live for two years.

    Args:
        settings: The numbers; those of the packaged audience when left out. Equal settings give
            equal events (only uniform random numbers are drawn, whose streams NumPy keeps
            stable between versions).

    Returns:
        Events, people and arrivals.
    """
    given = settings or WorldSettings()
    world = make_world(read_films(), given)
    crowd = [draw_person(name, given.seed, DAYS) for name in person_ids(given.people)]
    run = _Run(world, crowd, given)
    while run.queue:
        run.visit(*heapq.heappop(run.queue))
    ids = [film["item_id"] for film in world.films]
    events = pl.DataFrame(
        run.events,
        schema={"user_id": pl.String, "item": pl.Int32, "timestamp": pl.Int64,
                "type": pl.String, "value": pl.Float32, "words": pl.String}, orient="row",
    )  # fmt: skip
    named = [ids[item] if item >= 0 else None for item in events["item"]]
    events = events.select("user_id", pl.Series("item_id", named, pl.String), "timestamp", "type",
                           "value", "words")  # fmt: skip
    events = events.sort("timestamp", "user_id", "item_id", "type")
    table = {name: [getattr(p, name) for p in crowd]
             for name in ("user_id", "age_band", "country", "about")}  # fmt: skip
    arrivals = {"item_id": ids, "available_from": [START_S + int(d * DAY_S) for d in world.arrival]}
    return Simulation(events, pl.DataFrame(table), pl.DataFrame(arrivals))


def _tastes_at(person: Person, day: float) -> tuple[tuple[int, int, float], ...]:
    return person.later if day >= person.change_day else person.tastes


@dataclass(slots=True)
class _Life:
    """One person while the world runs."""

    person: Person
    rng: np.random.Generator
    pace_days: float
    left: int
    lasting: NDArray[np.float64]
    changed: bool = False
    met: list[tuple[float, int]] = field(default_factory=list)
    mood: float = 0.3


class _Run:
    """The state of the world: who comes next, what others watch."""

    def __init__(self, world: World, crowd: list[Person], settings: WorldSettings) -> None:
        self.world = world
        self.settings = settings
        self.events: list[tuple[str, int, int, str, float | None, str | None]] = []
        self.buzz = np.zeros(len(world.films))
        self.buzz_day = 0.0
        self.lives: list[_Life] = []
        self.queue: list[tuple[float, int]] = []
        for number, person in enumerate(crowd):
            rng = stream(settings.seed, "life", person.user_id)
            # Busy people come often, so that most histories fit into the two years.
            pace = (DAYS - person.joined_day) / (person.visits + 2) * (0.5 + 0.6 * rng.random())
            life = _Life(person, rng, float(pace), person.visits,
                         taste_for(world, person, person.tastes))  # fmt: skip
            self.lives.append(life)
            heapq.heappush(self.queue, (_evening(person.joined_day, rng), number))

    def visit(self, day: float, number: int) -> None:
        """One person sees one slate, watches some of it, and perhaps comes again."""
        life = self.lives[number]
        if day >= DAYS - 0.5:
            return
        if day >= life.person.change_day and not life.changed:
            life.lasting = taste_for(self.world, life.person, life.person.later)
            life.changed = True
        self.buzz *= 0.5 ** ((day - self.buzz_day) / self.settings.buzz_half_life_days)
        self.buzz_day = day
        fashion = self.world.fashion(day)
        want = self._want(life, day, fashion)
        topic = self._search(life, day)
        slate = self._slate(life, day, fashion, topic)
        moment = day
        films = self._chosen(life, want, slate)
        # Coming for nothing is a small disappointment.
        life.mood -= 0.0 if films else 0.08
        for item in films:
            moment += 0.01 + 0.06 * life.rng.random()
            self._experience(life, item, moment, want)
        life.left -= 1
        # A run of disappointments ends many a stay early.
        sulks = life.mood < self.settings.give_up_below
        stays = not sulks or life.rng.random() > self.settings.give_up_chance
        if life.left > 0 and (stays or life.person.user_id in ("ann", "bob")):
            gap = -life.pace_days * np.log(1 - life.rng.random())
            gap = gap * (0.25 if life.rng.random() < 0.4 else 1.5)
            heapq.heappush(self.queue, (_evening(day + max(0.4, gap), life.rng), number))

    def _search(self, life: _Life, day: float) -> int | None:
        if life.rng.random() > self.settings.search_chance:
            return None
        tastes = _tastes_at(life.person, day)
        topic = tastes[int(life.rng.random() * len(tastes))][0]
        words = search_words(topic, life.rng)
        second = START_S + int(day * DAY_S) - 60
        self.events.append((life.person.user_id, -1, second, "search", None, words))
        return topic

    def _want(self, life: _Life, day: float, fashion: NDArray[np.float64]) -> NDArray[np.float64]:
        person, world = life.person, self.world
        winter = np.cos(2 * np.pi * (day + 244 - 15) / 365.25)
        settings = self.settings
        want = life.lasting - (1 - settings.quality_seen) * world.quality
        want = want + person.fashion * fashion
        want = want + person.season * winter * world.darkness
        for when, item in life.met[-_LOOK_BACK:]:
            fresh = np.exp((when - day) / settings.satiety_days)
            want = want - person.satiety * fresh * world.likeness[item]
        if life.met:
            want[[item for _, item in life.met]] -= 3.5
        result: NDArray[np.float64] = want
        return result

    def _slate(
        self, life: _Life, day: float, fashion: NDArray[np.float64], topic: int | None
    ) -> NDArray[np.intp]:
        world, settings = self.world, self.settings
        age = np.maximum(day - world.arrival, 0.0)
        new = settings.exposure_new * np.exp(-age / 25.0) * (world.arrival > 0)
        score = world.fame + settings.exposure_fashion * fashion + new
        score = score + settings.exposure_buzz * np.log1p(self.buzz)
        if topic is not None:
            # The service's search finds films of the kind typed, narrowed by nothing else.
            score = 0.4 * score + settings.search_pull * world.aspects[topic]
        elif life.met:
            score = score + settings.exposure_more_like * world.likeness[life.met[-1][1]]
        score = score + _gumbel(life.rng, len(score))
        score = np.where(world.arrival <= day, score, -np.inf)
        return np.argsort(-score, kind="stable")[: settings.slate]

    def _chosen(self, life: _Life, want: NDArray[np.float64], slate: NDArray[np.intp]) -> list[int]:
        places = np.arange(1, len(slate) + 1)
        pull = self.settings.choice_scale * want[slate] - life.person.patience * np.log(places)
        pull = pull + life.person.social * np.log1p(self.buzz[slate])
        pull = pull + _gumbel(life.rng, len(slate))
        # Not watching anything (more) competes too, harder with every film already watched.
        others = self.settings.outside + self.settings.outside_step * np.arange(4)
        others = others + _gumbel(life.rng, 4)
        chosen: list[int] = []
        for turn, place in enumerate(np.argsort(-pull, kind="stable")[:4]):
            if pull[place] < others[turn]:
                break
            chosen.append(int(slate[place]))
        return chosen

    def _experience(self, life: _Life, item: int, day: float, want: NDArray[np.float64]) -> None:
        person, numbers = life.person, life.rng.random(5)
        joy = float(life.lasting[item] + 0.3 * (want[item] - life.lasting[item])
                    + 0.55 * normal(life.rng, 1)[0])  # fmt: skip
        life.met.append((day, item))
        life.mood = 0.7 * life.mood + 0.3 * np.tanh(joy - 0.6)
        self.buzz[item] += 1.0
        heat = person.talkative * (0.4 + 0.6 * abs(np.tanh(joy - 0.9)))
        second = START_S + int(day * DAY_S)
        words = None
        if numbers[4] < 0.06 * heat:
            words = comment(joy, person, self.world, item, life.rng)
        if numbers[0] < 0.42 * heat:
            stars = float(np.clip(np.floor(2.15 + 0.85 * (joy + person.strictness)), 1, 5))
            self._note(person, item, second, "rate", stars, words)
        elif joy < 0.0 and numbers[1] < 0.5:
            self._note(person, item, second, "skip" if numbers[2] < 0.7 else "dislike")
        elif joy > 1.3 and numbers[1] < 0.45 * heat:
            self._note(person, item, second, "like")
        else:
            self._note(person, item, second, "view")
            if words is not None and joy > 0.6:
                later = second + 600 + int(9000 * numbers[1])
                self._note(person, item, later, "comment", None, words)
        if joy > 1.7 and numbers[3] < 0.09 * person.talkative:
            self._note(person, item, second + 1200 + int(6000 * numbers[2]), "share")

    def _note(
        self, person: Person, item: int, second: int, kind: str, value: float | None = None,
        words: str | None = None,
    ) -> None:  # fmt: skip
        self.events.append((person.user_id, item, second, kind, value, words))


def _gumbel(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    noise: NDArray[np.float64] = -np.log(-np.log(np.clip(rng.random(count), 1e-12, 1 - 1e-12)))
    return noise


def _evening(day: float, rng: np.random.Generator) -> float:
    """Move a moment to a likely hour of that day: mostly evening."""
    hour = 19.5 + 1.8 * float(normal(rng, 1)[0]) if rng.random() < 0.75 else 24 * rng.random()
    return max(day, float(np.floor(day) + np.clip(hour, 0.0, 23.9) / 24))
