"""What answers at this moment: one immutable value, replaced whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any, TypeVar, cast

from foretaste.app.growing import Grower
from foretaste.app.recommender import Recommender
from foretaste.app.service.live.drift import Counted
from foretaste.app.service.values import BundleInfo

__all__ = ["Serving"]

T = TypeVar("T")
_EPOCHS = count(1)


@dataclass(frozen=True, eq=False)
class Serving:
    """A recommender with what it has seen of the store.

    Attributes:
        recommender: Answers.
        grower: Makes the next one from it when items or popularity change.
        info: The bundle it comes from; its position says what of the log it has read.
        items_revision: Catalogue revision it has grown to.
        people_revision: Revision of people's attributes that the bundle has read.
        created_s: When items that came after the fit were put, by id.
        counted: What the stream says people like by now; ``None`` before it was read.
        epoch: Changes when items get other rows: what is computed from them is kept under it.
    """

    recommender: Recommender
    grower: Grower
    info: BundleInfo
    items_revision: int = 0
    people_revision: int = 0
    created_s: Mapping[str, float] = field(default_factory=dict)
    counted: Counted | None = None
    epoch: int = field(default_factory=lambda: next(_EPOCHS))

    @staticmethod
    def new_epoch() -> int:
        """An epoch that no other value has."""
        return next(_EPOCHS)

    @property
    def position(self) -> int:
        """What of the log its bundle has read."""
        return self.info.position

    @cached_property
    def _kept(self) -> dict[str, Any]:
        return {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Compute something of this value once.

        Args:
            name: What it is called.
            make: Computes it; two threads may do so at the same time, to the same result.

        Returns:
            The result.
        """
        if name not in self._kept:
            self._kept[name] = make()
        return cast(T, self._kept[name])
