"""The use of everything in this room: fit, ask, measure, compare, report."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from foretaste.core import Dataset, FloatArray, stream
from foretaste.evaluate.card import make_card, peak_memory_mb, reset_peak_memory
from foretaste.evaluate.case import Case, Fold
from foretaste.evaluate.compare import compare_all
from foretaste.evaluate.context import Context, measured
from foretaste.evaluate.leakage import Finding, fitted_findings, lint, refuse
from foretaste.evaluate.protocols import Splits
from foretaste.evaluate.report import PersonValues, Report, Row
from foretaste.evaluate.scoring import Outcome, ask, one_by_one_ms
from foretaste.evaluate.tuning import Progress, Tuned
from foretaste.measure import (
    BEYOND,
    RATING,
    Interval,
    MetricName,
    confusion,
    group_gap,
    interval,
    parse,
)

__all__ = ["evaluate"]

_LATENCY_PEOPLE = 50
_Key = tuple[str, str, str]


@dataclass(eq=False)
class _Gathering:
    """Collects over folds; its ``build`` makes the report's parts."""

    names: Sequence[MetricName]
    group_by: str | None
    single: dict[_Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[_Key, list[PersonValues]] = field(default_factory=lambda: defaultdict(list))
    rated: dict[str, list[tuple[FloatArray, FloatArray]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    costs: dict[str, dict[str, float]] = field(default_factory=dict)
    groups: dict[int, str | None] = field(default_factory=dict)

    def add(self, model: str, case: Case, outcome: Outcome, context: Context) -> None:
        """Measure one answer and keep the numbers."""
        for metric, values in measured(self.names, case, outcome, context).items():
            if values.ndim == 0:
                self.single[case.name, model, metric].append(float(values))
                continue
            cells = {"": np.ones(len(case), bool), **case.cells}
            for cell, mask in cells.items():
                if not mask.any():
                    continue
                name = f"{case.name}: {cell}" if cell else case.name
                kept = PersonValues(case.user_rows[mask], values[mask])
                self.parts[name, model, metric].append(kept)
        if outcome.predicted is not None and case.ratings is not None:
            self.rated[model].append((case.ratings.values, outcome.predicted))
        if self.group_by is not None:
            for user_row, evidence in zip(case.user_rows, case.people, strict=True):
                value = evidence.profile.get(self.group_by)
                self.groups[int(user_row)] = None if value is None else str(value)

    def people(self) -> dict[_Key, PersonValues]:
        """One number per person: the mean where somebody was asked in several folds."""
        return {key: _by_person(parts) for key, parts in self.parts.items()}


def evaluate(
    dataset: Dataset,
    protocol: Splits,
    models: Mapping[str, Any],
    *,
    metrics: Iterable[str] = ("ndcg@10", "recall@20", "hit@10", "mrr@10", "coverage@10"),
    seed: int = 0,
    focus: str | None = None,
    group_by: str | None = None,
    latency: bool = False,
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
        metrics: Names as :func:`foretaste.measure.parse` reads them; the first one that is
            measured per person is what systems are compared by.
        seed: Of anything random in fitting, and of the bootstrap.
        focus: Compare this model with the best of the others; see :func:`compare_all`.
        group_by: A people's attribute: report the gap of the first metric between its values.
        latency: Time lists one person at a time (the first 50 people of the first case).
        check_leakage: Refuse to measure when the split or a model knows the answers.
        progress: Told of every step.

    Returns:
        The report.
    """
    names = [parse(metric) for metric in metrics]
    reset_peak_memory()
    start_s = time.perf_counter()
    gathering = _Gathering(names, group_by)
    findings: list[Finding] = []
    notes: list[str] = []
    described: dict[str, Any] = {}
    for fold in protocol.folds(dataset):
        notes += [note for note in fold.notes if note not in notes]
        if check_leakage:
            seen = lint(fold, dataset)
            refuse(seen, f"{protocol.name}, {fold.name}")
            findings += [finding for finding in seen if finding not in findings]
        context = Context(fold.train)
        for place, (name, settings) in enumerate(models.items()):
            if progress is not None:
                progress(f"{fold.name}: {name}", place, len(models))
            described[name] = _describe(settings)
            for fitted, cases in _fits(name, settings, fold, seed, gathering):
                if check_leakage:
                    refuse(fitted_findings(name, fitted, fold, dataset), fold.name)
                _ask_all(name, fitted, cases, context, gathering, latency)
    people = gathering.people()
    compared = [str(name) for name in names if name.base not in BEYOND][:1]
    comparisons = compare_all(people, compared, focus=focus, seed=seed)
    chosen = {n: _choice(s) for n, s in models.items() if isinstance(s, Tuned) and s.trials}
    card = make_card(
        dataset,
        protocol,
        described,
        seeds={"run": seed},
        seconds=time.perf_counter() - start_s,
        peak_mb=max([peak_memory_mb(), *(c["peak_memory_mb"] for c in gathering.costs.values())]),
    )
    return Report(
        rows=_rows(gathering, people, seed),
        comparisons=comparisons,
        groups=_gaps(gathering, people, group_by),
        ratings=_tables(gathering, names),
        costs=gathering.costs,
        chosen=chosen,
        findings=tuple(findings),
        notes=tuple(notes),
        card=card,
        people=people,
    )


def _fits(
    name: str, settings: Any, fold: Fold, seed: int, gathering: _Gathering
) -> Iterable[tuple[Any, list[Case]]]:
    """Fit each distinct settings once and say which cases it answers."""
    wanted: dict[str, tuple[Any, list[Case]]] = {}
    for case in fold.cases:
        one = settings.settings(case.name) if isinstance(settings, Tuned) else settings
        wanted.setdefault(_digest(one), (one, []))[1].append(case)
    cost = gathering.costs.setdefault(
        name, {"fit_seconds": 0.0, "score_seconds": 0.0, "peak_memory_mb": 0.0, "fits": 0}
    )
    for one, cases in wanted.values():
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
    gathering: _Gathering,
    latency: bool,
) -> None:
    k = max((metric.k or 1) for metric in gathering.names)
    want_auc = any(metric.base == "auc" for metric in gathering.names)
    cost = gathering.costs[name]
    for case in cases:
        outcome = ask(fitted, case, k, model=name, want_auc=want_auc)
        cost["score_seconds"] += outcome.seconds
        gathering.add(name, case, outcome, context)
    if latency and "p50_ms" not in cost and cases:
        took = one_by_one_ms(fitted, cases[-1].people[:_LATENCY_PEOPLE], k)
        cost["p50_ms"], cost["p99_ms"] = map(float, np.quantile(took, [0.5, 0.99]))


def _by_person(parts: Sequence[PersonValues]) -> PersonValues:
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate([part.user_rows for part in parts])
    values = np.concatenate([part.values for part in parts])
    rows, values = rows[~np.isnan(values)], values[~np.isnan(values)]
    people, place = np.unique(rows, return_inverse=True)
    return PersonValues(people, np.bincount(place, values) / np.bincount(place))


def _rows(gathering: _Gathering, people: Mapping[_Key, PersonValues], seed: int) -> tuple[Row, ...]:
    found = [
        Row(case, model, metric, interval(values.values, seed=seed))
        for (case, model, metric), values in people.items()
    ]
    asked = {case: len(v.user_rows) for (case, _, _), v in people.items()}
    for (case, model, metric), singles in gathering.single.items():
        mean = float(np.mean(singles))
        n = asked.get(case, 0)
        found.append(Row(case, model, metric, Interval(mean, float("nan"), float("nan"), n)))
    order = [str(name) for name in gathering.names]
    return tuple(sorted(found, key=lambda row: order.index(row.metric)))


def _gaps(
    gathering: _Gathering, people: Mapping[_Key, PersonValues], group_by: str | None
) -> dict[str, Any]:
    if group_by is None:
        return {}
    found: dict[str, Any] = {}
    for (case, model, metric), values in people.items():
        if metric != str(gathering.names[0]):
            continue
        labels = [gathering.groups.get(int(row)) for row in values.user_rows]
        gap, table = group_gap(values.values, labels)
        found[f"{model} | {case}"] = {
            "metric": metric,
            "by": group_by,
            "gap": gap,
            "groups": {name: {"mean": mean, "n": n} for name, (mean, n) in table.items()},
        }
    return found


def _tables(gathering: _Gathering, names: Sequence[MetricName]) -> dict[str, Any]:
    if not any(name.base in RATING for name in names):
        return {}
    every = [actual for parts in gathering.rated.values() for actual, _ in parts]
    scale = np.unique(np.concatenate(every)) if every else np.empty(0)
    found = {}
    for model, parts in gathering.rated.items():
        counts = sum(confusion(actual, predicted, scale)[1] for actual, predicted in parts)
        found[model] = {"scale": scale, "actual_by_predicted": counts}
    return found


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
