"""Two rankers in one list: the quickest way to learn which of them people prefer."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from scipy.stats import binomtest

from foretaste.feedback.proportions import Measured, wilson

__all__ = ["Interleaved", "InterleavingOutcome", "credit", "interleaving_outcome", "team_draft"]


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Interleaved(Generic[T]):
    """One list of two rankers.

    Attributes:
        items: The list, best first.
        teams: Who put each item there: ``a`` or ``b``.
        propensities: Probability over the coins that this item is at this place, exactly.
    """

    items: tuple[T, ...]
    teams: tuple[str, ...]
    propensities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class InterleavingOutcome:
    """Which of two rankers people preferred.

    Attributes:
        a: People who used more of a's items.
        b: People who used more of b's.
        ties: People who used as many of each (or none).
        preference: Share of ``a`` among those who preferred one, with Wilson's interval.
        p: Sign test of no preference, two-sided and exact.
        winner: ``a``, ``b``, or ``None`` when the level is not reached.
    """

    a: int
    b: int
    ties: int
    preference: Measured
    p: float
    winner: str | None


def team_draft(
    a: Sequence[T],
    b: Sequence[T],
    n: int,
    rng: np.random.Generator,
) -> Interleaved[T]:
    """Team draft: in each round a coin says who picks its best item first.

    Radlinski et al. 2008. Each team picks first as often as the other, so clicks at random
    favour nobody.

    Args:
        a: Items of ranker a, best first.
        b: Items of ranker b.
        n: Length of the list.
        rng: The coins.

    Returns:
        At most ``n`` items; fewer when both run out.
    """
    items: list[T] = []
    teams: list[str] = []
    while len(items) < n:
        order = "ab" if rng.random() < 0.5 else "ba"
        before = len(items)
        for team in order:
            pick = _next(a if team == "a" else b, items)
            if pick is not None and len(items) < n:
                items.append(pick)
                teams.append(team)
        if len(items) == before:
            break
    table = _odds(a, b, n)
    odds = tuple(table[place][item] for place, item in enumerate(items))
    return Interleaved(tuple(items), tuple(teams), odds)


def credit(teams: Sequence[str], used: Collection[int]) -> tuple[int, int]:
    """How many used places each team has.

    Args:
        teams: As in :class:`Interleaved`.
        used: Places that were clicked, from 0.

    Returns:
        ``(a, b)``.
    """
    found = [teams[place] for place in set(used)]
    return found.count("a"), found.count("b")


def interleaving_outcome(
    credits: Iterable[tuple[str, int, int]], *, level: float = 0.95
) -> InterleavingOutcome:
    """Sum up by person and test: each person votes once (sign test; Chapelle et al. 2012).

    Args:
        credits: ``(user_id, a, b)`` of each list, for example from :func:`credit`.
        level: One minus the level of the test; coverage of the interval.

    Returns:
        The outcome.
    """
    gains: dict[str, int] = defaultdict(int)
    for user_id, mine, theirs in credits:
        gains[user_id] += mine - theirs
    wins = sum(gain > 0 for gain in gains.values())
    losses = sum(gain < 0 for gain in gains.values())
    p = float(binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0
    winner = None if p > 1 - level else "a" if wins > losses else "b"
    ties = len(gains) - wins - losses
    return InterleavingOutcome(wins, losses, ties, wilson(wins, wins + losses, level), p, winner)


def _next(ranking: Sequence[T], taken: Collection[T]) -> T | None:
    return next((item for item in ranking if item not in taken), None)


def _odds(a: Sequence[T], b: Sequence[T], n: int) -> list[Mapping[T, float]]:
    """Probability of each item at each place: the mass of every set of items taken so far."""
    table: list[dict[T, float]] = [defaultdict(float) for _ in range(n)]
    mass: dict[frozenset[T], float] = {frozenset(): 1.0}
    for _ in range(math.ceil(n / 2) + n):
        following: dict[frozenset[T], float] = defaultdict(float)
        for taken, weight in mass.items():
            for order in ((a, b), (b, a)):
                now = taken
                for ranking in order:
                    pick = _next(ranking, now)
                    if pick is not None and len(now) < n:
                        table[len(now)][pick] += weight / 2
                        now = now | {pick}
                if now != taken and len(now) < n:
                    following[now] += weight / 2
        mass = following
        if not mass:
            break
    return list(table)
