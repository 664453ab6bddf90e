"""Records as a table: one column per attribute, of the narrowest type that holds all values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from foretaste.store.text import to_json

if TYPE_CHECKING:
    import polars as pl

__all__ = ["frame_of"]


def frame_of(
    records: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], id_column: str
) -> pl.DataFrame:
    """Put records into columns.

    Args:
        records: Columns of the table, and attributes, of each record.
        id_column: The column that is always there.

    Returns:
        The table; an attribute that has the name of a column of the table is left out.
    """
    import polars as pl

    fixed = list(records[0][0]) if records else [id_column]
    names = dict.fromkeys(name for _, attributes in records for name in attributes)
    series = [
        pl.Series(name, [columns[name] for columns, _ in records], pl.String)
        if name == id_column
        else pl.Series(name, [columns[name] for columns, _ in records])
        for name in fixed
    ]
    for name in names:
        if name not in fixed:
            series.append(_column(name, [attributes.get(name) for _, attributes in records]))
    return pl.DataFrame(series)


def _column(name: str, values: Sequence[Any]) -> pl.Series:
    import polars as pl

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool}:
        return pl.Series(name, values, pl.Boolean)
    if kinds <= {int} and all(-(2**63) <= value < 2**63 for value in _given(values)):
        return pl.Series(name, values, pl.Int64)
    if kinds <= {int, float}:
        return pl.Series(name, [None if v is None else float(v) for v in values], pl.Float64)
    if kinds <= {str, int, float, bool}:
        return pl.Series(name, [_words(value) for value in values], pl.String)
    if kinds <= {str, int, float, bool, list} and all(
        _is_plain(value) for value in _given(values) if isinstance(value, list)
    ):
        lists = [_words_of(value) for value in values]
        return pl.Series(name, lists, pl.List(pl.String))
    return pl.Series(
        name, [None if value is None else to_json(value) for value in values], pl.String
    )


def _given(values: Iterable[Any]) -> Iterable[Any]:
    return (value for value in values if value is not None)


def _is_plain(values: list[Any]) -> bool:
    return all(isinstance(value, str | int | float) for value in values)


def _words(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return to_json(value)


def _words_of(value: Any) -> list[str | None] | None:
    if value is None:
        return None
    return [_words(one) for one in value] if isinstance(value, list) else [_words(value)]
