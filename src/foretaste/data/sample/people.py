"""The simulated people: who they are, what they secretly like, what they say of themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foretaste.core import stream
from foretaste.data.sample.aspects import ASPECTS, GATES
from foretaste.data.sample.catalogue import FILES

__all__ = ["COUNTRIES", "Person", "draw_person", "normal", "person_ids"]

AGE_BANDS = ("under 25", "25-34", "35-49", "50-64", "65 and over")

COUNTRIES: dict[str, tuple[float, str]] = {
    "United States": (20, "English"), "United Kingdom": (12, "English"),
    "Germany": (9, "German|English"), "France": (9, "French"), "India": (9, "Hindi|English"),
    "Brazil": (6, "Portuguese"), "Spain": (5, "Spanish"), "Mexico": (5, "Spanish"),
    "Japan": (5, "Japanese"), "Poland": (4, "Polish|English"), "Italy": (4, "Italian"),
    "Canada": (4, "English|French"), "Sweden": (3, "Swedish|Danish|Norwegian|English"),
    "South Korea": (3, "Korean"), "Turkey": (3, "Turkish"), "Argentina": (3, "Spanish"),
    "Netherlands": (3, "Dutch|English|German"), "Senegal": (1, "French|Wolof"),
    "Iran": (2, "Persian"), "Australia": (3, "English"),
}  # fmt: skip
"""Where people live: share and the languages they follow without subtitles."""

_CHOSEN = {
    "ann": ((5, ""), (0, ""), (10, "")),
    "bob": ((11, ""), (15, "recent"), (18, "")),
}
"""Tastes of the two people every example speaks of, as (aspect, gate)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the simulated audience, hidden taste included.

    Attributes:
        user_id: A first name, with a number when names run out.
        age_band: One of five.
        country: Where they live.
        about: What they say of themselves; ``None`` for most.
        tastes: Aspect, gate and strength of what they like.
        dislikes: Aspect and strength of what puts them off.
        later: The tastes after ``change_day``.
        change_day: When one taste gives way to another; infinite for most.
        old_aversion: Loss of utility for films before ``old_year``.
        old_year: Where old begins for them.
        subtitle_aversion: Loss for a film in no language they follow.
        season: How much darker winter makes their choices.
        fashion: How far they follow fashions.
        social: How far they follow what others are watching.
        satiety: How fast they tire of more of the same.
        patience: How slowly attention falls down a list; the exponent of 1/rank.
        strictness: Shift of their star ratings.
        talkative: Chance factor of rating, liking, commenting.
        visits: How often they come if they never give up.
        joined_day: First visit.
        languages: What they follow without subtitles.
    """

    user_id: str
    age_band: str
    country: str
    about: str | None
    tastes: tuple[tuple[int, int, float], ...]
    dislikes: tuple[tuple[int, float], ...]
    later: tuple[tuple[int, int, float], ...]
    change_day: float
    old_aversion: float
    old_year: float
    subtitle_aversion: float
    season: float
    fashion: float
    social: float
    satiety: float
    patience: float
    strictness: float
    talkative: float
    visits: int
    joined_day: float
    languages: frozenset[str]


def normal(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Standard normal numbers made from uniform ones, whose stream NumPy keeps stable.

    Args:
        rng: The stream.
        count: How many.

    Returns:
        Numbers, [count].
    """
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(rng.random(count), 1e-12, 1 - 1e-12)))


