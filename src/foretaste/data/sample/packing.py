"""Write the packaged tables anew: ``python -m foretaste.data.sample.packing``."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from foretaste.data.sample.catalogue import FILES, knowledge_of, read_films
from foretaste.data.sample.simulate import simulate

__all__ = ["write_sample"]


def write_sample(folder: Path = FILES) -> None:
    """Simulate the audience and write all derived tables beside the catalogue.

    Each file is written aside and renamed, so that a reader never meets half of one.

    Args:
        folder: Where to.
    """
    world = simulate()
    _write(folder / "knowledge.csv", knowledge_of(read_films()))
    _write(folder / "people.csv", world.people)
    _write(folder / "arrivals.csv", world.arrivals)
    _write(folder / "audience.parquet", world.events)


def _write(path: Path, table: pl.DataFrame) -> None:
    aside = path.with_suffix(path.suffix + ".part")
    if path.suffix == ".csv":
        table.write_csv(aside)
    else:
        table.write_parquet(aside, compression="zstd", compression_level=19, statistics=False)
    aside.replace(path)


if __name__ == "__main__":
    write_sample()
