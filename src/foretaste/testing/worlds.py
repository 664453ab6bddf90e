"""Worlds whose right answer is known by construction.

Small enough to see through by eye; every builder says what is true in it. Nothing is drawn
at random unless a seed is asked for, and then the same seed gives the same world.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from foretaste.core import Dataset, Event, Role, stream
from foretaste.testing.writing import world

__all__ = [
    "attributes_only",
    "chain",
    "empty",
    "one_item",
    "one_person",
    "popularity_only",
    "tiny_ratings",
    "two_clans",
]

_DAY_S = 86_400.0
_NEVER_S = 4e9
"""In the year 2096: an item available from then on is not available now."""


def two_clans(n_people: int = 14, n_items: int = 9, seed: int = 0) -> Dataset:
    """Two clans with disjoint tastes, ``red`` and ``blue``; the world with everything in it.

    True by construction: somebody who likes items of one clan likes every item of that clan
    more than any item of the other. Each person gives four or five stars to two thirds of
    their clan's items, and one star to one item of the other clan. ``red-new`` and
    ``blue-new`` have attributes and a text but nobody has met them; ``bare`` has nothing at
    all; ``future`` is red and not available before 2096.

    Args:
        n_people: People in each clan, ``red-person-0`` ...
        n_items: Items in each clan that people have met, ``red-0`` ...
        seed: Draws who likes which.

    Returns:
        Ratings with times, titles, one category (``clan``), ``tags``, ``year``,
        ``available_from_s`` and ``text`` vectors.
    """
    items: dict[str, dict[str, Any]] = {}
    for number, clan in enumerate(("red", "blue")):
        for place in range(n_items):
            tags = [clan, "even" if place % 2 == 0 else "odd"]
            items[f"{clan}-{place}"] = {"clan": clan, "tags": tags, "year": 1980.0 + place}
        items[f"{clan}-new"] = {"clan": clan, "tags": [clan], "year": 2020.0 + number}
    items["future"] = {"clan": "red", "tags": ["red"], "year": 2096.0, "available_from_s": _NEVER_S}
    items["bare"] = {"tags": []}
    for name, attributes in items.items():
        attributes["title"] = name.replace("-", " ").title()
    rng = stream(seed, "two_clans")
    people: dict[str, list[Event]] = {}
    for clan, other in (("red", "blue"), ("blue", "red")):
        for number in range(n_people):
            liked = rng.permutation(n_items)[: max(1, 2 * n_items // 3)]
            times = np.sort(rng.uniform(0.0, 300.0 * _DAY_S, len(liked) + 1))
            events = [
                Event(f"{clan}-{place}", "rate", float(rng.integers(4, 6)), float(time_s))
                for place, time_s in zip(liked, times[:-1], strict=True)
            ]
            worst = f"{other}-{rng.integers(n_items)}"
            people[f"{clan}-person-{number}"] = [
                *events,
                Event(worst, "rate", 1.0, float(times[-1])),
            ]
    text = np.zeros((len(items), 8))
    for row, attributes in enumerate(items.values()):
        if "clan" in attributes:
            text[row, 0 if attributes["clan"] == "red" else 1] = 1.0
            text[row] += 0.1 * rng.normal(size=8)
            text[row] /= np.linalg.norm(text[row])
    roles: dict[str, Role] = {
        "title": "title",
        "clan": "category",
        "tags": "categories",
        "year": "number",
        "available_from_s": "time",
    }
    return world("two clans", people, items, roles=roles, vectors={"text": text})


def popularity_only(counts: Sequence[int] = (9, 6, 4, 2, 1, 0)) -> Dataset:
    """Nobody has two items in common with anybody, so only popularity can be learned.

    True by construction: for everybody the best item is the one most people like, in the
    order of ``counts``.

    Args:
        counts: How many people like each item, ``item-0`` ...

    Returns:
        Each person likes exactly one item; times are unknown.
    """
    likes = [f"item-{item}" for item, count in enumerate(counts) for _ in range(count)]
    people = {f"person-{number}": [item] for number, item in enumerate(likes)}
    return world("popularity only", people, [f"item-{item}" for item in range(len(counts))])


def chain(n_items: int = 8, n_people: int = 40, length: int = 5, seed: int = 0) -> Dataset:
    """After item k comes item k + 1 (the first again after the last) with certainty.

    True by construction: the next item is known from the newest one alone; how often items
    occur says nothing, and neither does the set of items without its order.

    Args:
        n_items: Items in the ring, ``step-0`` ...
        n_people: People; each starts somewhere.
        length: Events of each person, one a day.
        seed: Draws the starting points.

    Returns:
        The dataset, with times.
    """
    starts = stream(seed, "chain").permutation(np.arange(n_people) % n_items)
    people = {
        f"person-{number}": [
            Event(f"step-{(start + step) % n_items}", "view", time_s=step * _DAY_S)
            for step in range(length)
        ]
        for number, start in enumerate(starts)
    }
    return world("chain", people, [f"step-{place}" for place in range(n_items)])


def attributes_only(
    n_genres: int = 3, per_genre: int = 6, n_new: int = 2, n_people: int = 10
) -> Dataset:
    """Whoever likes a genre likes all of it, and nothing else; some items are new.

    True by construction: new items (``new-GENRE-n``, met by nobody) belong to the people of
    their genre; only attributes or text can say so.

    Args:
        n_genres: Genres, ``g0`` ...
        per_genre: Items of each genre that its people have met.
        n_new: New items of each genre.
        n_people: People of each genre.

    Returns:
        The dataset, with ``genre`` and one-hot ``text`` vectors.
    """
    genres = [f"g{number}" for number in range(n_genres)]
    items: dict[str, dict[str, Any]] = {}
    for genre in genres:
        items |= {f"{genre}-{place}": {"genre": genre} for place in range(per_genre)}
        items |= {f"new-{genre}-{place}": {"genre": genre} for place in range(n_new)}
    people = {
        f"{genre}-person-{number}": [f"{genre}-{place}" for place in range(per_genre)]
        for genre in genres
        for number in range(n_people)
    }
    text = np.array([[float(one["genre"] == genre) for genre in genres] for one in items.values()])
    return world(
        "attributes only", people, items, roles={"genre": "category"}, vectors={"text": text}
    )


def tiny_ratings() -> Dataset:
    """Two people, two items, and no noise: ``rating = 1 +- .5 (person) +- 1 (item)``.

    True by construction: the mean is 1, ``ann`` is .5 above it and ``bob`` .5 below,
    ``good`` 1 above and ``bad`` 1 below; so ann's rating of good is 1 + .5 + 1 = 2.5.

    Returns:
        All four ratings.
    """
    people = {
        name: [
            Event("good", "rate", 1.0 + generous + 1.0),
            Event("bad", "rate", 1.0 + generous - 1.0),
        ]
        for name, generous in (("ann", 0.5), ("bob", -0.5))
    }
    return world("tiny ratings", people, ["good", "bad"])


def empty() -> Dataset:
    """No people, no items, no events.

    Returns:
        The dataset.
    """
    return world("empty", {}, [])


def one_item() -> Dataset:
    """Three people who like the only item there is.

    Returns:
        The dataset, with a category, a rating each, and a ``text`` vector.
    """
    people = {f"person-{n}": [Event("only", "rate", 5.0, float(n))] for n in range(3)}
    items = {"only": {"title": "Only", "genre": "Drama"}}
    roles: dict[str, Role] = {"title": "title", "genre": "category"}
    return world("one item", people, items, roles=roles, vectors={"text": np.ones((1, 4)) / 2})


def one_person(n_items: int = 5) -> Dataset:
    """One person who liked the first two of a few items.

    Args:
        n_items: Size of the catalogue, ``item-0`` ...

    Returns:
        The dataset, with a category, ratings, and ``text`` vectors.
    """
    items = {f"item-{n}": {"genre": f"g{n % 2}"} for n in range(n_items)}
    past = [Event("item-0", "rate", 5.0, 1.0), Event("item-1", "rate", 4.0, 2.0)]
    text = np.eye(n_items, 8) if n_items <= 8 else np.ones((n_items, 8))
    roles: dict[str, Role] = {"genre": "category"}
    return world("one person", {"ann": past}, items, roles=roles, vectors={"text": text})
