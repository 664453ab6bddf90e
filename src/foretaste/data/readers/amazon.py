"""Amazon reviews and their meta data, JSON lines, plain or compressed (2014, 2018, 2023)."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from foretaste.core.errors import DataError
from foretaste.data.builder import DatasetBuilder
from foretaste.data.readers.source import ReadOptions, Source, open_source
from foretaste.data.report import Origin, ReportBuilder

__all__ = ["is_amazon", "meta_beside", "read_amazon"]

_MARKS = ({"reviewerID", "asin"}, {"user_id", "parent_asin"})
_KNOWLEDGE = (
    "also_buy",
    "also_view",
    "bought_together",
    "also_bought",
    "also_viewed",
    "buy_after_viewing",
)


def is_amazon(source: Source) -> bool:
    """Whether a file holds Amazon reviews.

    Args:
        source: A file of JSON lines.

    Returns:
        ``True`` if the first object has a reviewer and an ASIN.
    """
    first = next((line for line in source.sample().splitlines() if line.strip()), "")
    return any(all(f'"{key}"' in first for key in mark) for mark in _MARKS)


def meta_beside(path: Path) -> Path | None:
    """Find the meta data that belongs to a file of reviews.

    Args:
        path: For example ``Gift_Cards_5.json.gz``.

    Returns:
        For example ``meta_Gift_Cards.json.gz`` in the same folder, if it is there.
    """
    stem = re.sub(r"^reviews_|_5$", "", path.name.split(".")[0])
    found = [
        other
        for other in sorted(path.parent.glob("meta_*"))
        if other.name.split(".")[0].lower() == f"meta_{stem}".lower()
    ]
    return found[0] if found else None


def read_amazon(
    path: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> None:
    """Read reviews, and the meta data beside them if it is there.

    A review is a rating; its text becomes a remark. ``also_buy`` and its like become
    knowledge. Titles that are scraps of a web page are emptied.

    Args:
        path: The file of reviews.
        builder: Given the tables.
        options: What the caller states.
        report: Told what was guessed.
    """
    report.guess("format", "Amazon reviews", where=path.name, value="amazon")
    meta = meta_beside(path)
    if meta is not None:
        report.guess("file", f"{meta.name} is its meta data", where=path.name)
        _read_meta(open_source(meta, options, report), builder, report)
    source = open_source(path, options, report)
    reviews = [_review(row) for row in _rows(source)]
    events = pl.DataFrame(reviews, infer_schema_length=None, strict=False)
    builder.interactions(events, origin=Origin(source.name, 1))


def _rows(source: Source) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(source.lines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = _old_form(line)
        if not isinstance(row, dict):
            raise DataError(
                "this is no JSON object", where=f"{source.name} line {number}", got=line[:80]
            )
        yield row


def _old_form(line: str) -> object:
    """The 2014 meta data are Python literals, not JSON; ``literal_eval`` runs no code."""
    try:
        return ast.literal_eval(line)
    except (ValueError, SyntaxError):
        return None


def _review(row: dict[str, Any]) -> dict[str, Any]:
    new = "parent_asin" in row
    text = row.get("text" if new else "reviewText") or row.get("summary") or row.get("title")
    return {
        "user_id": row.get("user_id" if new else "reviewerID"),
        "item_id": row.get("parent_asin" if new else "asin"),
        "rating": row.get("rating" if new else "overall"),
        "timestamp": row.get("timestamp" if new else "unixReviewTime"),
        "words": text,
        "verified": row.get("verified_purchase" if new else "verified"),
    }


def _read_meta(source: Source, builder: DatasetBuilder, report: ReportBuilder) -> None:
    items, triples, scraps = [], [], 0
    for row in _rows(source):
        name = str(row.get("parent_asin") or row.get("asin") or "")
        title = _words(row.get("title"))
        if title is not None and _is_scrap(title):
            title, scraps = None, scraps + 1
        items.append(
            {
                "item_id": name,
                "title": title,
                "brand": _words(row.get("brand") or row.get("store")),
                "categories": _categories(row),
                "description": _words(row.get("description")) or _words(row.get("feature")),
                "price": _price(row.get("price")),
            }
        )
        related = row.get("related") or row
        for relation in _KNOWLEDGE:
            others = related.get(relation)
            if isinstance(others, list):
                triples += [(name, relation, str(other)) for other in others]
    if scraps:
        report.warn(
            "titles",
            f"{scraps} titles are scraps of a web page and were emptied",
            where=source.name,
            count=scraps,
        )
    text, number = pl.String(), pl.Float64()
    schema: dict[str, pl.DataType] = {
        "item_id": text,
        "title": text,
        "brand": text,
        "categories": pl.List(pl.String),
        "description": text,
        "price": number,
    }
    builder.items(pl.DataFrame(items, schema=schema), origin=Origin(source.name))
    if triples:
        frame = pl.DataFrame(triples, schema=["head", "relation", "tail"], orient="row")
        builder.knowledge(frame, origin=Origin(source.name))


def _words(value: object) -> str | None:
    if isinstance(value, list):
        value = " ".join(str(part) for part in value)
    if not isinstance(value, str):
        return None
    text = re.sub(r"<[^>]{1,2000}>", " ", html.unescape(value))
    return re.sub(r"\s+", " ", text).strip() or None


def _is_scrap(title: str) -> bool:
    return len(title) > 2000 or title.startswith(("<", "var ", "function(", "{", ".a-"))


def _categories(row: dict[str, Any]) -> list[str]:
    found = row.get("category") or row.get("categories") or []
    flat = [part for entry in found for part in (entry if isinstance(entry, list) else [entry])]
    texts = (_words(part) for part in flat)
    return list(dict.fromkeys(text for text in texts if text and len(text) <= 100))


def _price(value: object) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    found = (
        re.match(r"\$?\s*([\d,]+(?:\.\d+)?)$", value.strip()) if isinstance(value, str) else None
    )
    return float(found[1].replace(",", "")) if found else None
