"""Settings chosen on validation people only, every model with the same right to be tuned."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from foretaste.core import Dataset, stream
from foretaste.core.errors import InputError
from foretaste.evaluate.context import Context, measured
from foretaste.evaluate.protocols import Splits
from foretaste.evaluate.scoring import ask
from foretaste.measure import LOWER_IS_BETTER, RATING, parse
from foretaste.models import GRIDS, Popularity

__all__ = ["Progress", "Tuned", "baseline_grids", "tuned"]

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done, and how many there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """The outcome of a search: which settings to use where.

    Attributes:
        best: Best settings over all cases (mean of the metric over the cases).
        by_case: Best settings of each case by its name.
        metric: What was compared.
        trials: For each settings of the grid: its values, and the metric by case.
        seconds: Time of the whole search.
    """

    best: Any
    by_case: Mapping[str, Any]
    metric: str
    trials: tuple[tuple[Mapping[str, Any], Mapping[str, float]], ...]
    seconds: float

    def settings(self, case: str, *, per_case: bool = True) -> Any:
        """Which settings to use.

        Args:
            case: Name of the case.
            per_case: Allow every case its own; else the best over all.

        Returns:
            The settings.
        """
        return self.by_case.get(case, self.best) if per_case else self.best


def tuned(
    grid: Sequence[Any],
    dataset: Dataset,
    protocol: Splits,
    *,
    metric: str = "ndcg@10",
    seed: int = 0,
    name: str = "model",
    progress: Progress | None = None,
) -> Tuned:
    """Fit every settings of a grid and keep the best on the protocol's validation part.

    Args:
        grid: Settings, each able to ``fit``; one alone is taken as it is, without fitting.
        dataset: The whole data (the protocol hides what must be hidden).
        protocol: How it is divided.
        metric: What decides.
        seed: Of anything random in fitting.
        name: What to call the model.
        progress: Told of every step.

    Returns:
        The choice and every trial.

    Raises:
        InputError: If the grid is empty, or has a choice and nothing to choose by.
    """
    if not grid:
        raise InputError("an empty grid", where=name, remedy="Give at least one settings object")
    wanted = parse(metric)
    start_s = time.perf_counter()
    if len(grid) == 1:
        return Tuned(grid[0], {}, str(wanted), (), 0.0)
    table: list[dict[str, list[float]]] = [{} for _ in grid]
    for fold in protocol.folds(dataset, "validation"):
        context = Context(fold.train)
        for place, settings in enumerate(grid):
            if progress is not None:
                progress(f"tuning {name}", place, len(grid))
            fitted = settings.fit(fold.train, rng=stream(seed, "fit", name, fold.name))
            for case in fold.cases:
                k = wanted.k or 1
                outcome = ask(fitted, case, k, model=name, want_auc=wanted.base == "auc")
                found = measured([wanted], case, outcome, context).get(str(wanted))
                if found is not None:
                    table[place].setdefault(case.name, []).append(float(np.nanmean(found)))
    sign = -1.0 if wanted.base in LOWER_IS_BETTER else 1.0
    cases = list(dict.fromkeys(case for one in table for case in one))
    if not cases:
        hint = "a model that predicts ratings" if wanted.base in RATING else "validation people"
        raise InputError("nothing to choose by", expected=hint, where=name)
    means = [{case: float(np.mean(one[case])) for case in one} for one in table]
    overall = [sign * float(np.mean([one[case] for case in cases])) for one in means]
    by_case = {case: grid[int(np.argmax([sign * one[case] for one in means]))] for case in cases}
    trials = tuple((_values(settings), mean) for settings, mean in zip(grid, means, strict=True))
    seconds = time.perf_counter() - start_s
    return Tuned(grid[int(np.argmax(overall))], by_case, str(wanted), trials, seconds)


def _values(settings: Any) -> Mapping[str, Any]:
    dump = getattr(settings, "model_dump", None)
    values: Mapping[str, Any] = dump(mode="json") if dump is not None else {"it": repr(settings)}
    return values


def baseline_grids(*, timed: bool = True, quick: bool = False) -> dict[str, tuple[Any, ...]]:
    """Grids of the baselines that every claim is compared with.

    Args:
        timed: The data has times, so that popularity may fade.
        quick: Only the default settings of each: for trying things out.

    Returns:
        By name of the model; :data:`foretaste.models.GRIDS` where not quick.
    """
    if quick:
        return {name: (type(grid[0])(),) for name, grid in GRIDS.items()}
    grids: dict[str, tuple[Any, ...]] = dict(GRIDS)
    if not timed:
        grids["popularity"] = (Popularity(),)
    return grids
