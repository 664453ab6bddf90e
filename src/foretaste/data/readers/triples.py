"""Knowledge in RDF: N-Triples, Turtle and what else pyoxigraph reads."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import polars as pl

from foretaste.core.errors import DataError, MissingPartError
from foretaste.data.report import ReportBuilder

__all__ = ["TRIPLE_ENDINGS", "read_triples"]

TRIPLE_ENDINGS = (".nt", ".ttl", ".nq", ".trig", ".rdf")


def read_triples(path: Path, report: ReportBuilder) -> pl.DataFrame:
    """Read triples; an IRI becomes its last part, a literal its text.

    ``<http://example.org/film/heat-1995>`` becomes ``heat-1995``, so that it joins with the
    item of that id.

    Args:
        path: The file.
        report: Told how many there are.

    Returns:
        ``head, relation, tail``.

    Raises:
        DataError: If it cannot be parsed.
        MissingPartError: If pyoxigraph is not installed.
    """
    try:
        import pyoxigraph as ox
    except ImportError:
        raise MissingPartError("reading RDF (pyoxigraph)", "rdf") from None
    form = ox.RdfFormat.from_extension(path.suffix.lstrip("."))
    heads, relations, tails = [], [], []
    try:
        for triple in ox.parse(path=str(path), format=form):
            heads.append(_plain(triple.subject))
            relations.append(_plain(triple.predicate))
            tails.append(_plain(triple.object))
    except (SyntaxError, OSError, ValueError) as error:
        raise DataError(f"the triples cannot be parsed ({error})", where=path.name) from None
    report.fact(
        "format",
        f"RDF with {len(heads):,} triples; names are the last part of each IRI",
        where=path.name,
        value="rdf",
        count=len(heads),
    )
    schema = {"head": pl.String, "relation": pl.String, "tail": pl.String}
    return pl.DataFrame({"head": heads, "relation": relations, "tail": tails}, schema=schema)


def _plain(term: object) -> str:
    value = str(getattr(term, "value", term))
    if type(term).__name__ == "NamedNode":
        parts = [part for part in re.split(r"[/#]", value) if part]
        return unquote(parts[-1]) if parts else value
    return value
