"""What each attribute is: title, text, category, list, number, time, flag, vector."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from foretaste.core import Role
from foretaste.core.errors import DataError, UnknownNameError
from foretaste.data.guess.names import plain
from foretaste.data.guess.times import MISSING, to_seconds
from foretaste.data.report import Origin, ReportBuilder

__all__ = ["ROLES", "attribute_like", "shape_table"]

ROLES = ("title", "text", "category", "categories", "number", "time", "flag", "vector")
_TITLES = (
    "title", "name", "itemname", "movietitle", "moviename", "producttitle", "productname",
    "booktitle", "songtitle", "trackname", "artistname", "headline", "itemtitle",
    "标题", "名称", "片名", "电影名", "商品名称",
)  # fmt: skip
_TEXTS = frozenset({
    "text", "description", "overview", "synopsis", "plot", "plotomdb", "abstract",
    "dbpediaabstract", "summary", "body", "content", "tagline", "bio", "about", "feature",
    "简介", "描述", "剧情",
})  # fmt: skip
_LISTS = frozenset({
    "genres", "genre", "tags", "categories", "keywords", "cast", "actors", "directors", "director",
    "writers", "authors", "artists", "countries", "languages", "skills", "topics", "starring",
    "productioncountries", "productioncompanies", "类型", "标签", "演员", "导演",
})  # fmt: skip
_CATEGORIES = frozenset({
    "brand", "author", "artist", "publisher", "language", "country", "gender", "sex", "occupation",
    "city", "store", "studio", "category", "maincat", "mpaa", "originallanguage", "state",
    "agerange", "ageband", "品牌", "作者", "性别", "城市", "国家", "语言",
})  # fmt: skip
_OF_ITEMS = frozenset({"brand", "author", "artist", "publisher", "category", "maincat", "品牌"})
_TIMES = frozenset({"releasedate", "date", "published", "publishedat", "createdat", "birthdate"})
_OUTSIDE = ("url", "link", "image", "picture", "poster", "thumbnail", "photo", "href")
_NAMES_OF_CODES = ("id", "zip", "zipcode", "postcode", "phone", "isbn", "code", "ean")


def attribute_like(word: str) -> bool:
    """Whether a column name is typical of an attribute of items.

    Args:
        word: The name in plain form.

    Returns:
        ``True`` for titles, descriptions, genres, brands, years ...
    """
    typical = {"description", "overview", "synopsis", "plot", "year", "price", "releasedate"}
    return word in typical or word in _TITLES or word in _LISTS - {"tags"} or word in _OF_ITEMS


def shape_table(
    table: pl.DataFrame,
    origin: Origin,
    report: ReportBuilder,
    *,
    id_column: str,
    given: Mapping[str, Role] | None = None,
) -> tuple[pl.DataFrame, dict[str, Role]]:
    """Give every attribute its role and the type that goes with it.

    Args:
        table: Attributes, most likely all text.
        origin: Where it came from.
        report: Told the roles.
        id_column: The column that is no attribute.
        given: Roles the caller states; they win. Columns not in the table are ignored.

    Returns:
        The table in its proper types and the roles. Links to pages and pictures, and codes
        that are different for almost every row, stay in the table without a role.

    Raises:
        UnknownNameError: If a stated role does not exist.
    """
    for stated in (given or {}).values():
        if stated not in ROLES:
            raise UnknownNameError("role", str(stated), ROLES)
    roles: dict[str, Role] = {}
    shaped: list[pl.Series] = []
    for column in table.get_columns():
        name = column.name
        if name == id_column:
            shaped.append(column)
            continue
        clean = _clean(column)
        wanted = (given or {}).get(name)
        role: Role | None = wanted or _guess(clean, roles, origin, report)
        if role is None:
            shaped.append(clean)
            continue
        worded = role in ("title", "text") and column.dtype == pl.String
        shaped.append(_cast(_worded(column) if worded else clean, role, origin, report))
        roles[name] = role
    if roles:
        listed = ", ".join(f"{name}: {role}" for name, role in roles.items())
        report.guess(
            "roles",
            listed,
            where=origin.name,
            value=dict(roles),
            remedy="Override with roles={...}",
        )
    return pl.DataFrame(shaped), roles


def _clean(column: pl.Series) -> pl.Series:
    if column.dtype != pl.String:
        return column
    text = column.str.strip_chars()
    return text.set(text.is_in(MISSING), None)


def _worded(column: pl.Series) -> pl.Series:
    """A film may be called NA or None; only what no title can be counts as missing."""
    text = column.str.strip_chars()
    return text.set(text.is_in(["", "null", "NULL", "\\N"]), None)


def _guess(
    column: pl.Series, taken: Mapping[str, Role], origin: Origin, report: ReportBuilder
) -> Role | None:
    word, kind = plain(column.name), column.dtype
    if any(mark in word for mark in _OUTSIDE):
        return None
    if isinstance(kind, pl.List | pl.Array):
        return "vector" if kind.inner.is_float() else "categories"
    if kind == pl.Boolean:
        return "flag"
    if (
        kind.is_temporal()
        or word in _TIMES
        or column.name in ("available_from_s", "available_until_s")
    ):
        return "time"
    if word in _TITLES and "title" not in taken.values():
        return "title"
    if kind.is_numeric():
        return None if word.endswith(_NAMES_OF_CODES) else "number"
    found = column.drop_nulls()
    if kind != pl.String or len(found) == 0:
        return None
    return _guess_text(found, word)


def _guess_text(found: pl.Series, word: str) -> Role | None:
    coded = word.endswith(_NAMES_OF_CODES)
    if found.cast(pl.Float64, strict=False).null_count() == 0 and not coded:
        padded = found.str.contains(r"^0\d").any()
        return "category" if padded else "number"
    if set(found.head(1000).str.to_lowercase().unique()) <= {"true", "false", "yes", "no"}:
        return "flag"
    if word in _TEXTS:
        return "text"
    if found.str.contains(r"^\s*\[.*\]\s*$").all():
        return "categories"
    if word in _CATEGORIES:
        return "categories" if found.str.contains("|", literal=True).any() else "category"
    words = float(found.str.count_matches(r"\s+").mean() or 0) + 1  # type: ignore[arg-type]
    piped = float(found.str.contains("|", literal=True).mean() or 0)  # type: ignore[arg-type]
    if piped >= 0.05 or word in _LISTS:
        return "categories"
    if found.head(200).str.contains(r"^\d{4}-\d\d-\d\d|^\d\d?-[A-Z][a-z]{2}-\d{4}$").all():
        return "time"
    if words > 6 or float(found.str.len_chars().mean() or 0) > 60:  # type: ignore[arg-type]
        return "text"
    if len(found) > 50 and found.n_unique() > 0.5 * len(found):
        # Different for almost everyone: an identifier (a zip code) or a line of prose.
        return None if coded or words < 1.5 else "text"
    return "category"


def _cast(column: pl.Series, role: Role, origin: Origin, report: ReportBuilder) -> pl.Series:
    name = column.name
    if role in ("title", "text", "category"):
        if isinstance(column.dtype, pl.List):
            return column.cast(pl.List(pl.String)).list.join(" ").alias(name)
        return column.cast(pl.String)
    if role == "time":
        return to_seconds(column, origin, report)
    if role == "flag":
        if column.dtype == pl.String:
            low = column.str.to_lowercase()
            return low.is_in(["true", "yes", "1", "t", "y"]).set(low.is_null(), None).alias(name)
        return column.cast(pl.Boolean)
    if role == "vector":
        return column.cast(pl.List(pl.Float32))
    if role == "categories":
        return _as_list(column, origin, report)
    number = column if column.dtype.is_integer() else column.cast(pl.Float64, strict=False)
    bad = (number.is_null() & column.is_not_null()).arg_true()
    if len(bad):
        raise DataError(
            f"{name} is not a number",
            where=origin.at(int(bad[0])),
            got=repr(column[int(bad[0])]),
            remedy=f'Correct it, or state another role: roles={{"{name}": "category"}}',
        )
    known = number.drop_nulls()
    whole = number.dtype.is_float() and len(known) > 0 and bool((known % 1 == 0).all())
    # Years and counts stay whole, so that text says 1995 and not 1995.0.
    return number.cast(pl.Int64, strict=False) if whole else number


def _as_list(column: pl.Series, origin: Origin, report: ReportBuilder) -> pl.Series:
    name = column.name
    if isinstance(column.dtype, pl.List | pl.Array):
        lists = column.cast(pl.List(pl.String))
    else:
        text = column.cast(pl.String)
        found = text.drop_nulls()
        if len(found) and found.str.contains(r"^\s*\[.*\]\s*$").all():
            lists = _json_lists(text)
            report.guess("list separator", f"{name} holds JSON lists", where=origin.name)
        else:
            separator = next(
                (
                    s
                    for s in ("|", ";", "、", ", ", ",")
                    if len(found) and found.str.contains(s, literal=True).any()
                ),
                "|",
            )
            lists = text.str.split(separator)
            report.guess(
                "list separator",
                f"{name} is split at {separator!r}",
                where=origin.name,
                value=separator,
            )
    frame = pl.DataFrame({name: lists}).select(
        pl.col(name)
        .list.eval(pl.element().str.strip_chars())
        .list.eval(pl.element().filter(pl.element().str.len_bytes() > 0))
        .list.unique(maintain_order=True)
    )
    return frame[name]


def _json_lists(text: pl.Series) -> pl.Series:
    """Lists written by ``json.dumps``, or by Python's ``str`` (single quotes)."""
    stripped = text.str.strip_chars()
    try:
        return stripped.str.json_decode(pl.List(pl.String))
    except pl.exceptions.PolarsError:
        inner = stripped.str.strip_chars("[]").str.split(", ")
        frame = pl.DataFrame({"x": inner})
        return frame.select(pl.col("x").list.eval(pl.element().str.strip_chars("'\" ")))["x"]
