"""An evaluation report, read for the eye: rows by model, the k-shot curve, cells, the run card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from foretaste.console.parts.charts import Estimate, Line, lines, whiskers
from foretaste.console.parts.elements import heading, note, tag
from foretaste.console.parts.tables import count, number

__all__ = ["Table", "draw_cells", "draw_curve", "draw_metrics"]

_TITLES = {
    "global-time": "Everybody's later events",
    "k-shot": "From how little it works",
    "cold-items": "Items nobody has met",
    "cross-validation": "Events held out at random",
    "leave-last-out": "Everybody's last event",
    "strong-generalisation": "People never seen",
}
_WORDS = {
    "ndcg": "how far up the list the right things stand",
    "recall": "share of the right things that are in the list",
    "precision": "share of the list that is right",
    "hit": "share of people with anything right in the list",
    "mrr": "how soon the first right thing comes",
    "map": "precision at each right thing",
    "coverage": "share of the catalogue that is ever shown",
    "auc": "chance that a right thing stands above a wrong one",
    "novelty": "how rarely met what is shown is",
    "mae": "how far predicted ratings are off",
    "rmse": "how far predicted ratings are off, large errors more",
}


class Table:
    """One report as ``Report.to_dict`` writes it.

    Args:
        report: Plain values.
    """

    def __init__(self, report: Mapping[str, Any]) -> None:
        self._report = report
        self.rows: list[Mapping[str, Any]] = list(report.get("rows", []))
        self.metrics = list(dict.fromkeys(str(row["metric"]) for row in self.rows))
        self.models = list(dict.fromkeys(str(row["model"]) for row in self.rows))
        cases = dict.fromkeys(str(row["case"]) for row in self.rows)
        self.cases = [case for case in cases if ": " not in case]
        self.cells = [case for case in cases if ": " in case]
        self.shots = [case for case in self.cases if _shots(case) is not None]

    @property
    def protocol(self) -> str:
        """How it was measured."""
        return str(self._report.get("card", {}).get("protocol", {}).get("name", "evaluation"))

    @property
    def title(self) -> str:
        """What that asks."""
        return _TITLES.get(self.protocol, self.protocol)

    @property
    def notes(self) -> list[str]:
        """What was left out and why."""
        return [str(one) for one in self._report.get("notes", [])]

    def metric_words(self, metric: str) -> str:
        """What a metric says.

        Args:
            metric: Such as ``ndcg@10``.

        Returns:
            Words.
        """
        return _WORDS.get(metric.partition("@")[0].lower(), metric)

    def row(self, case: str, model: str, metric: str) -> Mapping[str, Any] | None:
        """One number.

        Args:
            case: The question, or a cell of it.
            model: Who answered.
            metric: What was measured.

        Returns:
            Its row; ``None`` if there is no such number.
        """
        for row in self.rows:
            if (row["case"], row["model"], row["metric"]) == (case, model, metric):
                return row if row.get("mean") is not None else None
        return None

    def sentences(self, metric: str) -> list[str]:
        """Comparisons in words.

        Args:
            metric: What was measured.

        Returns:
            One sentence each.
        """
        told = []
        for one in self._report.get("comparisons", []):
            if one["metric"] == metric and one.get("difference") is not None:
                verdict = {"better": "is better than", "worse": "is worse than"}.get(
                    one["verdict"], "cannot be told from"
                )
                told.append(
                    f"{_case(one['case'])}{one['model']} {verdict} {one['against']}, by"
                    f" {one['difference']:+.4f} ({one['low']:+.4f} to {one['high']:+.4f},"
                    f" {count(one['n'], 'person', 'people')})."
                    + (" Too few people to claim it." if one["small"] else "")
                )
        return told

    @property
    def card(self) -> dict[str, str]:
        """Run card: what the numbers are traced to."""
        card = self._report.get("card", {})
        data, code = card.get("data", {}), card.get("code", {})
        hardware = card.get("hardware", {})
        told = {
            "Data": f"{data.get('name')} ({data.get('digest')}): {data.get('n_users')} people,"
            f" {data.get('n_items')} items, {data.get('n_events')} events",
            "Audience": str(data.get("simulated") or "real"),
            "Protocol": f"{self.protocol} ({card.get('protocol', {}).get('digest')})",
            "Models": ", ".join(self.models),
            "Code": f"{code.get('version')} ({code.get('digest')})",
            "Machine": f"{hardware.get('processor')}, {hardware.get('cores')} cores",
            "Started": str(card.get("started_utc", "–")),
            "Took": f"{number(card.get('seconds'), 0)} s",
            "Memory": f"{number(card.get('peak_memory_mb'), 0)} MB",
            "Seeds": ", ".join(f"{k} {v}" for k, v in card.get("seeds", {}).items()) or "–",
        }
        return told if card else {}


def draw_metrics(table: Table, metric: str) -> None:
    """Draw each model's number in each case.

    Args:
        table: The report.
        metric: What to show.
    """
    for case in table.cases:
        rows = _estimates(table, case, metric)
        if rows:
            if len(table.cases) > 1:
                heading(3, case)
            whiskers(rows, label=f"{metric} by model: {case}", zero=False, digits=3,
                     span=(0.0, max(one.high for one in rows) * 1.04))  # fmt: skip


def draw_cells(table: Table, metric: str) -> None:
    """Draw the cells of cases, such as warm and cold people, beside each other.

    Args:
        table: The report.
        metric: What to show.
    """
    found = {case: rows for case in table.cells if (rows := _estimates(table, case, metric))}
    if not found:
        return
    top = max(one.high for rows in found.values() for one in rows) * 1.04
    with tag("div", classes="two"):
        for case, rows in found.items():
            with tag("div", classes="stack tight"):
                heading(3, case.partition(": ")[2].capitalize())
                whiskers(rows, label=f"{metric}: {case}", zero=False, digits=3, span=(0.0, top))


def draw_curve(table: Table, metric: str) -> None:
    """Draw a metric over how many events of a person are known.

    Args:
        table: The report.
        metric: What to show.
    """
    series = []
    for model in table.models:
        points: list[tuple[float, float, float] | None] = []
        for case in table.shots:
            row = table.row(case, model, metric)
            points.append(None if row is None else _ends(row))
        if any(point is not None for point in points):
            series.append(Line(model, points))
    if not series:
        return
    places = [str(_shots(case)) for case in table.shots]
    lines(
        series, places, across="events known of a person", up=metric,
        label=f"{metric} of {len(series)} models over the number of events known",
    )  # fmt: skip
    with tag("details", classes="more"):
        tag("summary", "The numbers")
        for case in table.shots:
            heading(3, f"{_shots(case)} events")
            rows = _estimates(table, case, metric)
            if rows:
                whiskers(rows, label=f"{metric}: {case}", zero=False, digits=3,
                         span=(0.0, max(one.high for one in rows) * 1.04))  # fmt: skip
    note("Fewer people have many events: compare models at one place, not one model across.")


def _estimates(table: Table, case: str, metric: str) -> list[Estimate]:
    found = []
    for model in table.models:
        row = table.row(case, model, metric)
        if row is not None:
            mean, low, high = _ends(row)
            n = int(row.get("n") or 0)
            few = ", few" if row.get("small") else ""
            found.append(Estimate(model, mean, low, high, f"{n:,} people{few}" if n else ""))
    return sorted(found, key=lambda one: -one.mean)


def _ends(row: Mapping[str, Any]) -> tuple[float, float, float]:
    mean = float(row["mean"])
    low, high = row.get("low"), row.get("high")
    return mean, mean if low is None else float(low), mean if high is None else float(high)


def _case(case: str) -> str:
    """How a sentence about a case begins; the whole needs no words."""
    shots = _shots(case)
    if shots is not None:
        return f"After {count(shots, 'event')}: "
    whole, _, cell = case.partition(": ")
    return f"{cell.capitalize()}: " if cell else "" if whole == "test" else f"{whole}: "


def _shots(case: str) -> int | None:
    text = case.removeprefix("n=")
    return int(text) if text != case and text.isdigit() else None
