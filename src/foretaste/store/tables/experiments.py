"""Comparisons of arms: what is tried on whom."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, get_args

import sqlalchemy as sa

from foretaste.core.errors import InputError
from foretaste.store.records import Arm, Experiment
from foretaste.store.records.office import ExperimentKind, ExperimentStatus
from foretaste.store.schema import experiments
from foretaste.store.tables.base import (
    Bound,
    bump,
    checked_id,
    checked_json,
    checked_text,
    lock,
    upsert,
)

__all__ = ["ExperimentTable"]


class ExperimentTable(Bound):
    """Experiments of one workspace; a change counts as a change of facts."""

    def put(self, experiment: Experiment) -> Experiment:
        """Keep an experiment whole; one of the same name is replaced.

        Args:
            experiment: The experiment; when it was made is given by the store unless it is said.

        Returns:
            What is kept.

        Raises:
            InputError: If a name, an arm or the kind cannot be kept.
            LimitError: If a name or the arms are too large.
        """
        row = self.checked(experiment)
        with self.database.write() as connection:
            lock(connection, self.workspace, "facts")
            before = connection.execute(self._one(experiment.name)).first()
            if not row["created_s"]:
                row["created_s"] = before.created_s if before else self.clock.now_s()
            if before is None or _experiment(before) != _of_row(row):
                upsert(connection, experiments, [row], ["workspace", "name"])
                bump(connection, self.workspace, "facts")
        return _of_row(row)

    def get(self, name: str) -> Experiment | None:
        """One experiment.

        Args:
            name: Its name.

        Returns:
            The experiment, or ``None``.
        """
        with self.database.read() as connection:
            row = connection.execute(self._one(name)).first()
        return None if row is None else _experiment(row)

    def all(self) -> list[Experiment]:
        """Every experiment.

        Returns:
            In the order they were made.
        """
        query = (
            sa.select(experiments)
            .where(experiments.c.workspace == self.workspace)
            .order_by(experiments.c.created_s, experiments.c.name)
        )
        with self.database.read() as connection:
            return [_experiment(row) for row in connection.execute(query)]

    def delete(self, name: str) -> bool:
        """Take an experiment away; what was shown in it stays in the impressions.

        Args:
            name: Its name.

        Returns:
            Whether it was there.
        """
        mine = experiments.c.workspace == self.workspace
        statement = sa.delete(experiments).where(mine, experiments.c.name == name)
        with self.database.write() as connection:
            lock(connection, self.workspace, "facts")
            gone = connection.execute(statement).rowcount > 0
            if gone:
                bump(connection, self.workspace, "facts")
        return gone

    def _one(self, name: str) -> sa.Select[Any]:
        mine = experiments.c.workspace == self.workspace
        return sa.select(experiments).where(mine, experiments.c.name == name)

    def checked(self, experiment: Experiment) -> dict[str, Any]:
        """Columns of an experiment, if it can be kept.

        Args:
            experiment: The experiment.

        Returns:
            Values by column.

        Raises:
            InputError: If a name, an arm or the kind cannot be kept.
            LimitError: If a name or the arms are too large.
        """
        checked_id(experiment.name, "experiment name")
        for value, known in (
            (experiment.kind, get_args(ExperimentKind)),
            (experiment.status, get_args(ExperimentStatus)),
        ):
            if value not in known:
                raise InputError(
                    "no such experiment", expected=" or ".join(known), got=value,
                    where=experiment.name,
                )  # fmt: skip
        for name, arm in experiment.arms.items():
            checked_id(name, "arm name")
            if not arm.weight >= 0:
                raise InputError("an arm's weight is 0 or more", got=arm.weight, where=name)
        arms = {name: asdict(replace(arm, settings=dict(arm.settings)))
                for name, arm in experiment.arms.items()}  # fmt: skip
        return {
            **{name: getattr(experiment, name) for name in _PLAIN},
            "salt": checked_text(experiment.salt, "salt", 1_000),
            "metric": checked_text(experiment.metric, "metric", 1_000),
            "arms": checked_json(arms, "experiment's arms"),
            "workspace": self.workspace,
        }


_PLAIN = ("name", "kind", "status", "created_s", "started_s", "stopped_s", "horizon")
_ALL = (*_PLAIN, "salt", "metric")


def _of_row(row: dict[str, Any]) -> Experiment:
    arms = {name: Arm(**arm) for name, arm in row["arms"].items()}
    return Experiment(arms=arms, **{name: row[name] for name in _ALL})


def _experiment(row: Any) -> Experiment:
    return _of_row(dict(row._mapping))
