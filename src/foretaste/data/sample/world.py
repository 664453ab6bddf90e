"""What everybody shares in the sample world: the catalogue in numbers, fashions, arrivals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foretaste.core import stream
from foretaste.data.sample.aspects import ASPECTS, darkness_of, gates_of, membership
from foretaste.data.sample.catalogue import COLD_ITEMS, FILES
from foretaste.data.sample.parameters import DAYS, WorldSettings
from foretaste.data.sample.people import Person, normal

__all__ = ["World", "make_world", "taste_for"]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """The catalogue as the generator sees it.

    Attributes:
        films: The facts.
        aspects: Degrees of membership, [aspects, I].
        gates: Factors of the gates, [gates, I].
        darkness: Mood, -1 light to 1 dark, [I].
        quality: What makes a film good beyond any aspect; hidden, [I].
        fame: How prominently the service places it; hidden, [I].
        arrival: Day on which it comes into the catalogue, [I].
        likeness: Share of genres, themes, moods and directors in common, [I, I].
        waves: Amplitude, period in days, phase, day of the burst and its height, [aspects, 5].
    """

    films: tuple[dict[str, Any], ...]
    aspects: NDArray[np.float64]
    gates: NDArray[np.float64]
    darkness: NDArray[np.float64]
    quality: NDArray[np.float64]
    fame: NDArray[np.float64]
    arrival: NDArray[np.float64]
    likeness: NDArray[np.float64]
    waves: NDArray[np.float64]

    def fashion(self, day: float) -> NDArray[np.float64]:
        """How much in fashion each film is: the strongest of its aspects' waves counts.

        Args:
            day: Days since the start.

        Returns:
            Height of fashion, [I].
        """
        size, period, phase, burst, height = self.waves.T
        wave = size * np.sin(2 * np.pi * (day / period + phase))
        wave += height * np.exp(-(((day - burst) / 18.0) ** 2))
        pull = wave[:, None] * self.aspects
        best: NDArray[np.float64] = pull.max(axis=0) + 0.5 * pull.min(axis=0)
        return best


def make_world(films: tuple[dict[str, Any], ...], settings: WorldSettings) -> World:
    """Draw everything people share.

    Args:
        films: The catalogue.
        settings: The numbers.

    Returns:
        The world.
    """
    rng = stream(settings.seed, "world")
    count = len(films)
    years = np.array([film["year"] for film in films], float)
    english = np.array(["English" in film["languages"] for film in films], float)
    known = set((FILES / "well_known.txt").read_text(encoding="utf-8").split())
    famous = np.array([film["item_id"] in known for film in films], float)
    fame = 0.2 * english + 0.006 * (years - 1970) + settings.fame_known * famous
    fame = fame + settings.fame_spread * normal(rng, count)
    quality = 0.45 * normal(rng, count)
    late = rng.random(count) < 0.15 + 0.3 * (years >= 2010)
    arrival = np.where(late, DAYS * rng.random(count) * 0.97, -1.0)
    cold = np.array([film["item_id"] in COLD_ITEMS for film in films])
    arrival[cold] = DAYS + 1.0
    numbers = rng.random((len(ASPECTS), 5))
    waves = np.column_stack([
        0.3 + 0.6 * numbers[:, 0], 150 + 350 * numbers[:, 1], numbers[:, 2],
        DAYS * numbers[:, 3], 2.0 * np.where(numbers[:, 4] > 0.4, numbers[:, 4], 0.0),
    ])  # fmt: skip
    return World(
        films, membership(films), gates_of(films), darkness_of(films), quality, fame, arrival,
        _likeness(films), waves,
    )  # fmt: skip


def _likeness(films: tuple[dict[str, Any], ...]) -> NDArray[np.float64]:
    columns = ("genres", "themes", "mood", "directors")
    marks = [{(c, v) for c in columns for v in film[c]} for film in films]
    vocabulary = {mark: k for k, mark in enumerate(sorted(set().union(*marks)))}
    table = np.zeros((len(films), len(vocabulary)))
    for row, found in zip(table, marks, strict=True):
        row[[vocabulary[mark] for mark in found]] = 1.0
    common = table @ table.T
    sizes = table.sum(axis=1)
    jaccard: NDArray[np.float64] = common / (sizes[:, None] + sizes[None, :] - common)
    return jaccard


def taste_for(
    world: World, person: Person, tastes: tuple[tuple[int, int, float], ...]
) -> NDArray[np.float64]:
    """The lasting part of a person's hidden utility for each film.

    ``max_k w_k a_ki g_ki + .35 (second largest) - sum_d v_d a_di - old - subtitles + home + q_i``:
    aspects do not add up (the best reason counts), gates are thresholds, dislikes do add.

    Args:
        world: The world.
        person: Who.
        tastes: Which of their tastes, before or after their change of heart.

    Returns:
        Utility, [I].
    """
    reasons = np.array([w * world.aspects[k] * world.gates[g] for k, g, w in tastes])
    reasons = np.sort(np.vstack([reasons, np.zeros_like(world.quality)]), axis=0)
    utility = reasons[-1] + 0.35 * reasons[-2] if len(reasons) > 1 else reasons[-1]
    for k, strength in person.dislikes:
        utility = utility - strength * world.aspects[k]
    years = np.array([film["year"] for film in world.films], float)
    utility = utility - person.old_aversion / (1 + np.exp((years - person.old_year) / 4))
    spoken = [bool(person.languages & set(film["languages"])) for film in world.films]
    home = [person.country in film["countries"] for film in world.films]
    utility = utility - person.subtitle_aversion * ~np.array(spoken) + 0.4 * np.array(home)
    result: NDArray[np.float64] = utility + world.quality
    return result
