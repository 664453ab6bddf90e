"""How long 20 million interactions take to load, and how much memory.

    python benchmarks/load.py [--rows 20000000] [--json FILE]

Writes a CSV of MovieLens-20M shape (138,493 people, 26,744 items, half-star ratings, whole
seconds; drawn at random, so times are not sorted within people) into a temporary folder, reads
it in a fresh process and reports seconds and peak memory. The bar: under 60 s and 4 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

PEOPLE, ITEMS = 138_493, 26_744
BAR_S, BAR_MB = 60.0, 4096.0

READ = """
import json, resource, sys, time
began = time.perf_counter()
from foretaste.data import read
data = read(sys.argv[1])
seconds = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_SELF)
peak = used.ru_maxrss
peak_mb = peak / (1024 if sys.platform != "darwin" else 1024**2)
print(json.dumps({"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime,
                  "peak_mb": peak_mb, "events": len(data.interactions),
                  "people": data.n_users, "items": data.n_items}))
"""


def write_csv(path: Path, rows: int, seed: int = 7) -> None:
    """Write the file in pieces."""
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(1, ITEMS + 1) ** 0.8
    edges = np.cumsum(share / share.sum())
    users = np.sort(rng.integers(1, PEOPLE + 1, rows, dtype=np.int32))
    with path.open("wb") as file:
        for start in range(0, rows, 2_000_000):
            piece = users[start : start + 2_000_000]
            frame = pl.DataFrame(
                {
                    "userId": piece,
                    "movieId": np.searchsorted(edges, rng.random(len(piece))) + 1,
                    "rating": rng.integers(1, 11, len(piece)) / 2,
                    "timestamp": rng.integers(789_652_009, 1_427_784_002, len(piece)),
                }
            )
            frame.write_csv(file, include_header=start == 0)


def main() -> int:
    """Generate, read in a fresh process, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="foretaste-load-") as folder:
        path = Path(folder) / "ratings.csv"
        began = time.perf_counter()
        write_csv(path, options.rows)
        print(f"wrote {path.stat().st_size / 1e6:,.0f} MB in {time.perf_counter() - began:.1f} s")
        done = subprocess.run(
            [sys.executable, "-c", READ, str(path)], check=True, capture_output=True, text=True
        )
        found = json.loads(done.stdout)
    found |= {
        "rows": options.rows,
        "csv_rows_per_second": options.rows / found["seconds"],
        "bar_s": BAR_S,
        "bar_mb": BAR_MB,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "polars": pl.__version__,
        "created_utc": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    text = json.dumps(found, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    met = found["seconds"] < BAR_S and found["peak_mb"] < BAR_MB
    return 0 if met or options.rows < 20_000_000 else 1


if __name__ == "__main__":
    raise SystemExit(main())
