"""Which name means which protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Protocol

from foretaste.core import Dataset, Settings
from foretaste.core.errors import UnknownNameError
from foretaste.evaluate.case import Fold, Part
from foretaste.evaluate.protocols.cold_items import ColdItems
from foretaste.evaluate.protocols.cross_validation import CrossValidation
from foretaste.evaluate.protocols.in_time import GlobalTime, LeaveOneOut
from foretaste.evaluate.protocols.k_shot import KShot, StrongGeneralisation
from foretaste.evaluate.protocols.melu import Melu

__all__ = ["PROTOCOLS", "Splits", "protocol"]

PROTOCOLS: Mapping[str, type[Settings]] = {
    kind.name: kind
    for kind in (
        GlobalTime,
        LeaveOneOut,
        StrongGeneralisation,
        KShot,
        ColdItems,
        CrossValidation,
        Melu,
    )
}
"""Every protocol by its name."""


class Splits(Protocol):
    """Settings that divide a dataset into what is fitted on and what is asked."""

    name: ClassVar[str]
    metrics: ClassVar[tuple[str, ...]]

    def folds(self, dataset: Dataset, part: Part = "test") -> Iterator[Fold]:
        """Training parts with their cases."""
        ...

    def digest(self) -> str:
        """Name of the settings."""
        ...

    def model_dump(self, *, mode: str = "python") -> dict[str, Any]:
        """The settings as plain values."""
        ...


def protocol(name: str, **settings: Any) -> Splits:
    """Make a protocol from its name.

    Args:
        name: Such as ``global-time``; underscores and capitals do not matter.
        **settings: Fields of its settings class.

    Returns:
        The protocol.

    Raises:
        UnknownNameError: If there is no such protocol.
    """
    kind = PROTOCOLS.get(name.strip().lower().replace("_", "-"))
    if kind is None:
        raise UnknownNameError("protocol", name, PROTOCOLS)
    made: Any = kind.of(settings, name)
    found: Splits = made
    return found
