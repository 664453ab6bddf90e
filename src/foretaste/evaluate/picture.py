"""Pictures of a report: the k-shot curve, or bars."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from foretaste.evaluate.report import Report, Row

__all__ = ["draw_report"]

_COLOURS = ("#0b6e4f", "#c1440e", "#3d5a80", "#8a6d3b", "#6a4c93", "#7a7a7a", "#b5838d", "#2a9d8f")


def draw_report(report: Report, path: Path, metric: str | None = None) -> None:
    """Draw one metric with its intervals.

    Cases named ``n=0``, ``n=1`` ... become a curve over what is known of a person; others
    become groups of bars.

    Args:
        report: What to draw.
        path: A ``.png``, ``.svg`` or ``.pdf`` file; written aside, then renamed.
        metric: Which; the first one of the report when left out.

    Raises:
        ValueError: If the report has no such metric.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    metric = metric or (report.rows[0].metric if report.rows else "")
    rows = [row for row in report.rows if row.metric == metric]
    if not rows:
        raise ValueError(f"the report has no {metric!r}")
    cases = list(dict.fromkeys(row.case for row in rows))
    figure = Figure(figsize=(7.2, 4.4), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    shots = [case.removeprefix("n=") for case in cases]
    curve = len(cases) > 1 and all(text.isdigit() for text in shots)
    compared = {one.model for one in report.comparisons}
    models = list(dict.fromkeys(row.model for row in rows))
    # the model that the report is about comes first, and so in the first colour
    models.sort(key=lambda model: compared != {model})
    for number, model in enumerate(models):
        mine = {row.case: row for row in rows if row.model == model}
        style = {"color": _COLOURS[number % len(_COLOURS)], "label": model}
        (_line if curve else _bars)(axes, cases, mine, number, style)
    if curve:
        axes.set_xticks(range(len(cases)), shots)
        axes.set_xlabel("events known of a person nobody had met before")
    else:
        axes.set_xticks(range(len(cases)), cases)
    axes.set_ylabel(metric)
    axes.set_ylim(bottom=0)
    name, people = report.card.data["name"], max(row.value.n for row in rows)
    note = f" ({report.card.data['simulated']})" if report.card.data["simulated"] else ""
    axes.set_title(f"{name}{note}: {report.card.protocol['name']}, {people:,} people", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    aside = path.with_name(f"{path.stem}.part{path.suffix}")
    figure.savefig(aside)
    os.replace(aside, path)


def _ends(cases: list[str], mine: dict[str, Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    nothing = (np.nan, np.nan, np.nan)
    values = [
        (v.mean, v.low, v.high) if (v := getattr(mine.get(case), "value", None)) else nothing
        for case in cases
    ]
    mean, low, high = np.array(values, float).T
    return mean, low, high


def _line(axes: Any, cases: list[str], mine: dict[str, Row], _: int, style: dict[str, Any]) -> None:
    mean, low, high = _ends(cases, mine)
    places = np.arange(len(cases))
    axes.plot(places, mean, marker="o", markersize=3.5, linewidth=1.6, **style)
    axes.fill_between(places, low, high, color=style["color"], alpha=0.12, linewidth=0)


def _bars(
    axes: Any, cases: list[str], mine: dict[str, Row], number: int, style: dict[str, Any]
) -> None:
    mean, low, high = _ends(cases, mine)
    places = np.arange(len(cases)) + 0.12 * number
    error = np.nan_to_num(np.array([mean - low, high - mean]))
    axes.bar(places, mean, width=0.11, yerr=np.maximum(error, 0), error_kw={"lw": 0.8}, **style)
