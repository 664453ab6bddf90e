"""Writes ``docs/results/measured.md`` from the JSON files that the benchmarks wrote beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent.parent / "docs" / "results"
_FIRST = ("speed", "attribution", "kshot", "kshot_no_profiles", "strong", "loo", "cold_items")
_HEAD = """# Measured

Every table here is written by `tools/make_results.py` from a JSON file beside this page, which a
command in `benchmarks/` wrote in one run: `python -m benchmarks NAME --json FILE`. Each file also
holds the whole run card: data, split, settings and code digests, seeds, libraries, hardware.
Brackets are 95 % bootstrap intervals over people; `*` marks cells of fewer than 200 people, which
are shown and not claimed.
"""


def page(folder: Path) -> str:
    """The page for all results of a folder.

    Args:
        folder: Holds the JSON files.

    Returns:
        Markdown.
    """
    parts = [_HEAD]
    for path in sorted(folder.glob("*.json"), key=_place):
        found = json.loads(path.read_text(encoding="utf-8"))
        parts.append(f"## {path.stem.replace('_', ' ').replace('-', ' ')}\n")
        parts += _report(found) if "rows" in found and "comparisons" in found else _flat(found)
        parts.append(_card(found.get("card")))
    return "\n".join(parts).rstrip() + "\n"


def _place(path: Path) -> tuple[int, str]:
    known = [name for name in _FIRST if path.stem.startswith(name)]
    return (_FIRST.index(known[0]) if known else len(_FIRST), path.stem)


def _report(found: Mapping[str, Any]) -> Iterator[str]:
    rows = found["rows"]
    for metric in dict.fromkeys(row["metric"] for row in rows):
        mine = [row for row in rows if row["metric"] == metric]
        cases = list(dict.fromkeys(row["case"] for row in mine))
        cells = {(row["model"], row["case"]): _interval(row) for row in mine}
        yield f"| {metric} | " + " | ".join(cases) + " |"
        yield "| --- " * (len(cases) + 1) + "|"
        for model in dict.fromkeys(row["model"] for row in mine):
            values = " | ".join(cells.get((model, case), "") for case in cases)
            yield f"| {model} | {values} |"
        yield ""
    for one in found["comparisons"]:
        yield (
            f"- {one['case']}, {one['metric']}: {one['model']} against {one['against']} "
            f"{one['relative']:+.1%} ({one['difference']:+.4f} [{one['low']:+.4f}, "
            f"{one['high']:+.4f}], Holm p {one['p_holm']:.2g}, {one['n']} people): "
            f"**{one['verdict']}**"
        )
    yield ""
    if found.get("costs"):
        yield "| model | fit, s | peak memory, MB |\n| --- | --- | --- |"
        for model, cost in found["costs"].items():
            yield f"| {model} | {cost['fit_seconds']:.1f} | {cost['peak_memory_mb']:.0f} |"
        yield ""


def _interval(row: Mapping[str, Any]) -> str:
    low, high = row.get("low"), row.get("high")
    star = "*" if row.get("small") else ""
    if low is None or high is None:
        return f"{row['mean']:.4f}{star}"
    return f"{row['mean']:.4f}{star} [{low:.4f}, {high:.4f}]"


def _flat(found: Mapping[str, Any]) -> Iterator[str]:
    yield "| figure | value |\n| --- | --- |"
    for name, value in _leaves(found):
        yield f"| {name} | {value:.4g} |" if isinstance(value, float) else f"| {name} | {value} |"
    yield ""


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in ("card", "cases", "films", "chosen", "per_person"):
                yield from _leaves(inner, f"{name}, {key}" if name else str(key))
    elif isinstance(value, str | int | float | bool):
        yield name, value
    elif isinstance(value, list) and 0 < len(value) <= 4 and isinstance(value[0], int | float):
        yield name, ", ".join(f"{one:.4g}" for one in value)


def _card(card: Mapping[str, Any] | None) -> str:
    if not card:
        return ""
    said = [f"{part} {_named(card[part])}" for part in ("data", "protocol", "code") if part in card]
    hardware = card.get("hardware", {})
    if hardware:
        said.append(f"{hardware['processor']}, {hardware['cores']} cores")
    if "seconds" in card:
        said.append(f"{card['seconds']:.0f} s")
    if "started_utc" in card:
        said.append(card["started_utc"][:10])
    return f"*Run card: {'; '.join(said)}.*\n"


def _named(part: Any) -> str:
    if not isinstance(part, Mapping):
        return str(part)
    name = part.get("name", part.get("version", ""))
    return f"{name} ({part['digest']})" if "digest" in part else str(name)


def main() -> int:
    """Write the page, or with ``--check`` say whether it is current."""
    text, place = page(RESULTS), RESULTS / "measured.md"
    if "--check" in sys.argv:
        current = place.exists() and place.read_text(encoding="utf-8") == text
        return 0 if current else 1
    place.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
