"""What simulated people type and write: short templates filled from facts."""

from __future__ import annotations

import numpy as np

from foretaste.data.sample.aspects import ASPECTS
from foretaste.data.sample.people import Person
from foretaste.data.sample.world import World

__all__ = ["comment", "search_words"]

_GOOD = ("Loved the {mood} mood.", "One of the best films about {theme} I know.",
         "{director} at full strength.", "Stayed with me for days.", "So {mood}, so good.",
         "Watch this if {theme} means anything to you.")  # fmt: skip
_FAIR = ("Fine, but I expected more.", "A bit too {mood} for a weekday.", "Well made, not mine.",
         "Interesting about {theme}, slow elsewhere.")  # fmt: skip
_BAD = ("Not for me.", "Too {mood} for my taste.", "I gave up halfway.",
        "If you do not care for {theme}, stay away.")  # fmt: skip


def comment(joy: float, person: Person, world: World, item: int, rng: np.random.Generator) -> str:
    """Put an experience into words.

    Args:
        joy: How good it was.
        person: Who writes; the strict are sooner disappointed.
        world: The world.
        item: Which film.
        rng: The person's stream.

    Returns:
        One short sentence.
    """
    felt = joy + person.strictness
    choice = _GOOD if felt > 1.2 else _FAIR if felt > 0.2 else _BAD
    film, numbers = world.films[item], rng.random(3)
    return choice[int(numbers[0] * len(choice))].format(
        mood=film["mood"][int(numbers[1] * len(film["mood"]))],
        theme=film["themes"][int(numbers[2] * len(film["themes"]))],
        director=film["directors"][0],
    )


def search_words(aspect: int, rng: np.random.Generator) -> str:
    """What somebody types who is after an aspect: its name, or something that belongs to it.

    Args:
        aspect: Position in ``ASPECTS``.
        rng: The person's stream.

    Returns:
        A few words.
    """
    chosen, numbers = ASPECTS[aspect], rng.random(3)
    forms = [("themes", "films about {}"), ("mood", "something {}"), ("themes", "{}"),
             ("genres", "a good {} film")]  # fmt: skip
    column, form = forms[int(numbers[0] * len(forms))]
    if numbers[1] < 0.45 or column not in chosen.rules:
        return chosen.phrase
    words = chosen.rules[column].split("|")
    return form.format(words[int(numbers[2] * len(words))].lower().replace("-", " "))
