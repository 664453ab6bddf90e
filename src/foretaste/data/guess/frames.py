"""Whatever table comes, as Polars; whatever ids come, as strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import polars as pl

from foretaste.core.errors import DataError

__all__ = ["FrameLike", "as_frame", "as_ids"]

FrameLike: TypeAlias = Any
"""A Polars or pandas DataFrame, an Arrow table, or a mapping of column names to lists."""


def as_frame(frame: FrameLike) -> pl.DataFrame:
    """Take whatever table comes.

    Args:
        frame: See :data:`FrameLike`.

    Returns:
        A Polars frame.

    Raises:
        DataError: If it is no table.
    """
    if isinstance(frame, pl.DataFrame):
        return frame
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if hasattr(frame, "iloc"):  # pandas, without needing pyarrow
        return pl.DataFrame([_from_pandas(str(name), frame[name]) for name in frame.columns])
    if isinstance(frame, Mapping):
        columns = {name: _series(name, values) for name, values in frame.items()}
        return pl.DataFrame(columns)
    if hasattr(frame, "__arrow_c_stream__"):
        return pl.DataFrame(frame)
    raise DataError(
        "this is no table",
        expected="a Polars or pandas DataFrame, an Arrow table or a mapping of lists",
        got=type(frame).__name__,
    )


def _from_pandas(name: str, column: Any) -> pl.Series:
    if column.dtype.kind in "iufb" and hasattr(column.dtype, "itemsize"):
        return pl.Series(name, column.to_numpy(), nan_to_null=True)
    blank = column.isna().to_numpy()
    values = column.astype(object).to_list()
    return _series(name, [None if gone else v for gone, v in zip(blank, values, strict=True)])


def _series(name: str, values: Any) -> pl.Series:
    if isinstance(values, pl.Series):
        return values.alias(name)
    listed = list(values)
    texts = any(isinstance(value, str) for value in listed)
    if texts and not all(isinstance(value, str) or value is None for value in listed):
        listed = [None if value is None else str(value) for value in listed]
    return pl.Series(name, listed)


def as_ids(column: pl.Series, name: str) -> pl.Series:
    """Turn a column into ids: strings without blanks around them.

    Args:
        column: Text or numbers; whole floats (``7.0``) lose their point.
        name: Its new name.

    Returns:
        Strings; null where empty.
    """
    if column.dtype.is_nested() or column.dtype == pl.Object:
        raise DataError(f"{name} holds no ids", expected="text or numbers", got=str(column.dtype))
    if column.dtype.is_float():
        column = column.fill_nan(None)
        if bool((column.drop_nulls() % 1 == 0).all()):
            column = column.cast(pl.Int64)
    if column.dtype != pl.String:
        return column.cast(pl.String).alias(name)
    text = column.str.strip_chars()
    return text.set(text.str.len_bytes() == 0, None).alias(name)
