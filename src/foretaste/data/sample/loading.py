"""The packaged sample as a dataset."""

from __future__ import annotations

import polars as pl

from foretaste.core import Dataset
from foretaste.data.builder import DatasetBuilder
from foretaste.data.sample.catalogue import FILES, FILM_ROLES, read_films

__all__ = ["SIMULATED", "load_sample"]

SIMULATED = "simulated audience"
"""What the people of the sample world are called wherever they are shown."""


def load_sample() -> Dataset:
    """Load the sample world: real films, simulated audience.

    Returns:
        About 330 films with facts, synopsis and knowledge, and about 2,000 simulated people;
        ``dataset.simulated`` says so.
    """
    arrivals = pl.read_csv(FILES / "arrivals.csv")
    films = pl.DataFrame(list(read_films())).join(arrivals, on="item_id", how="left")
    return (
        DatasetBuilder("sample world", roles={**FILM_ROLES, "about": "text"})
        .items(films)
        .people(pl.read_csv(FILES / "people.csv"))
        .interactions(pl.read_parquet(FILES / "audience.parquet"))
        .knowledge(pl.read_csv(FILES / "knowledge.csv"))
        .simulated(SIMULATED)
        .build()
    )
