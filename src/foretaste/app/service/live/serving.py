"""What answers at this moment: one immutable value, replaced whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

from foretaste.app.recommender import Recommender
from foretaste.app.service.values import BundleInfo

__all__ = ["Serving"]

_EPOCHS = count(1)


@dataclass(frozen=True, eq=False)
class Serving:
    """A recommender with what it has seen of the store.

    Attributes:
        recommender: Answers.
        plain: The same before popularity followed the stream; what drift starts from.
        info: The bundle it comes from; its position says what of the log it has read.
        items_revision: Catalogue revision it has grown to.
        people_revision: Revision of people's attributes that the bundle has read.
        created_s: When items that came after the fit were put, by id.
        epoch: A number that no other serving value has: what is computed from this one alone
            is kept under it.
    """

    recommender: Recommender
    plain: Recommender
    info: BundleInfo
    items_revision: int = 0
    people_revision: int = 0
    created_s: Mapping[str, float] = field(default_factory=dict)
    epoch: int = field(default_factory=lambda: next(_EPOCHS))

    @property
    def position(self) -> int:
        """What of the log its bundle has read."""
        return self.info.position

    @cached_property
    def kept(self) -> dict[Any, Any]:
        """Room for what is computed once for this value."""
        return {}
