"""Experiments and exploration: what is tried on people."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from foretaste.app.service.cases.base import Cases
from foretaste.app.service.live.trying import EXPLORATION, Trying
from foretaste.core.errors import ConflictError, InputError, UnknownIdError
from foretaste.feedback import (
    METRICS,
    Exploration,
    weights_of,
)
from foretaste.store import Arm, Experiment

__all__ = ["ExperimentCases"]

_SETTINGS = ("source", "diversity", "explore")
_DAY_S = 86_400.0


class ExperimentCases(Cases):
    """A/B tests, interleaving and exploration."""

    def experiments(self) -> list[Experiment]:
        """All experiments.

        Returns:
            By name.
        """
        return self._inside.breaker.call(self._inside.space.experiments.all)

    def experiment(self, name: str) -> Experiment:
        """One experiment.

        Args:
            name: Which.

        Returns:
            It.

        Raises:
            UnknownIdError: If there is none.
        """
        found = self._inside.breaker.call(self._inside.space.experiments.get, name)
        if found is None:
            raise UnknownIdError(f"no experiment has the name {name!r}")
        return found

    def put_experiment(self, experiment: Experiment, *, actor: str = "") -> Experiment:
        """Draft an experiment, or change one that has not begun.

        Args:
            experiment: Its name, kind, arms, metric and horizon; status and times are given
                here. Settings of an arm: ``source`` (who ranks), ``diversity`` (0 to 1),
                ``explore`` (share of places).
            actor: Who does so, for the audit log.

        Returns:
            The draft.

        Raises:
            InputError: If the arms make no sense.
            ConflictError: If it has begun.
        """
        inside = self._inside
        self._check_draft(experiment)
        before = inside.breaker.call(inside.space.experiments.get, experiment.name)
        if before is not None and before.status != "draft":
            raise ConflictError("the experiment has begun", got=before.status)
        draft = replace(
            experiment,
            status="draft",
            salt=experiment.salt or (before.salt if before else "") or secrets.token_hex(8),
            created_s=inside.clock.now_s() if before is None else before.created_s,
            started_s=None,
            stopped_s=None,
        )
        kept = inside.breaker.call(inside.space.experiments.put, draft)
        inside.note(actor, "experiment.put", experiment.name)
        return kept

    def start_experiment(self, name: str, *, actor: str = "") -> Experiment:
        """Begin; from the next answers on people are in their arms, in every process.

        Args:
            name: Which.
            actor: Who does so, for the audit log.

        Returns:
            It, running.

        Raises:
            ConflictError: If it has begun before, or another interleaving runs.
        """
        found = self.experiment(name)
        if found.status != "draft":
            raise ConflictError("the experiment has begun before", got=found.status)
        if found.kind == "interleaving" and self._inside.trying.interleaving is not None:
            raise ConflictError("another interleaving runs: a list has room for one")
        changed = replace(found, status="running", started_s=self._inside.clock.now_s())
        return self._changed(changed, actor, "experiment.start")

    def stop_experiment(self, name: str, *, actor: str = "") -> Experiment:
        """End; everybody gets what everybody gets again.

        Args:
            name: Which.
            actor: Who does so, for the audit log.

        Returns:
            It, stopped.

        Raises:
            ConflictError: If it does not run.
        """
        found = self.experiment(name)
        if found.status != "running":
            raise ConflictError("the experiment does not run", got=found.status)
        changed = replace(found, status="stopped", stopped_s=self._inside.clock.now_s())
        return self._changed(changed, actor, "experiment.stop")

    def delete_experiment(self, name: str, *, actor: str = "") -> None:
        """Take an experiment away; what was shown in it stays in the impressions.

        Args:
            name: Which.
            actor: Who does so, for the audit log.
        """
        inside = self._inside
        self.experiment(name)
        inside.breaker.call(inside.space.experiments.delete, name)
        inside.trying = Trying.read(inside.space)
        inside.note(actor, "experiment.delete", name)

    def exploration(self) -> Exploration:
        """How much is left to chance for everybody.

        Returns:
            The settings; off unless somebody set them.
        """
        return self._inside.trying.exploration

    def set_exploration(self, exploration: Exploration, *, actor: str = "") -> Exploration:
        """Change how much is left to chance, in every process.

        Args:
            exploration: The settings.
            actor: Who does so, for the audit log.

        Returns:
            What holds now.
        """
        inside = self._inside
        values = exploration.model_dump(mode="json")
        inside.breaker.call(inside.space.facts.put, EXPLORATION, values)
        inside.trying = Trying.read(inside.space)
        inside.note(actor, "exploration.set", "", **values)
        return exploration

    def _changed(self, experiment: Experiment, actor: str, action: str) -> Experiment:
        inside = self._inside
        kept = inside.breaker.call(inside.space.experiments.put, experiment)
        inside.trying = Trying.read(inside.space)
        inside.note(actor, action, experiment.name)
        return kept

    def _check_draft(self, experiment: Experiment) -> None:
        if experiment.metric not in METRICS:
            raise InputError(
                "there is no such metric", expected=", ".join(METRICS), got=experiment.metric
            )
        if len(experiment.arms) < 2:
            raise InputError("an experiment needs two arms or more", got=len(experiment.arms))
        if experiment.kind == "interleaving" and len(experiment.arms) != 2:
            raise InputError("interleaving compares two arms", got=len(experiment.arms))
        weights_of(experiment)
        for arm in experiment.arms.values():
            self._check_arm(arm)

    def _check_arm(self, arm: Arm) -> None:
        strange = [name for name in arm.settings if name not in _SETTINGS]
        if strange:
            raise InputError(
                "an arm has a setting nobody knows", expected=", ".join(_SETTINGS), got=strange[0]
            )
        sources = [one.name for one in self._inside.serving.recommender.pipeline.sources]
        source = arm.settings.get("source")
        if source is not None and source not in (*sources, "fusion"):
            raise InputError("there is no such source", expected=", ".join(sources), got=source)
        for name in ("diversity", "explore"):
            value: Any = arm.settings.get(name, 0.0)
            if not isinstance(value, int | float) or not 0 <= value <= 1:
                raise InputError(f"{name} of an arm is no share", expected="0 to 1", got=value)
