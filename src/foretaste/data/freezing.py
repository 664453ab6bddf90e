"""Ids become rows, events get their signals and their order; nothing is learned here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from foretaste.core import INTERACTION_COLUMNS, Dataset, Role, Vocabulary
from foretaste.core.errors import DataError
from foretaste.data.report import ReportBuilder
from foretaste.data.signals import SignalSettings, signals_of

__all__ = ["PART", "Tables", "freeze", "in_order"]

PART = "_part"
"""Column that marks which part of a given split an event belongs to."""


_SPOKEN = ("user_row", "item_row", "kind", "time_s", "words")


_FRESH = "\x00fresh"


@dataclass(slots=True)
class Tables:
    """Loose tables on their way into a dataset.

    Attributes:
        events: Tables of :func:`foretaste.data.events.event_table`.
        words: Tables of the same form that count only as remarks.
        items: Attribute tables with ``item_id``.
        people: Attribute tables with ``user_id``.
        triples: Tables with ``head, relation, tail``.
        kinds: Names of the event kinds.
        item_roles: Roles of item attributes.
        people_roles: Roles of people's attributes.
        simulated: What to call the audience if it is not real.
    """

    events: list[pl.DataFrame] = field(default_factory=list)
    words: list[pl.DataFrame] = field(default_factory=list)
    items: list[pl.DataFrame] = field(default_factory=list)
    people: list[pl.DataFrame] = field(default_factory=list)
    triples: list[pl.DataFrame] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    item_roles: dict[str, Role] = field(default_factory=dict)
    people_roles: dict[str, Role] = field(default_factory=dict)
    simulated: str | None = None


def freeze(name: str, loose: Tables, signals: SignalSettings, report: ReportBuilder) -> Dataset:
    """Make the dataset.

    Args:
        name: What to call it.
        loose: The tables.
        signals: What events say.
        report: Told counts and duplicates.

    Returns:
        The dataset.

    Raises:
        DataError: If there is neither an event nor an item.
    """
    items, people = _merged(loose.items, "item_id"), _merged(loose.people, "user_id")
    if not any(len(table) for table in loose.events) and len(items) == 0:
        raise DataError(
            "there is neither an event nor an item", where=name, expected="interactions or items"
        )
    met = (*loose.events, *loose.words)
    items, item_ids = _rows_of(items, met, "item_id", "item", report)
    people, user_ids = _rows_of(people, met, "user_id", "person", report)
    coded = [_with_rows(table, items, people) for table in met]
    spoken = [table.select(_SPOKEN) for table in coded if "words" in table.columns]
    remarks = _remarks(pl.concat(spoken)) if spoken else None
    bare = [table.drop("words", strict=False) for table in coded[: len(loose.events)]]
    table = pl.concat(bare, how="diagonal_relaxed") if bare else _no_events()
    del coded, spoken, bare
    table = _with_item(table, report)
    kinds = tuple(loose.kinds) or ("interaction",)
    table = _with_signals(in_order(table), kinds, signals, report)
    knowledge = pl.concat(loose.triples).unique(maintain_order=True) if loose.triples else None
    _count(table, items, people, knowledge, remarks, report)
    return Dataset(
        name,
        user_ids,
        item_ids,
        table,
        items,
        people,
        dict(loose.item_roles),
        dict(loose.people_roles),
        kinds,
        knowledge,
        remarks,
        simulated=loose.simulated,
    )


def _with_item(table: pl.DataFrame, report: ReportBuilder) -> pl.DataFrame:
    nowhere = table["item_row"].null_count()
    if nowhere == 0:
        return table
    report.fact("events without item", f"{nowhere:,} events (searches) name no item", count=nowhere)
    return table.filter(pl.col("item_row").is_not_null())


def _count(
    table: pl.DataFrame,
    items: pl.DataFrame,
    people: pl.DataFrame,
    knowledge: pl.DataFrame | None,
    remarks: pl.DataFrame | None,
    report: ReportBuilder,
) -> None:
    counts = {
        "events": len(table),
        "people": len(people),
        "items": len(items),
        "triples": 0 if knowledge is None else len(knowledge),
        "remarks": 0 if remarks is None else len(remarks),
    }
    listed = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    report.fact("counts", listed, value=counts)


def in_order(table: pl.DataFrame) -> pl.DataFrame:
    """Sort events by person, then time; unknown times first, ties in the order they came.

    Args:
        table: At least ``user_row`` and ``time_s`` (null or NaN where unknown).

    Returns:
        The sorted table.
    """
    users = table["user_row"].to_numpy()
    times = table["time_s"].fill_null(-np.inf).fill_nan(-np.inf).to_numpy()
    step = np.diff(users)
    if len(users) < 2 or bool(((step > 0) | ((step == 0) & (times[1:] >= times[:-1]))).all()):
        return table
    del step
    return table[np.lexsort((times, users))]


def _no_events() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "user_row": pl.Int32,
            "item_row": pl.Int32,
            "kind": pl.UInt8,
            "value": pl.Float32,
            "time_s": pl.Float64,
        }
    )


def _merged(tables: Sequence[pl.DataFrame], key: str) -> pl.DataFrame:
    """One row an id: what an earlier table says of a column goes before what a later one says."""
    if not tables:
        return pl.DataFrame(schema={key: pl.String})
    first = tables[0].unique(subset=[key], keep="first", maintain_order=True)
    merged = first
    for table in tables[1:]:
        fresh = table.unique(subset=[key], keep="first", maintain_order=True)
        both = [name for name in fresh.columns if name in merged.columns and name != key]
        joined = merged.join(
            fresh, on=key, how="full", coalesce=True, maintain_order="left_right", suffix=_FRESH
        )
        merged = joined.with_columns(
            pl.coalesce(name, pl.col(name + _FRESH).cast(merged[name].dtype, strict=False))
            for name in both
        ).drop([name + _FRESH for name in both])
    return merged


def _rows_of(
    table: pl.DataFrame, met: Sequence[pl.DataFrame], key: str, what: str, report: ReportBuilder
) -> tuple[pl.DataFrame, Vocabulary]:
    names = [_names(frame[key]) for frame in met]
    named = pl.concat(names) if names else pl.Series([], dtype=pl.String)
    extra = pl.DataFrame({key: named.unique(maintain_order=True)})
    extra = extra.join(table.select(key), on=key, how="anti", maintain_order="left")
    if len(table) and len(extra):
        report.warn(
            "ids that do not join",
            f"{len(extra):,} of the {what} ids in events are not in the table of "
            + ("items" if what == "item" else "people"),
            count=len(extra),
            examples=tuple(extra[key].head(5).to_list()),
            remedy="They are kept, without attributes",
        )
    whole = pl.concat([table, extra], how="diagonal_relaxed") if len(extra) else table
    whole = whole.select(key, pl.exclude(key)).rechunk()
    _note_mixed(whole[key], what, report)
    return whole, Vocabulary(whole[key].to_list(), what)


def _note_mixed(ids: pl.Series, what: str, report: ReportBuilder) -> None:
    padded = ids.filter(ids.str.contains(r"^0\d+$"))
    bare = padded.str.strip_chars_start("0")
    twins = padded.filter(bare.is_in(ids.implode()))
    if len(twins):
        report.warn(
            "ids",
            f"{len(twins)} {what} ids differ only by leading zeros and stay apart: "
            "ids are strings, not numbers",
            count=len(twins),
            examples=tuple(twins.head(5).to_list()),
            remedy="If they are one and the same, write them alike",
        )


def _with_rows(table: pl.DataFrame, items: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(
        _codes(table["user_id"], people["user_id"]).alias("user_row"),
        _codes(table["item_id"], items["item_id"]).alias("item_row"),
    ).drop("user_id", "item_id")


def _names(ids: pl.Series) -> pl.Series:
    kind = ids.dtype
    return kind.categories if isinstance(kind, pl.Enum) else ids.unique(maintain_order=True)


def _codes(ids: pl.Series, names: pl.Series) -> pl.Series:
    """Rows of ids: their few distinct names are looked up, the many events only indexed."""
    own = _names(ids)
    if len(own) == 0:
        return pl.repeat(None, len(ids), dtype=pl.Int32, eager=True)
    rows = own.cast(pl.Enum(names)).to_physical().cast(pl.Int32)
    return rows.gather(ids.to_physical())


def _remarks(table: pl.DataFrame) -> pl.DataFrame | None:
    spoken = table.filter(pl.col("words").str.strip_chars().str.len_bytes() > 0)
    if len(spoken) == 0:
        return None
    return in_order(
        spoken.select(
            "user_row",
            pl.col("item_row").fill_null(-1),
            "kind",
            "words",
            pl.col("time_s").fill_null(float("nan")),
        )
    )


def _with_signals(
    table: pl.DataFrame, kinds: tuple[str, ...], settings: SignalSettings, report: ReportBuilder
) -> pl.DataFrame:
    if settings.duplicates == "last" and "rate" in kinds:
        table = _last_ratings(table, kinds.index("rate"), report)
    values = table["value"].fill_null(float("nan"))
    signals = signals_of(table["kind"].to_numpy(), values.to_numpy(), kinds, settings, report)
    table = table.with_columns(
        values.cast(pl.Float32).alias("value"),
        pl.Series("signal", signals, dtype=pl.Float32),
        pl.col("time_s").fill_null(float("nan")),
    )
    context = [name for name in table.columns if name not in INTERACTION_COLUMNS]
    return table.select(*INTERACTION_COLUMNS, *context).rechunk()


def _last_ratings(table: pl.DataFrame, rate: int, report: ReportBuilder) -> pl.DataFrame:
    rated = (table["kind"] == rate).to_numpy()
    key = table["user_row"].to_numpy().astype(np.int64) << 32 | table["item_row"].to_numpy()
    if PART in table.columns:
        key ^= table[PART].to_physical().rank("dense").to_numpy().astype(np.int64) << 58
    ordered = np.sort(key[rated])
    doubled = int((ordered[1:] == ordered[:-1]).sum())
    del ordered
    if doubled == 0:
        return table
    newest = np.ones(len(key), bool)
    places = np.flatnonzero(rated)
    order = places[np.argsort(key[rated], kind="stable")]
    same = key[order][1:] == key[order][:-1]
    newest[order[:-1][same]] = False
    report.warn(
        "duplicates",
        f"{doubled:,} ratings repeat a person and item; the last one in time is kept",
        count=doubled,
        value="last",
        remedy='Keep all with SignalSettings(duplicates="all")',
    )
    return table.filter(pl.Series(newest))
