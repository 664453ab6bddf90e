"""A sentence in plain words finds the film: 156 paraphrases on the packaged sample.

    python -m benchmarks.wish_sample --json F

Each wish is one sentence about one film that shares no content word (by stem) with the
film's synopsis, title or names; this is checked first. All films are ranked; bar: hit@10 of .80.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.wishes import arguments, content_stems, finish, measure, systems
from foretaste.data.sample import load_sample

WISHES = Path(__file__).parent / "data" / "sample_wishes.jsonl"
BAR = 0.80
FEWEST = 150


def shared_words(wish: str, film: dict[str, Any]) -> set[str]:
    """Content stems that a wish shares with what it must not quote."""
    told = [film["synopsis"], film["title"], film["original_title"] or ""]
    told += [*film["cast"], *film["directors"]]
    return content_stems(wish) & content_stems(" ".join(told))


def main() -> int:
    """Check the wishes, measure, write."""
    options = arguments(__doc__, data=False)
    began = time.perf_counter()
    data = load_sample()
    with WISHES.open(encoding="utf-8") as file:
        wishes = [json.loads(line) for line in file]
    films = {film["item_id"]: film for film in data.items.iter_rows(named=True)}
    quoting = {
        wish["item_id"]: sorted(shared)
        for wish in wishes
        if (shared := shared_words(wish["wish"], films[wish["item_id"]]))
    }
    if quoting:
        print(f"these wishes quote their film: {quoting}", file=sys.stderr)
        return 1
    if len(wishes) < FEWEST or len({wish["item_id"] for wish in wishes}) < len(wishes):
        print(f"{len(wishes)} wishes; at least {FEWEST} distinct ones are needed", file=sys.stderr)
        return 1
    rows = [data.item_ids.row(wish["item_id"]) for wish in wishes]
    indexes = systems(data, lambda done, of: print(f"encoding {done}/{of}", flush=True))
    table = measure(indexes, [wish["wish"] for wish in wishes], rows)
    return finish(options.json, data, table, BAR, began, wishes=len(wishes))


if __name__ == "__main__":
    raise SystemExit(main())
