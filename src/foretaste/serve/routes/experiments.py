"""Experiments and exploration: what is tried on real people."""

from __future__ import annotations

import dataclasses

from fastapi import Response

from foretaste.feedback import Exploration
from foretaste.serve.calls import Caller
from foretaste.serve.ids import PlainName
from foretaste.serve.replies import plain, reply
from foretaste.serve.routing import Routes
from foretaste.serve.wire.reports import (
    ExperimentIn,
    ExperimentOut,
    ExperimentResultOut,
    ExperimentsOut,
    ExplorationIn,
    ExplorationOut,
    draft,
)

__all__ = ["ROUTES"]

ROUTES = Routes("experiments")


@ROUTES.add("GET", "/v1/experiments", "experiments", ExperimentsOut)
async def list_experiments(call: Caller) -> Response:
    """Experiments, whatever their state."""
    found = await call.work(call.workspace.experiments)
    return reply({"experiments": [dataclasses.asdict(one) for one in found]})


@ROUTES.add("GET", "/v1/experiments/{name}", "experiments", ExperimentOut, problems=(404, 422))
async def read_experiment(call: Caller, name: PlainName) -> Response:
    """One experiment."""
    return reply(dataclasses.asdict(await call.work(call.workspace.experiment, name)))


@ROUTES.add("PUT", "/v1/experiments/{name}", "experiments", ExperimentOut, problems=(404, 409))
async def put_experiment(call: Caller, name: PlainName, experiment: ExperimentIn) -> Response:
    """Draft an experiment, or change one that has not started."""
    wanted = draft(name, experiment)
    # Settings that do not fit what answers now (a source it has not) contradict what is there.
    found = await call.fitting(call.workspace.put_experiment, wanted, actor=call.actor)
    return reply(dataclasses.asdict(found))


@ROUTES.add(
    "POST", "/v1/experiments/{name}/start", "experiments", ExperimentOut, problems=(404, 409)
)
async def start_experiment(call: Caller, name: PlainName) -> Response:
    """Start: people are assigned from their next answer on, each always to the same arm."""
    found = await call.work(call.workspace.start_experiment, name, actor=call.actor)
    return reply(dataclasses.asdict(found))


@ROUTES.add(
    "POST", "/v1/experiments/{name}/stop", "experiments", ExperimentOut, problems=(404, 409)
)
async def stop_experiment(call: Caller, name: PlainName) -> Response:
    """Stop: everybody sees the same again."""
    found = await call.work(call.workspace.stop_experiment, name, actor=call.actor)
    return reply(dataclasses.asdict(found))


@ROUTES.add(
    "DELETE", "/v1/experiments/{name}", "experiments", None, status=204, problems=(404, 409, 422)
)
async def delete_experiment(call: Caller, name: PlainName) -> Response:
    """Delete an experiment; what was shown and done stays in the log."""
    await call.work(call.workspace.delete_experiment, name, actor=call.actor)
    return Response(status_code=204)


@ROUTES.add(
    "GET",
    "/v1/experiments/{name}/result",
    "experiments",
    ExperimentResultOut,
    problems=(404, 409, 422),
)
async def read_result(call: Caller, name: PlainName) -> Response:
    """What came of it so far: effect with interval, sample ratio, what it means in words."""
    return reply(plain(await call.work(call.workspace.experiment_result, name)))


@ROUTES.add("GET", "/v1/exploration", "experiments", ExplorationOut)
async def read_exploration(call: Caller) -> Response:
    """How much is left to chance."""
    return reply((await call.work(call.workspace.exploration)).model_dump(mode="json"))


@ROUTES.add("PUT", "/v1/exploration", "experiments", ExplorationOut, problems=(409,))
async def change_exploration(call: Caller, exploration: ExplorationIn) -> Response:
    """Say how much is left to chance, from the next answer on."""
    wanted = Exploration.of(exploration.model_dump(), "exploration")
    await call.work(call.workspace.set_exploration, wanted, actor=call.actor)
    return reply((await call.work(call.workspace.exploration)).model_dump(mode="json"))
