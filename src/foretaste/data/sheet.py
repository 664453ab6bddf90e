"""A readable sheet about a dataset, with a picture."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from foretaste.core import Dataset
from foretaste.core.errors import StorageError
from foretaste.data.splits import has_clock

__all__ = ["Sheet", "describe"]


@dataclass(frozen=True)
class Sheet:
    """What there is, in numbers.

    Attributes:
        name: Of the data.
        simulated: What to call the audience if it is not real.
        counts: Events, people, items, people and items with events, triples, remarks.
        density: Share of all pairs of person and item that have an event.
        kinds: Events by kind.
        signals: Events liked, neutral, disliked.
        ratings: Events by rating; empty without ratings.
        history: Events per person at the 0, 25, 50, 75 and 100 % points.
        popularity: Share of events on the most popular 1, 10 and 50 % of items with events.
        first_utc: The earliest event, ISO 8601; ``None`` without a clock.
        last_utc: The latest event.
        by_month: Events per month, ``YYYY-MM``.
        columns: For items and people: role, share filled, distinct values, examples.
        history_bins: Edges of bins of events per person, widening with the logarithm.
        history_people: People in each bin.
        curve_ranks: Some ranks of items, most popular first, widening with the logarithm.
        curve_events: Events of the item at each of these ranks.
    """

    name: str
    simulated: str | None
    counts: dict[str, int]
    density: float
    kinds: dict[str, int]
    signals: dict[str, int]
    ratings: dict[str, int]
    history: dict[str, float]
    popularity: dict[str, float]
    first_utc: str | None
    last_utc: str | None
    by_month: dict[str, int]
    columns: dict[str, dict[str, dict[str, Any]]]
    history_bins: list[float]
    history_people: list[int]
    curve_ranks: list[int]
    curve_events: list[int]

    def to_json(self) -> str:
        """The sheet as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def __str__(self) -> str:
        counts = self.counts
        lines = [
            f"{self.name}" + (f" ({self.simulated})" if self.simulated else ""),
            "",
            *(f"{name:24}{count:>14,}" for name, count in counts.items()),
            f"{'density':24}{self.density:>14.4%}",
            f"{'time':24}{self.first_utc or 'no common clock'}"
            + (f" to {self.last_utc}" if self.last_utc else ""),
            "",
            "events per person   " + _row(self.history, "{:,.0f}"),
            "share of events on the most popular items   " + _row(self.popularity, "{:.0%}"),
            "kinds     " + _row(self.kinds, "{:,}"),
            "signals   " + _row(self.signals, "{:,}"),
        ]
        if self.ratings:
            lines.append("ratings   " + _row(self.ratings, "{:,}"))
        for table, columns in self.columns.items():
            if columns:
                lines += ["", f"{table:24}{'role':12}{'filled':>8}{'distinct':>10}  for example"]
            for name, facts in columns.items():
                lines.append(
                    f"  {name[:21]:22}{facts['role'] or '-':12}{facts['filled']:>8.0%}"
                    f"{facts['distinct']:>10,}  {'; '.join(facts['examples'])}"
                )
        return "\n".join(lines)

    def picture(self, path: str | Path) -> Path:
        """Draw events over time, the popularity curve, history lengths and ratings.

        Args:
            path: Where; the ending chooses the format (``.png``, ``.svg``, ``.pdf``).

        Returns:
            The path.

        Raises:
            StorageError: If it cannot be written.
        """
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(11, 7), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(2, 2).ravel()
        title = self.name + (f" ({self.simulated})" if self.simulated else "")
        figure.suptitle(title)
        if self.by_month:
            axes[0].bar(range(len(self.by_month)), list(self.by_month.values()), width=1.0)
            ticks = np.unique(np.linspace(0, len(self.by_month) - 1, 6).astype(int))
            axes[0].set_xticks(ticks, [list(self.by_month)[tick] for tick in ticks])
            axes[0].set(title="Events per month")
        else:
            axes[0].set_axis_off()
            axes[0].set(title="No common clock")
        axes[1].loglog(self.curve_ranks, np.maximum(self.curve_events, 0.5))
        axes[1].set(title="Popularity", xlabel="item, most popular first", ylabel="events")
        axes[2].stairs(self.history_people, self.history_bins, fill=True)
        axes[2].set_xscale("log")
        axes[2].set(title="Events per person", xlabel="events", ylabel="people")
        shown = self.ratings or self.kinds
        axes[3].bar(list(shown), list(shown.values()))
        axes[3].set(title="Ratings" if self.ratings else "Kinds of events")
        target = Path(path)
        aside = target.with_name(f".{target.name}.writing{target.suffix}")
        try:
            figure.savefig(aside, dpi=120)
            aside.replace(target)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise StorageError(
                "the picture could not be written", where=str(target), got=str(error)
            ) from error
        return target


