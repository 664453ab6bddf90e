"""From an attribution to sentences that say no more than the numbers do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from foretaste.core import Attribution, FloatArray, History, Reason, Settings
from foretaste.recommend.catalogue import Catalogue

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
    "collaborative": "people who liked it tend to like this",
    "direction": "this often comes next",
    "language": "their descriptions are alike",
    "content": "their descriptions are alike",
}


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
    """

    def __init__(
        self,
        settings: ReasonSettings,
        catalogue: Catalogue,
        kinds: Sequence[str],
        likes: np.ndarray,
        n_people: int,
        audience: str = "people",
    ) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self.kinds = tuple(kinds)
        self.likes = likes
        self.n_people = n_people
        self.audience = audience
        self._shared = [
            name for name, role in catalogue.roles.items() if role in ("category", "categories")
        ]

    def write(
        self, found: Attribution, history: History, source: str, wish: str | None = None
    ) -> tuple[tuple[Reason, ...], ...]:
        """Reasons for each item of an attribution, strongest first.

        Popularity is weighed against the other reasons by what it adds beyond the mean of
        the list's least popular item, since every item has some; its ``weight`` is still
        its exact share of the score.

        Args:
            found: What moved the scores.
            history: The history the attribution speaks of.
            source: Name of the scorer.
            wish: The words asked for, if any.

        Returns:
            One tuple of reasons per item.
        """
        effect = found.past if found.effect is None else found.effect
        strengths = self._part_strengths(found)
        return tuple(
            self._for_item(position, int(row), found, effect, strengths, history, source, wish)
            for position, row in enumerate(found.rows.tolist())
        )

    def _part_strengths(self, found: Attribution) -> dict[str, FloatArray]:
        strengths = dict(found.parts)
        popularity = strengths.get("popularity")
        if popularity is not None and len(popularity):
            strengths["popularity"] = popularity - popularity.min()
        return strengths

    def _for_item(
        self,
        position: int,
        row: int,
        found: Attribution,
        effect: FloatArray,
        strengths: Mapping[str, FloatArray],
        history: History,
        source: str,
        wish: str | None,
    ) -> tuple[Reason, ...]:
        count = self.settings.count
        candidates: list[tuple[float, str, int]] = [
            (float(part[position]), name, -1)
            for name, part in strengths.items()
            if name != "absence"
        ]
        past = effect[position]
        if len(past):
            best = np.argsort(-past, kind="stable")[: 2 * count].tolist()
            candidates += [(float(past[j]), "past", j) for j in best]
        candidates.sort(key=lambda one: -one[0])
        least = max(candidates[0][0] * self.settings.least_share, 1e-12) if candidates else 0.0
        reasons: list[Reason] = []
        named: set[int] = set()
        for strength, name, j in candidates:
            if len(reasons) == count or strength < least:
                break
            if name != "past":
                weight = float(found.parts[name][position])
                reasons.append(self._part(name, row, weight, source, wish))
            elif int(history.rows[j]) not in named:
                named.add(int(history.rows[j]))
                reasons.append(self._past(position, row, j, found, history, source))
        if not reasons and "popularity" in found.parts:
            weight = float(found.parts["popularity"][position])
            reasons.append(self._part("popularity", row, weight, source, wish))
        return tuple(reasons)

    def _part(self, name: str, row: int, weight: float, source: str, wish: str | None) -> Reason:
        if name == "popularity":
            likes = int(self.likes[row])
            text = (
                f"Liked by {likes:,} of {self.n_people:,} {self.audience}."
                if likes
                else f"New here: none of {self.n_people:,} {self.audience} has met it yet; "
                "its description suggests how many will like it."
            )
            return Reason("popularity", text, weight, (), source)
        if name == "words":
            return Reason("words", f"Its description answers “{wish}”.", weight, (), source)
        if name == "context":
            return Reason("context", "It fits this moment and place.", weight, (), source)
        return Reason("profile", "It fits what your profile says.", weight, (), source)

    def _past(
        self, position: int, row: int, j: int, found: Attribution, history: History, source: str
    ) -> Reason:
        other = int(history.rows[j])
        did = self._did(j, history)
        weight = float(found.past[position, j])
        shares = {name: float(block[position, j]) for name, block in found.blocks.items()}
        strongest = max(shares, key=lambda name: shares[name]) if shares else ""
        why = _BLOCK_PHRASES.get(strongest, "") if shares.get(strongest, 0.0) > 0 else ""
        shared = self._shared_values(row, other) if shares.get("attributes", 0.0) > 0 else ()
        title = self.catalogue.item_ids.ids[other]
        if shared:
            common = ", ".join(f"{name}: {value}" for name, value in shared)
            text = f"{did}; both have {common}."
            if strongest == "attributes":
                return Reason(
                    "attribute", text, weight, (title, *(value for _, value in shared)), source
                )
            return Reason("past", text[:-1] + (f", and {why}." if why else "."), weight,
                          (title,), source)  # fmt: skip
        return Reason("past", f"{did}; {why}." if why else f"{did}.", weight, (title,), source)

    def _did(self, j: int, history: History) -> str:
        title = self.catalogue.titles[int(history.rows[j])]
        code, value = int(history.kinds[j]), float(history.values[j])
        kind = self.kinds[code] if code < len(self.kinds) else ""
        if not np.isnan(value) and kind in ("rate", "interaction", ""):
            return f"You gave {title} {value:g}"
        if kind in _DID:
            return _DID[kind].format(title=title)
        return f"You {'liked' if history.signals[j] > 0 else 'met'} {title}"

    def _shared_values(self, row: int, other: int) -> tuple[tuple[str, str], ...]:
        shared: list[tuple[str, str]] = []
        for name in self._shared:
            values = self.catalogue.values(name)
            mine = values[row]
            if mine and values[other]:
                theirs = set(values[other])
                shared += [(name, value) for value in mine if value in theirs]
        likes = self.settings.shared_values
        return tuple(shared[:likes])
