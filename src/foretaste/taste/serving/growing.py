"""A fitted taste for a catalogue that has grown, and for popularity that has moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.core import Dataset, FloatArray
from foretaste.taste.content.placing import Placer
from foretaste.taste.direction import Channel, Direction
from foretaste.taste.fitted import FittedTaste
from foretaste.taste.prior import Prior
from foretaste.taste.serving.nearest import with_nearest
from foretaste.taste.settings import ContentSettings, DirectionSettings

if TYPE_CHECKING:
    import polars as pl

__all__ = ["TasteGrower", "with_popularity"]

_OWN = ("language", "attributes")


@dataclass(frozen=True, eq=False)
class TasteGrower:
    """Places items that came after the fit, without fitting again.

    What the fit did for items nobody had met is done for further ones: collaborative features,
    popularity, direction and its means come from the content map, language and attribute
    features from the item's own content. A taste with items added this way scores everybody
    else's items as before, to the bit.

    Attributes:
        placer: The content map, ``None`` where nothing is known of items: they then get no
            place, as in a fit.
        settings: How large the scores of unmet items are.
        links: How nearest texts are linked, where the direction does so.
    """

    placer: Placer | None
    settings: ContentSettings
    links: DirectionSettings

    @classmethod
    def learn(
        cls,
        taste: FittedTaste,
        dataset: Dataset,
        text: FloatArray | None,
        settings: ContentSettings,
        links: DirectionSettings,
    ) -> Self:
        """Solve the content map once.

        Args:
            taste: As it was fitted.
            dataset: What it was fitted on.
            text: Text vectors of its items, if there are any.
            settings: The fit's, of the content map.
            links: The fit's, of direction.

        Returns:
            The grower.
        """
        prior, direction = taste.prior, taste.direction
        start, stop = prior.blocks.get("collaborative", (0, 0))
        values: dict[str, FloatArray] = {
            "collaborative": prior.features[:, start:stop],
            "popularity": prior.popularity[:, None],
            "right": direction.right,
            "means": direction.means.T,
        }
        for place, channel in enumerate(direction.channels):
            if channel.left is not None:
                values[f"left {place}"] = channel.left
            elif channel.dense is not None:
                values[f"dense {place}"] = channel.dense.T
        own = {
            name: prior.features[:, slice(*prior.blocks[name])]
            for name in _OWN
            if name in prior.blocks
        }
        return cls(Placer.learn(dataset, text, values, own, settings), settings, links)

    def grown(
        self,
        taste: FittedTaste,
        n_items: int,
        rows: np.ndarray,
        items: pl.DataFrame,
        text: FloatArray | None,
    ) -> FittedTaste:
        """The taste with some items placed.

        Args:
            taste: Of a smaller catalogue or of the same size.
            n_items: Size of the catalogue then, ``I``.
            rows: Where the items are or will be, all new rows among them, [N].
            items: The items, in the order of ``rows``.
            text: Text vectors of the whole catalogue then, if there are any, [I, D_text].

        Returns:
            A new taste of ``I`` items.
        """
        mine = None if text is None else text[rows]
        found = {} if self.placer is None else self.placer.place(items, mine)
        share = self.settings.new_items / self.settings.lift

        def along(name: str, array: FloatArray, scale: float = 1.0) -> FloatArray:
            wide = _longer(array, n_items)
            wide[rows] = found[name] * np.float32(scale) if name in found else 0.0
            return wide

        lift = _longer(taste.lift, n_items)
        lift[rows] = self.settings.new_items if found else 1.0
        popularity = _longer(taste.prior.popularity, n_items)
        moved = found["popularity"][:, 0].astype(np.float64) * share if found else 0.0
        popularity[rows] = np.maximum(moved, 0.0)
        features = _longer(taste.prior.features, n_items)
        for name, (start, stop) in taste.prior.blocks.items():
            features[rows, start:stop] = found.get(name, 0.0)
        contexts = _longer(taste.prior.contexts.T, n_items)
        contexts[rows] = 0.0
        channels = []
        for place, channel in enumerate(taste.direction.channels):
            across = found.get(f"dense {place}")
            wider = _channel_grown(channel, n_items, rows, across, along, place)
            if wider.sparse is not None and wider.block == "language" and text is not None:
                near = with_nearest(wider.sparse, text, rows, self.links)
                wider = replace(wider, sparse=near)
            channels.append(wider)
        direction = replace(
            taste.direction,
            channels=tuple(channels),
            right=along("right", taste.direction.right),
            means=np.ascontiguousarray(along("means", taste.direction.means.T, share).T),
        )
        prior = replace(
            taste.prior,
            popularity=popularity,
            features=features,
            contexts=np.ascontiguousarray(contexts.T),
        )
        return replace(taste, prior=prior, direction=direction, lift=lift)


def with_popularity(taste: FittedTaste, popularity: FloatArray) -> FittedTaste:
    """The taste with another popularity, as a refit's counts would move it.

    ``mu`` of the prior and the prior means by length of history move by the same amount
    (``mu`` counts in them as it does in the fit); features and direction stay.

    Args:
        taste: As fitted or grown.
        popularity: ``mu``: share of people who like each item, [I].

    Returns:
        A new taste.
    """
    mean, old = taste.direction, taste.prior.popularity
    change = (popularity - old).astype(np.float32)
    weights = _popularity_weights(mean, old)
    means = mean.means + weights[:, None] * change
    prior: Prior = replace(taste.prior, popularity=popularity)
    moved = replace(taste, prior=prior, direction=replace(mean, means=means))
    vars(moved)["targets"] = taste.targets  # neither features nor lift have changed
    return moved


def _popularity_weights(direction: Direction, popularity: FloatArray) -> FloatArray:
    """How much ``mu`` weighs in each of the means: all of it, but where there are no knots."""
    weights = np.ones(len(direction.means), np.float32)
    if direction.right.shape[1] == 0 and len(direction.means) == 2:
        # A direction without factors keeps a small multiple of popularity from the first event.
        whole = float(popularity @ popularity)
        weights[1] = float(direction.means[1] @ popularity) / whole if whole > 0 else 0.0
    return weights


def _channel_grown(
    channel: Channel,
    n_items: int,
    rows: np.ndarray,
    across: FloatArray | None,
    along: Callable[[str, FloatArray], FloatArray],
    place: int,
) -> Channel:
    if channel.left is not None:
        return replace(channel, left=along(f"left {place}", channel.left))
    if channel.dense is not None:
        size = len(channel.dense)
        dense = np.zeros((n_items, n_items), np.float32)
        dense[:size, :size] = channel.dense
        dense[rows] = 0.0
        dense[:, rows] = 0.0
        if across is not None:
            known = across.shape[1]
            dense[:known, rows] = across.T
        return replace(channel, dense=dense)
    return replace(channel, sparse=_resized(channel.sparse, n_items))


def _resized(table: Any, n_items: int) -> csr_matrix:
    """The same sparse map with empty rows and columns for further items."""
    starts = np.append(table.indptr, np.full(n_items - table.shape[0], table.indptr[-1]))
    return csr_matrix((table.data, table.indices, starts), (n_items, n_items))


def _longer(array: FloatArray, size: int) -> FloatArray:
    """A copy with zero rows at the end."""
    wide = np.zeros((size, *array.shape[1:]), array.dtype)
    wide[: len(array)] = array
    return wide