def describe(dataset: Dataset) -> Sheet:
    """Count what there is.

    Use :func:`foretaste.data.check` for what is wrong with it.

    Args:
        dataset: The data.

    Returns:
        The sheet.
    """
    table = dataset.interactions
    lengths = np.bincount(table["user_row"].to_numpy(), minlength=dataset.n_users)
    items = np.sort(np.bincount(table["item_row"].to_numpy(), minlength=dataset.n_items))[::-1]
    active, touched = int((lengths > 0).sum()), int((items > 0).sum())
    said = np.bincount(np.sign(table["signal"].to_numpy()).astype(int) + 1, minlength=3)
    points = np.percentile(lengths[lengths > 0], [0, 25, 50, 75, 100]) if active else np.zeros(5)
    pairs = table.select("user_row", "item_row").n_unique() if len(table) else 0
    first, last, months = _calendar(dataset)
    steps = _steps(int(lengths.max(initial=1)))
    ranks = np.unique(np.geomspace(1, max(len(items), 1), 200).astype(int))[: len(items)]
    return Sheet(
        name=dataset.name,
        simulated=dataset.simulated,
        counts={
            "events": len(table),
            "people": dataset.n_users,
            "people with events": active,
            "items": dataset.n_items,
            "items with events": touched,
            "triples": 0 if dataset.knowledge is None else len(dataset.knowledge),
            "remarks": 0 if dataset.remarks is None else len(dataset.remarks),
        },
        density=pairs / max(dataset.n_users * dataset.n_items, 1),
        kinds={
            kind: int((table["kind"] == code).sum()) for code, kind in enumerate(dataset.kinds)
        },
        signals=dict(zip(("disliked", "neutral", "liked"), said.tolist(), strict=True)),
        ratings=_ratings(dataset),
        history=dict(zip(("least", "25 %", "median", "75 %", "most"), map(float, points),
                         strict=True)),
        popularity={
            f"{share:.0%}": float(items[: max(1, int(share * touched))].sum() / max(len(table), 1))
            for share in (0.01, 0.1, 0.5)
        },
        first_utc=first,
        last_utc=last,
        by_month=months,
        columns={
            "items": _columns(dataset.items, "item_id", dict(dataset.item_roles)),
            "people": _columns(dataset.people, "user_id", dict(dataset.people_roles)),
        },
        history_bins=steps.tolist(),
        history_people=np.histogram(lengths[lengths > 0], steps)[0].tolist(),
        curve_ranks=ranks.tolist(),
        curve_events=items[ranks - 1].tolist(),
    )  # fmt: skip


def _steps(longest: int) -> NDArray[np.float64]:
    """Edges of bins that widen with the logarithm but never split a whole number."""
    edges: NDArray[np.float64] = np.unique(np.geomspace(1, longest + 1, 30).round()) - 0.5
    return edges


def _ratings(dataset: Dataset) -> dict[str, int]:
    if "rate" not in dataset.kinds:
        return {}
    rated = dataset.interactions.filter(
        (pl.col("kind") == dataset.kinds.index("rate")) & pl.col("value").is_not_nan()
    )["value"]
    values, counts = np.unique(rated.to_numpy(), return_counts=True)
    if len(values) > 40:
        counts, edges = np.histogram(rated.to_numpy(), bins=20)
        values = edges[:-1]
    return {f"{value:g}": int(count) for value, count in zip(values, counts, strict=True)}


_YEARS_1_TO_9999_S = (-62_135_596_800.0, 253_402_300_799.0)
"""What a calendar of Python's can name; data may hold worse, which the checks report."""
_MOST_MONTHS = 2_400


def _calendar(dataset: Dataset) -> tuple[str | None, str | None, dict[str, int]]:
    if not has_clock(dataset):
        return None, None, {}
    times = dataset.interactions["time_s"].fill_nan(None).drop_nulls().clip(*_YEARS_1_TO_9999_S)
    stamps = (times * 1e6).cast(pl.Int64).cast(pl.Datetime("us"))
    months = stamps.dt.truncate("1mo").value_counts().sort("time_s")
    whole = pl.datetime_range(
        months["time_s"][0], months["time_s"][-1], interval="1mo", eager=True
    ).alias("time_s")
    filled = pl.DataFrame(whole).join(months, on="time_s", how="left").fill_null(0)
    if len(filled) > _MOST_MONTHS:  # a few wrong times, far away
        filled = months
    by_month = {stamp.strftime("%Y-%m"): count for stamp, count in filled.rows()}
    ends = (times.to_numpy().min(), times.to_numpy().max())
    first, last = (datetime.fromtimestamp(end, UTC).isoformat(timespec="seconds") for end in ends)
    return first, last, by_month


def _columns(table: pl.DataFrame, key: str, roles: dict[str, Any]) -> dict[str, dict[str, Any]]:
    facts = {}
    for column in table.drop(key).get_columns():
        known = column.drop_nulls()
        if isinstance(column.dtype, pl.List):
            known = known.filter(known.list.len() > 0)
            distinct = known.explode().n_unique() if len(known) else 0
        else:
            distinct = known.n_unique()
        examples = [str(v.to_list() if isinstance(v, pl.Series) else v)[:40] for v in known.head(2)]
        facts[column.name] = {
            "role": roles.get(column.name),
            "filled": len(known) / max(len(column), 1),
            "distinct": distinct,
            "examples": examples,
        }
    return facts


def _row(values: dict[str, Any], form: str) -> str:
    return ", ".join(f"{name}: {form.format(value)}" for name, value in values.items())