def person_ids(count: int) -> list[str]:
    """Names: each first name once, then again with 2, 3 ...

    Args:
        count: How many people.

    Returns:
        Ids, ``ann`` and ``bob`` first.
    """
    names = (FILES / "names.txt").read_text(encoding="utf-8").split()
    rounds = range(-(-count // len(names)))
    return [f"{name}{r + 1}" if r else name for r in rounds for name in names][:count]


def draw_person(user_id: str, seed: int, days: int) -> Person:
    """Draw somebody; a function of the seed and the name only.

    Args:
        user_id: The name.
        seed: The world's seed.
        days: How long the world lasts.

    Returns:
        The person.
    """
    rng = stream(seed, "person", user_id)
    shares = np.array([share for share, _ in COUNTRIES.values()])
    country = list(COUNTRIES)[_pick(rng, shares)]
    age = _pick(rng, np.array([0.2, 0.28, 0.27, 0.16, 0.09]))
    tastes = _tastes(rng, user_id)
    later = tastes if rng.random() > 0.15 else (*tastes[1:], *_draw(rng, 1, None, tastes))
    dislikes = tuple(
        (int(k), 0.8 + 1.2 * float(rng.random()))
        for k in rng.permutation(len(ASPECTS))[: _pick(rng, np.array([0.45, 0.35, 0.2]))]
        if k not in {aspect for aspect, _, _ in (*tastes, *later)}
    )
    old = rng.random() < (0.55, 0.45, 0.33, 0.2, 0.1)[age] and not _likes_old(tastes)
    numbers = rng.random(8)
    z = normal(rng, 4)
    known = user_id in _CHOSEN
    visits = int(min(90, 1 + np.floor(np.exp(1.8 + 1.15 * z[0]))))
    says = user_id in _CHOSEN or numbers[0] < 0.4
    return Person(
        user_id=user_id, age_band=AGE_BANDS[age], country=country,
        about=_about(rng, tastes, dislikes, bool(old)) if says else None,
        tastes=tastes, dislikes=dislikes, later=tastes if known else later,
        change_day=days * float(0.25 + 0.5 * numbers[1]) if later != tastes else np.inf,
        old_aversion=1.6 if old else 0.0, old_year=1955.0 + 35.0 * float(numbers[2]),
        subtitle_aversion=1.3 * float(numbers[3] < 0.3) + 0.15,
        season=0.5 * float(numbers[4]) if numbers[4] > 0.4 else 0.0,
        fashion=0.4 + (0.0 if known else 0.8 * float(numbers[5])),
        social=0.0 if known else 0.3 * float(numbers[6]),
        satiety=0.5 + 1.5 * float(numbers[7]), patience=0.55 + 0.5 * float(rng.random()),
        strictness=0.45 * float(z[1]), talkative=float(np.exp(0.5 * z[2])),
        visits=40 if known else visits,
        joined_day=20.0 if known else days * float(rng.random()) ** 2.0 * 0.97,
        languages=frozenset(COUNTRIES[country][1].split("|")),
    )  # fmt: skip


def _pick(rng: np.random.Generator, weights: NDArray[np.float64]) -> int:
    edges = np.cumsum(weights / weights.sum())
    return min(int(np.searchsorted(edges, rng.random(), side="right")), len(weights) - 1)


def _tastes(rng: np.random.Generator, user_id: str) -> tuple[tuple[int, int, float], ...]:
    if user_id in _CHOSEN:
        return tuple((k, GATES.index(gate), 3.2) for k, gate in _CHOSEN[user_id])
    clubs = sorted({aspect.club for aspect in ASPECTS})
    weights = np.array([sum(a.weight for a in ASPECTS if a.club == club) for club in clubs])
    club = clubs[_pick(rng, weights)]
    return _draw(rng, 1 + _pick(rng, np.array([0.2, 0.4, 0.3, 0.1])), club, ())


def _draw(
    rng: np.random.Generator,
    count: int,
    club: str | None,
    taken: tuple[tuple[int, int, float], ...],
) -> tuple[tuple[int, int, float], ...]:
    chosen = {aspect for aspect, _, _ in taken}
    drawn: list[tuple[int, int, float]] = []
    for _ in range(count):
        home = club is not None and rng.random() < 0.75
        weights = np.array([
            0.0 if k in chosen or (home and a.club != club) else a.weight
            for k, a in enumerate(ASPECTS)
        ])  # fmt: skip
        aspect = _pick(rng, weights)
        gate = _pick(rng, np.array([0.6, 0.1, 0.12, 0.09, 0.09]))
        if ASPECTS[aspect].before is not None or ASPECTS[aspect].after is not None:
            gate = 0 if gate in (1, 2) else gate
        if "mood" in ASPECTS[aspect].rules or ASPECTS[aspect].phrase == "horror":
            gate = 0 if gate in (3, 4) else gate
        chosen.add(aspect)
        drawn.append((aspect, gate, 2.2 + 1.8 * float(rng.random())))
    return tuple(drawn)


def _likes_old(tastes: tuple[tuple[int, int, float], ...]) -> bool:
    return any(ASPECTS[k].before is not None or GATES[gate] == "older" for k, gate, _ in tastes)


_NARROWED = {
    "": "{}",
    "older": "{} of the old days",
    "recent": "{} of recent years",
    "gentle": "{} of the gentle kind",
    "dark": "{} of the dark kind",
}
_OPENINGS = ("I like {}.", "I love {}.", "Give me {}.", "My evenings are for {}.",
             "Always looking for {}.", "Fond of {}.")  # fmt: skip
_CLOSINGS = ("I cannot stand {}.", "Not for me: {}.", "I avoid {}.")


def _about(
    rng: np.random.Generator, tastes: tuple[tuple[int, int, float], ...],
    dislikes: tuple[tuple[int, float], ...], old: bool,
) -> str:  # fmt: skip
    parts = [_NARROWED[GATES[gate]].format(ASPECTS[k].phrase) for k, gate, _ in tastes[:3]]
    joined = parts[0] if len(parts) == 1 else "; ".join(parts[:-1]) + "; and " + parts[-1]
    if len(parts) == 2 and "," not in joined:
        joined = " and ".join(parts)
    text = _OPENINGS[int(rng.random() * len(_OPENINGS))].format(joined)
    if dislikes and rng.random() < 0.6:
        closing = _CLOSINGS[int(rng.random() * len(_CLOSINGS))]
        text += " " + closing.format(ASPECTS[dislikes[0][0]].phrase)
    if old and rng.random() < 0.5:
        text += " Nothing too old, please."
    return text
