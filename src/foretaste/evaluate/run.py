"""The use of everything in this room: fit, ask, measure, compare, report."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from foretaste.core import Dataset, stream
from foretaste.core.errors import InputError, UnknownNameError
from foretaste.evaluate.card import make_card, peak_memory_mb, reset_peak_memory
from foretaste.evaluate.case import Case, Fold
from foretaste.evaluate.compare import compare_all
from foretaste.evaluate.context import Context
from foretaste.evaluate.gathering import Gathering
from foretaste.evaluate.leakage import fitted_findings, lint, refuse
from foretaste.evaluate.protocols import Splits
from foretaste.evaluate.report import Report
from foretaste.evaluate.scoring import ask, one_by_one_ms
from foretaste.evaluate.tuning import Progress, Tuned
from foretaste.measure import BEYOND, list_change, parse

__all__ = ["evaluate"]

_LATENCY_PEOPLE = 50


def evaluate(
    dataset: Dataset,
    protocol: Splits,
    models: Mapping[str, Any],
    *,
    metrics: Iterable[str] | None = None,
    seed: int = 0,
    focus: str | None = None,
    group_by: str | None = None,
    latency: bool = False,
    repeats: int = 1,
    check_leakage: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Fit every model on the protocol's training parts, ask every case, measure, compare.

    All candidates are ranked, what is already known of a person is never ranked, ties go by
    row. Models are fitted one at a time and dropped, so memory is that of the largest.

    Args:
        dataset: The whole data.
        protocol: How it is divided; see :func:`foretaste.evaluate.protocol`.
        models: By name, settings with the verb ``fit``, or what :func:`tuned` chose (then
            every case may have its own settings).
        metrics: Names as :func:`foretaste.measure.parse` reads them; those usual with the
            protocol when left out. The first one that is measured per person is what systems
            are compared by.
        seed: Of anything random in fitting, and of the bootstrap.
        focus: Compare this model with the best of the others; see :func:`compare_all`.
        group_by: A people's attribute: report the gap of the first metric between its values,
            and how much lists change when it is not told.
        latency: Time lists one person at a time (50 people of the last case).
        repeats: Fit so many times with other seeds and average each person's metric: 5 or
            more for a claim about anything random.
        check_leakage: Refuse to measure when the split or a model knows the answers.
        progress: Told of every step.

    Returns:
        The report.

    Raises:
        InputError: If there is no metric or no model.
    """
    names = [parse(metric) for metric in (protocol.metrics if metrics is None else metrics)]
    if not names or not models:
        raise InputError("nothing to measure", expected="at least one metric and one model")
    reset_peak_memory()
    start_s = time.perf_counter()
    gathering = Gathering(names, None if group_by is None else _groups(dataset, group_by))
    run = _Run(dataset, models, range(seed, seed + repeats), latency, check_leakage, progress)
    for fold in protocol.folds(dataset):
        run.fold(fold, f"{protocol.name}, {fold.name}", gathering)
    return _report(dataset, protocol, models, gathering, run, focus, start_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """What stays the same over the folds of one evaluation."""

    dataset: Dataset
    models: Mapping[str, Any]
    seeds: range
    latency: bool
    check_leakage: bool
    progress: Progress | None

    def fold(self, fold: Fold, where: str, gathering: Gathering) -> None:
        """Fit every model on one training part and keep what it answers."""
        gathering.expect(fold)
        if self.check_leakage:
            seen = lint(fold, self.dataset)
            refuse(seen, where)
            gathering.findings += [one for one in seen if one not in gathering.findings]
        context = Context(fold.train)
        for place, (name, settings) in enumerate(self.models.items()):
            if self.progress is not None:
                self.progress(f"{fold.name}: {name}", place, len(self.models))
            for fitted, cases in _fits(name, settings, fold, self.seeds, gathering):
                if self.check_leakage:
                    refuse(fitted_findings(name, fitted, fold, self.dataset), where)
                _ask_all(name, fitted, cases, context, gathering, self.latency)


def _report(
    dataset: Dataset,
    protocol: Splits,
    models: Mapping[str, Any],
    gathering: Gathering,
    run: _Run,
    focus: str | None,
    start_s: float,
) -> Report:
    seed = run.seeds.start
    people = gathering.people()
    there = {metric for _, _, metric in people}
    compared = [str(n) for n in gathering.names if n.base not in BEYOND and str(n) in there][:1]
    comparisons = compare_all(people, compared, focus=focus, seed=seed)
    chosen = {n: _choice(s) for n, s in models.items() if isinstance(s, Tuned) and s.trials}
    card = make_card(
        dataset,
        protocol,
        {name: _describe(settings) for name, settings in models.items()},
        seeds={"run": seed, "repeats": len(run.seeds)},
        seconds=time.perf_counter() - start_s,
        peak_mb=max([peak_memory_mb(), *(c["peak_memory_mb"] for c in gathering.costs.values())]),
    )
    return Report(
        rows=gathering.rows(people, seed),
        comparisons=comparisons,
        groups=gathering.gaps(people),
        ratings=gathering.tables(),
        costs=gathering.costs,
        chosen=chosen,
        findings=tuple(gathering.findings),
        notes=tuple(gathering.notes),
        card=card,
        people=people,
    )


def _fits(
    name: str, settings: Any, fold: Fold, seeds: Iterable[int], gathering: Gathering
) -> Iterable[tuple[Any, list[Case]]]:
    """Fit each distinct settings once per seed and say which cases it answers."""
    wanted: dict[str, tuple[Any, list[Case]]] = {}
    for case in fold.cases:
        one = settings.settings(case.name) if isinstance(settings, Tuned) else settings
        wanted.setdefault(_digest(one), (one, []))[1].append(case)
    cost = gathering.costs.setdefault(
        name, {"fit_seconds": 0.0, "score_seconds": 0.0, "peak_memory_mb": 0.0, "fits": 0}
    )
    for seed, (one, cases) in product(seeds, wanted.values()):
        reset_peak_memory()
        start_s = time.perf_counter()
        fitted = one.fit(fold.train, rng=stream(seed, "fit", name, fold.name))
        cost["fit_seconds"] += time.perf_counter() - start_s
        cost["fits"] += 1
        yield fitted, cases
        cost["peak_memory_mb"] = max(cost["peak_memory_mb"], peak_memory_mb())


def _ask_all(
    name: str,
    fitted: Any,
    cases: Sequence[Case],
    context: Context,
    gathering: Gathering,
    latency: bool,
) -> None:
    k = max((metric.k or 1) for metric in gathering.names)
    want_auc = any(metric.base == "auc" for metric in gathering.names)
    cost = gathering.costs[name]
    for case in cases:
        outcome = ask(fitted, case, k, model=name, want_auc=want_auc)
        cost["score_seconds"] += outcome.seconds
        gathering.add(name, case, outcome, context)
        if gathering.groups is not None:
            untold = ask(fitted, _without(case, gathering.groups[0]), k, model=name)
            changed = list_change(outcome.lists, untold.lists)
            gathering.changes[case.name, name].append(float(changed.mean()))
    if latency and "p50_ms" not in cost and cases:
        took = one_by_one_ms(fitted, cases[-1].people[:_LATENCY_PEOPLE], k)
        cost["p50_ms"], cost["p99_ms"] = map(float, np.quantile(took, [0.5, 0.99]))


def _groups(dataset: Dataset, attribute: str) -> tuple[str, list[str | None]]:
    if attribute not in dataset.people_roles:
        raise UnknownNameError("people's attribute", attribute, dataset.people_roles)
    values = dataset.people[attribute].to_list()
    return attribute, [None if value is None else str(value) for value in values]


def _without(case: Case, attribute: str) -> Case:
    people = tuple(
        replace(one, profile={k: v for k, v in one.profile.items() if k != attribute})
        for one in case.people
    )
    return replace(case, people=people, ratings=None)


def _digest(settings: Any) -> str:
    digest = getattr(settings, "digest", None)
    return digest() if callable(digest) else str(id(settings))


def _describe(settings: Any) -> Any:
    if isinstance(settings, Tuned):
        by_case = {case: _describe(one) for case, one in settings.by_case.items()}
        return by_case or _describe(settings.best)
    dump = getattr(settings, "model_dump", None)
    values = dump(mode="json") if callable(dump) else repr(type(settings).__name__)
    return {"kind": type(settings).__name__, "settings": values, "digest": _digest(settings)}


def _choice(settings: Tuned) -> dict[str, Any]:
    return {
        "metric": settings.metric,
        "seconds": settings.seconds,
        "best": _describe(settings.best),
        "trials": [{"settings": values, "by_case": found} for values, found in settings.trials],
    }
