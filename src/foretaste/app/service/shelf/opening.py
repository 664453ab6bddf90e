"""How a workspace begins: its first bundle, and what answers from then on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from foretaste.app.bundles import load
from foretaste.app.fitting import code_digest, fit, read
from foretaste.app.growing import Grower
from foretaste.app.recommender import Recommender
from foretaste.app.sampling import sample
from foretaste.app.service.live.serving import Serving
from foretaste.app.service.shelf.seeding import seed_store
from foretaste.app.service.values import BundleInfo
from foretaste.core import Dataset
from foretaste.core.errors import StorageError
from foretaste.data import DatasetBuilder

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside

__all__ = ["EMPTY", "begin", "described", "locked", "nothing", "serving_of"]

EMPTY = "empty"
"""What a workspace begins with that is to be filled by its owner."""
_PLACEHOLDER = "foretaste:nothing-yet"

Tell = Callable[[str, float], None]


def begin(inside: Inside, source: str | Path | None, tell: Tell) -> str:
    """Give an empty workspace its first bundle and its log.

    Args:
        inside: The workspace.
        source: A bundle, or data to fit; ``None`` is the sample, ``empty`` is nothing at all.
        tell: Told what is being done.

    Returns:
        Name of the bundle that answers.
    """
    with locked(inside.folder):
        active = inside.shelf.active()
        if active is not None:  # another process was faster
            return active
        empty = str(source) == EMPTY and not Path(EMPTY).exists()
        blank, hidden = nothing(inside.name)
        recommender = fit(blank) if empty else _first(source, tell)
        position = 0 if empty else seed_store(inside.space, recommender.dataset, tell)
        info = BundleInfo(
            "", recommender.digest, position, inside.clock.now_s(), False,
            dict(recommender.card), "seed",
        )  # fmt: skip
        revision = inside.space.revision()
        noted: dict[str, Any] = {
            "items": revision.items,
            "people": revision.people,
            "code": code_digest(),
        }
        if empty:
            noted["hidden"] = hidden
        put = inside.shelf.put(recommender, info, noted)
        inside.shelf.activate(put.name, instead_of=None)
        return put.name


def serving_of(inside: Inside, name: str) -> Serving:
    """What answers from a bundle of the shelf, as it was fitted.

    Args:
        inside: The workspace.
        name: The bundle.

    Returns:
        The value; it has not grown yet.
    """
    recommender = inside.shelf.load(name)
    noted = inside.shelf.extra(name)
    info = inside.shelf.info(name)
    hidden = recommender.dataset.item_ids.rows(noted.get("hidden", []), unknown="drop")
    if len(hidden):
        mask = np.zeros(recommender.dataset.n_items, bool)
        mask[hidden] = True
        recommender = replace(recommender, hidden=mask)
    return Serving(
        recommender,
        Grower(recommender),
        info,
        int(noted.get("items", 0)),
        int(noted.get("people", 0)),
    )


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process of this machine at a time do something.

    Args:
        folder: Whose; a file ``lock`` is made in it.

    Yields:
        Nothing.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("a")
    except OSError as error:
        raise StorageError(
            "the home folder cannot be written", got=str(error), where=str(folder)
        ) from error
    with file, suppress(ImportError):
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)
        yield
        return
    yield


def nothing(name: str) -> tuple[Dataset, list[str]]:
    """A catalogue of one thing that is never shown: a model needs something to be fitted on.

    Args:
        name: What to call it.

    Returns:
        The data, and the ids to hide.
    """
    import polars as pl

    table = pl.DataFrame({"item_id": [_PLACEHOLDER], "title": ["nothing yet"]})
    return DatasetBuilder(name).items(table).build(), [_PLACEHOLDER]


def described(source: str | Path | None) -> Recommender | Dataset:
    """Read what a workspace begins with.

    Args:
        source: A bundle, or data; ``None`` is the sample.

    Returns:
        The bundle's recommender, or the data, not fitted.
    """
    if source is None:
        return sample()
    place = Path(source)
    if (place / "manifest.json").is_file() and (place / "parts").is_dir():
        return load(place)
    return read(place)


def _first(source: str | Path | None, tell: Tell) -> Recommender:
    found = described(source)
    return found if isinstance(found, Recommender) else fit(found, progress=tell)
