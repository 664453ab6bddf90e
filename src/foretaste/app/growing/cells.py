"""Attributes as a service keeps them (JSON values) as columns of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from foretaste.core import Role

if TYPE_CHECKING:
    from foretaste.store.records import ItemRecord

__all__ = ["Columns", "read_cells"]

_MOST_COLUMNS = 200
_TYPES: Mapping[Role, Any] = {
    "category": pl.String,
    "categories": pl.List(pl.String),
    "number": pl.Float64,
    "flag": pl.Boolean,
}
_SCALARS = (str, int, float, bool)


@dataclass(frozen=True, eq=False)
class Columns:
    """Records as a table.

    Attributes:
        table: ``item_id`` and attributes, one row a record, with the columns of the catalogue
            and the new ones.
        roles: Role of each attribute.
        warnings: A sentence for everything that could not be read.
    """

    table: pl.DataFrame
    roles: Mapping[str, Role]
    warnings: tuple[str, ...]


def read_cells(
    records: Sequence[ItemRecord], like: pl.DataFrame, roles: Mapping[str, Role]
) -> Columns:
    """Bring records into the columns of a catalogue.

    An attribute the catalogue does not have becomes a column of its own (text a category, a
    list categories, a number, a flag), so filters can use it; it takes part in taste from the
    next fit on.

    Args:
        records: The items.
        like: The catalogue, for names and types.
        roles: Roles of its columns.

    Returns:
        The table.
    """
    warnings: list[str] = []
    known = dict(roles)
    title = next((name for name, role in roles.items() if role == "title"), None)
    given = [_renamed(record.attributes, title) for record in records]
    types: dict[str, Any] = {name: like.schema[name] for name in like.columns}
    for attributes in given:
        for name, value in attributes.items():
            if name in types or value is None:
                continue
            role = _role_of(value)
            if role is None or len(types) >= _MOST_COLUMNS:
                warnings.append(f"the attribute {name!r} was left out: {_why(role)}")
                continue
            known[name], types[name] = role, _TYPES[role]
    columns: dict[str, pl.Series] = {}
    for name, dtype in types.items():
        if name == "item_id":
            cells: list[Any] = [record.item_id for record in records]
        else:
            cells = [_cell(one.get(name), known.get(name), dtype) for one in given]
            for record, attributes, cell in zip(records, given, cells, strict=True):
                if cell is None and attributes.get(name) is not None:
                    got = repr(attributes[name])[:80]
                    warnings.append(f"{record.item_id!r}: {name} {got} was left out: not a {dtype}")
        columns[name] = pl.Series(name, cells, dtype=dtype, strict=False)
    return Columns(pl.DataFrame(columns), known, tuple(dict.fromkeys(warnings)))


def _renamed(attributes: Mapping[str, Any], title: str | None) -> dict[str, Any]:
    """Attributes without the id; a ``title`` goes where the catalogue keeps its titles."""
    given = {name: value for name, value in attributes.items() if name != "item_id"}
    if title is not None and title not in given and "title" in given:
        given[title] = given.pop("title")
    return given


def _role_of(value: Any) -> Role | None:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "category"
    if isinstance(value, list | tuple) and all(isinstance(one, _SCALARS) for one in value):
        return "categories"
    return None


def _why(role: Role | None) -> str:
    if role is None:
        return "it is neither text nor a number nor a list of them"
    return f"a catalogue has at most {_MOST_COLUMNS} columns"


def _cell(value: Any, role: Role | None, dtype: Any) -> Any:
    """One value in the type of its column; ``None`` where it does not fit."""
    if value is None:
        return None
    if role in ("number", "time", "flag"):
        number = _number(value, role)
        if number is None or dtype == pl.Boolean:
            return None if number is None else number != 0.0
        return int(number) if dtype.is_integer() else number
    if role == "categories":
        if isinstance(value, str):
            return [one.strip() for one in value.split("|") if one.strip()]
        many = value if isinstance(value, list | tuple) else [value]
        return [str(one) for one in many if one is not None and one != ""]
    if role == "vector":
        return list(value) if isinstance(value, list | tuple) else None
    if isinstance(value, str):
        return value
    if isinstance(value, _SCALARS):
        return str(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return json.dumps(value, ensure_ascii=False) if role == "text" else None


def _number(value: Any, role: Role) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    try:
        return float(value)
    except ValueError:
        pass
    if role != "time":
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
