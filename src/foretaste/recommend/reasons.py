"""From an attribution to sentences that say no more than the numbers do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from foretaste.core import Attribution, History, Reason, ReasonKind, Settings
from foretaste.recommend.catalogue import Catalogue
from foretaste.recommend.telling import Told

__all__ = ["ReasonSettings", "ReasonWriter"]

_DID: Mapping[str, str] = {
    "view": "You looked at {title}",
    "click": "You clicked on {title}",
    "play": "You played {title}",
    "read": "You read {title}",
    "complete": "You finished {title}",
    "cart": "You put {title} in the basket",
    "comment": "You commented on {title}",
    "bookmark": "You saved {title}",
    "share": "You shared {title}",
    "like": "You liked {title}",
    "buy": "You bought {title}",
    "skip": "You skipped {title}",
    "return": "You returned {title}",
    "dislike": "You disliked {title}",
}

_BLOCK_PHRASES: Mapping[str, str] = {
    "collaborative": "its fans like this too",
    "direction": "many go on from it to this",
    "language": "their descriptions are alike",
    "content": "their descriptions are alike",
}
_SAID: Mapping[str, tuple[ReasonKind, str]] = {
    "trend": ("popularity", "Liked more of late than before."),
    "newness": ("popularity", "Newer items count for more here."),
    "context": ("context", "It fits this moment and place."),
    "profile": ("profile", "It fits what your profile says."),
}
"""Sentences of further parts; a part without a true sentence is not worded."""
_NAMED = frozenset({"popularity", "words", *_SAID})


class ReasonSettings(Settings):
    """How many reasons are given, and which are too small to mention.

    Attributes:
        count: Reasons per item at most.
        least_share: A reason smaller than this share of the strongest one is left out.
        shared_values: Shared attribute values named at most.
    """

    count: int = 3
    least_share: float = 0.1
    shared_values: int = 3


class ReasonWriter:
    """Words reasons from attributions; knows titles, attributes and how often each is liked.

    Args:
        settings: How much to say.
        catalogue: The items.
        kinds: Names of the event kinds.
        likes: How many people liked each item, [I].
        n_people: How many people there are.
        audience: What to call the people, such as ``"simulated people"``.
        matches: Words of a wish that an item's texts hold; none are named when left out.
    """

    def __init__(
        self,
        settings: ReasonSettings,
        catalogue: Catalogue,
        kinds: Sequence[str],
        likes: np.ndarray,
        n_people: int,
        audience: str = "people",
        matches: Callable[[str, int], list[str]] | None = None,
    ) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self.kinds = tuple(kinds)
        self.likes = likes
        self.n_people = n_people
        self.audience = audience
        self.matches = matches or _nothing
        self._shared = [
            name
            for name in catalogue.table.columns
            if catalogue.roles.get(name) in ("category", "categories")
        ]

    def over(
        self,
        catalogue: Catalogue,
        likes: np.ndarray,
        n_people: int,
        matches: Callable[[str, int], list[str]] | None = None,
    ) -> ReasonWriter:
        """The same writer for a catalogue that has grown, or likes that have moved.

        Args:
            catalogue: The items.
            likes: How many people liked each item, [I].
            n_people: How many people there are.
            matches: As for the class.

        Returns:
            A new writer.
        """
        return ReasonWriter(
            self.settings, catalogue, self.kinds, likes, n_people, self.audience, matches
        )

    def write(
        self, found: Attribution, history: History, source: str, wish: str | None = None
    ) -> tuple[tuple[Reason, ...], ...]:
        """Reasons for each item of an attribution, strongest first.

        Popularity competes with the other reasons by what it adds beyond the list's least
        popular item, since every item has some; its ``weight`` is still its exact share.

        Args:
            found: What moved the scores.
            history: The history the attribution speaks of.
            source: Name of the scorer.
            wish: The words asked for, if any.

        Returns:
            One tuple of reasons per item.
        """
        told = Told(found, history, source, wish, 2 * self.settings.count, _NAMED)
        return tuple(self._for_item(told, position) for position in range(len(found.rows)))

    def _for_item(self, told: Told, position: int) -> tuple[Reason, ...]:
        count = self.settings.count
        causes = told.strongest(position)
        least = max(causes[0][0] * self.settings.least_share, 1e-12) if causes else 0.0
        items, liked = told.items[position], told.liked[position]
        reasons: list[Reason] = []
        named: set[int] = set()
        for strength, name, k in causes:
            if len(reasons) == count or strength < least:
                break
            if name != "past":
                reasons.append(self._part(told, position, name))
            elif liked[k] and items[k] not in named:
                named.add(items[k])
                reasons.append(self._past(told, position, k))
        if not reasons:
            reasons.append(self._nothing_special(told, position))
        return tuple(reasons)

    def _part(self, told: Told, position: int, name: str) -> Reason:
        weight = told.parts[name][position]
        row, source = told.rows[position], told.source
        if name == "popularity":
            likes = int(self.likes[row])
            text = (
                f"Liked by {likes:,} of {self.n_people:,} {self.audience}."
                if likes
                else "New here; from its description it may be liked by many."
            )
            return Reason("popularity", text, weight, (), source)
        if name == "words":
            text = "Its description answers your wish"
            found = self.matches(told.wish or "", row)[: self.settings.shared_values]
            text += f" ({', '.join(found)})." if found else " in meaning."
            return Reason("words", text, weight, tuple(found), source)
        kind, text = _SAID[name]
        return Reason(kind, text, weight, (), source)

    def _nothing_special(self, told: Told, position: int) -> Reason:
        likes = int(self.likes[told.rows[position]])
        text = (
            f"Nothing of yours speaks for it; liked by {likes:,} of {self.n_people:,} "
            f"{self.audience}."
            if likes
            else "Nothing is known yet that speaks for it or against it."
        )
        part = told.parts.get("popularity")
        weight = 0.0 if part is None else part[position]
        return Reason("popularity", text, weight, (), told.source)

    def _past(self, told: Told, position: int, k: int) -> Reason:
        place, other = told.places[position][k], told.items[position][k]
        did = told.did.get(place)
        if did is None:
            did = told.did[place] = self._did(place, told.history)
        weight = told.weights[position][k]
        evidence: tuple[str, ...] = (self.catalogue.item_ids.ids[other],)
        strongest, why = "", ""
        if told.blocks:
            strongest = told.blocks[told.strongest_block[position][k]]
            if told.most_shared[position][k] > 0:
                why = _BLOCK_PHRASES.get(strongest, "")
        if why and not self.likes[told.rows[position]]:  # it has no fans yet: the map placed it
            why = "by its description this is for the same people"
        shared: tuple[tuple[str, str], ...] = ()
        if told.worth_saying is not None and told.worth_saying[position][k]:
            shared = self._shared_values(told.rows[position], other)
        if shared:
            common = _grouped(shared)
            if strongest == "attributes":
                evidence += tuple(value for _, value in shared)
                text = f"{did}; alike in {common}."
                return Reason("attribute", text, weight, evidence, told.source)
            why = f"{why}; alike in {common}" if why else f"alike in {common}"
        text = f"{did}; {why}." if why else f"{did}."
        return Reason("past", text, weight, evidence, told.source)

    def _did(self, j: int, history: History) -> str:
        title = self.catalogue.titles[int(history.rows[j])]
        code, value = int(history.kinds[j]), float(history.values[j])
        kind = self.kinds[code] if code < len(self.kinds) else ""
        if kind == "rate" and value == value:  # not NaN
            return f"You gave {title} {value:g}"
        if kind in _DID:
            return _DID[kind].format(title=title)
        return f"You liked {title}" if kind == "" else f"You chose {title}"

    def _shared_values(self, row: int, other: int) -> tuple[tuple[str, str], ...]:
        """What both items carry, rarest first; what more than half of all carry says nothing."""
        shared: list[tuple[int, str, str]] = []
        for name in self._shared:
            values = self.catalogue.values(name)
            mine = values[row]
            if mine and values[other]:
                theirs, counts = set(values[other]), self.catalogue.counts(name)
                shared += [(counts[value], name, value) for value in mine if value in theirs]
        shared.sort()
        common = len(self.catalogue) / 2
        kept = [(name, value) for count, name, value in shared if count <= common]
        return tuple(kept[: self.settings.shared_values])


def _nothing(wish: str, row: int) -> list[str]:
    return []


def _grouped(shared: tuple[tuple[str, str], ...]) -> str:
    """``genres (Crime, Drama) and mood (tense)``."""
    groups: dict[str, list[str]] = {}
    for name, value in shared:
        groups.setdefault(name.replace("_", " "), []).append(value)
    parts = [f"{name} ({', '.join(values)})" for name, values in groups.items()]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
