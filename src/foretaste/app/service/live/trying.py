"""What is being tried: running experiments and exploration, as every answer needs them."""

from __future__ import annotations

from dataclasses import dataclass, field

from foretaste.feedback import Exploration
from foretaste.store import Experiment, Space

__all__ = ["EXPLORATION", "Trying"]

EXPLORATION = "exploration"
"""Name of the fact that holds the workspace's exploration."""


@dataclass(frozen=True, slots=True)
class Trying:
    """Experiments that run, and how much is left to chance.

    Attributes:
        running: A/B experiments that run.
        interleaving: The interleaving experiment that runs, if any.
        exploration: Of the workspace.
    """

    running: tuple[Experiment, ...] = ()
    interleaving: Experiment | None = None
    exploration: Exploration = field(default_factory=Exploration)

    @classmethod
    def read(cls, space: Space) -> Trying:
        """Read what the store says.

        Args:
            space: The workspace.

        Returns:
            What is tried from now on.
        """
        every = [one for one in space.experiments.all() if one.status == "running"]
        mixed = [one for one in every if one.kind == "interleaving"]
        given = space.facts.get(EXPLORATION) or {}
        return cls(
            tuple(one for one in every if one.kind == "ab"),
            mixed[0] if mixed else None,
            Exploration.of(dict(given), EXPLORATION),
        )
