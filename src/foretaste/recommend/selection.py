"""What a caller may put in place of the record, and in place of "the best come first"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from foretaste.core import EMPTY_HISTORY, Evidence, History, ItemList, Scorer

__all__ = ["Past", "Select", "Selection"]


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What is known of a person at this moment, in place of what the bundle has on record.

    A service keeps events after the bundle was fitted; it hands the whole of a person's past
    over, so what they have met, their taste and their reasons all follow from it. Events given
    in :attr:`Query.history` are added after it, as always. Use ``Query.history`` alone where
    nobody keeps events.

    Attributes:
        history: Everything that counts, oldest first.
        profile: Attributes of the person; an explicit :attr:`Query.profile` goes before it.
    """

    history: History = EMPTY_HISTORY
    profile: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The items that are shown, and what chance had to do with it.

    Attributes:
        items: The list as shown.
        propensities: Probability that each item was shown at its place; ``None`` when nothing
            was left to chance.
        explored: Whether exploration chose the item at that place; empty when nothing was.
    """

    items: ItemList
    propensities: tuple[float, ...] | None = None
    explored: tuple[bool, ...] = ()


@runtime_checkable
class Select(Protocol):
    """Chooses what is shown out of a ranked pool: where exploration comes in."""

    def pool(self, n: int) -> int:
        """How many ranked items are wanted to choose ``n`` from."""
        ...

    def __call__(self, evidence: Evidence, items: ItemList, scorer: Scorer, n: int) -> Selection:
        """The list of at most ``n`` items; ``items`` are in the order they would be shown in.

        ``scorer`` is whoever ranked them; one without an uncertainty where several ranked
        together.
        """
        ...
