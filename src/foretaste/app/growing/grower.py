"""New items, changed items and moving popularity between two fits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from foretaste.app.growing.catalogue import (
    carried_catalogue,
    changed_rows,
    grown_dataset,
    hidden_items,
    unlike,
)
from foretaste.app.growing.cells import Columns, read_cells
from foretaste.app.growing.parts import grown_part, grown_ratings
from foretaste.app.parts import model_settings
from foretaste.app.queries import shared_words
from foretaste.app.recommender import Recommender
from foretaste.core import FloatArray
from foretaste.core.errors import InputError, StorageError
from foretaste.language import CachedEncoder, TextIndex, with_items
from foretaste.recommend import Diversifier, Source
from foretaste.taste import FittedTaste
from foretaste.taste.serving.growing import TasteGrower, with_popularity

if TYPE_CHECKING:
    from foretaste.store.records import ItemRecord

__all__ = ["Grower"]

_MANY = 16
"""Texts of so many items are looked for on disk first; opening the file costs as much as ten."""


@dataclass(frozen=True, eq=False)
class _Drift:
    likes: FloatArray
    people: int


class Grower:
    """Keeps a fitted recommender in step with its catalogue and with what people like, unfitted.

    New items get their place among tastes from text and attributes, by the map the fit made for
    items nobody had met; changed items that nobody had met at the fit are placed again; titles,
    filters and search follow at once. Popularity follows the stream. Each step gives a new
    recommender and leaves the old one as it was, so whoever answers swaps one for the other.
    What a person has taught the model stays as it was: fit again for that.

    Args:
        recommender: As fitted or loaded.
    """

    def __init__(self, recommender: Recommender) -> None:
        self._fitted = recommender
        self._still = recommender
        self._drift: _Drift | None = None
        self._current = recommender
        self._placers: dict[str, TasteGrower] = {}
        self._lock = RLock()
        self.warnings: tuple[str, ...] = ()
        """What could not be read or placed in the last call of :meth:`grow`, in words."""

    @property
    def recommender(self) -> Recommender:
        """The recommender as it is now."""
        return self._current

    def prepare(self) -> None:
        """Do now what the first new item would have to wait for (a second or two)."""
        with self._lock:
            for name, part in self._fitted.parts.items():
                if isinstance(part, FittedTaste):
                    self._placer(name, part)

    def grow(
        self, new_or_changed: Sequence[ItemRecord], deleted: Collection[str] = ()
    ) -> Recommender:
        """Take in items.

        Args:
            new_or_changed: Items with all their attributes, newest content last; hidden ones
                are known but never shown.
            deleted: Ids of items that are gone; ids nobody knows are none.

        Returns:
            The new recommender.
        """
        with self._lock:
            records = {one.item_id: one for one in new_or_changed if one.item_id}
            gone = {*deleted, *(i for i, one in records.items() if one.deleted)}
            kept = [one for i, one in records.items() if i not in gone]
            before = self._still
            told = unlike(kept, before.dataset)
            columns = read_cells(told, before.dataset.items, before.dataset.item_roles)
            self.warnings = columns.warnings
            places, rows = changed_rows(columns, before.dataset)
            taken = replace(columns, table=columns.table[places])
            self._still = self._taken(before, taken, rows, kept, gone)
            return self._moved()

    def drift(self, likes: FloatArray, people: int) -> Recommender:
        """Let popularity be what counts of the whole stream make it.

        The counts are sums over people, so a stream can add to them event by event. What nobody
        had met at the fit keeps the popularity its description gives until people like it more.

        Args:
            likes: How many people like each item by now, in the rows of :attr:`recommender`,
                [I]; rows left out at the end have none.
            people: How many people like anything by now.

        Returns:
            The new recommender.

        Raises:
            InputError: If there are more counts than items, or no people.
        """
        counted = np.asarray(likes, np.float64)
        with self._lock:
            if counted.ndim != 1 or len(counted) > self._still.dataset.n_items:
                raise InputError(
                    "likes do not fit the catalogue",
                    expected=f"at most {self._still.dataset.n_items} numbers",
                    got=str(counted.shape),
                )
            if people < 1:
                raise InputError("nobody likes anything", expected="people >= 1", got=str(people))
            self._drift = _Drift(counted, people)
            return self._moved()

    def _placer(self, name: str, part: FittedTaste) -> TasteGrower:
        if name not in self._placers:
            fitted = self._fitted
            model, text = _model(fitted, name), _text_vectors(fitted, part)
            self._placers[name] = TasteGrower.learn(
                part, fitted.dataset, text, model.content, model.direction
            )
        return self._placers[name]

    def _taken(
        self,
        before: Recommender,
        columns: Columns,
        rows: np.ndarray,
        kept: Sequence[ItemRecord],
        gone: Collection[str],
    ) -> Recommender:
        text = self._texts(before, columns, rows)
        vectors = None if text is None else text.vectors
        if text is not None:
            text.lexical.score("")  # its tables are made now, not while somebody waits
        dataset = before.dataset
        if len(rows):
            dataset = grown_dataset(dataset, columns, rows, vectors)
        hidden = hidden_items(before.hidden, dataset, kept, gone)
        parts, ratings = dict(before.parts), before.ratings
        if len(rows):
            for name, part in before.parts.items():
                if isinstance(part, FittedTaste):
                    parts[name] = self._placed(name, part, columns, rows, vectors, dataset.n_items)
                else:
                    parts[name] = grown_part(name, part, dataset, _model(before, name))
            if ratings is not None and dataset.n_items > before.dataset.n_items:
                ratings = grown_ratings(ratings, dataset.n_items)
        after = replace(
            before, dataset=dataset, parts=parts, text=text, ratings=ratings, hidden=hidden
        )
        _carry(before, after, rows)
        return after

    def _texts(self, before: Recommender, columns: Columns, rows: np.ndarray) -> TextIndex | None:
        if before.text is None or not len(rows):
            return before.text
        live = before.text.encoder
        if live is None:
            self.warnings += ("new texts are found by their words alone: no encoder is at hand",)
        if live is None or len(rows) < _MANY:
            return with_items(before.text, rows, columns.table, columns.roles)
        try:  # another worker, or this one before it was restarted, may have read the same texts
            remembered = replace(before.text, encoder=CachedEncoder(live))
            found = with_items(remembered, rows, columns.table, columns.roles)
            return replace(found, encoder=live)
        except StorageError:
            return with_items(before.text, rows, columns.table, columns.roles)

    def _placed(
        self,
        name: str,
        part: FittedTaste,
        columns: Columns,
        rows: np.ndarray,
        vectors: FloatArray | None,
        size: int,
    ) -> FittedTaste:
        """Place what nobody had met at the fit; what people know stays where they put it."""
        likes = np.asarray(self._fitted.dataset.liked.sum(axis=0)).ravel()
        unmet = np.array([row >= len(likes) or likes[row] == 0 for row in rows.tolist()], bool)
        chosen = rows[unmet]
        fitting = self._fitted.parts[name]
        if vectors is not None and vectors.shape[1] != len(fitting.prior.words_map):
            vectors = None
        placer = self._placer(name, fitting)
        grown = placer.grown(part, size, chosen, columns.table.filter(unmet), vectors)
        old = part.targets
        wide = np.zeros((size, old.shape[1]), np.float32)
        wide[: len(old)] = old
        both = np.hstack([grown.prior.features[chosen], grown.direction.right[chosen]])
        wide[chosen] = both * grown.lift[chosen, None]
        vars(grown)["targets"] = wide
        return grown

    def _moved(self) -> Recommender:
        """The grown recommender with the popularity of the stream."""
        still, drift = self._still, self._drift
        if drift is None:
            self._current = still
            return still
        likes = np.zeros(still.dataset.n_items)
        likes[: len(drift.likes)] = drift.likes
        parts = dict(still.parts)
        for name, part in still.parts.items():
            if isinstance(part, FittedTaste):
                first = np.asarray(self._fitted.dataset.liked.sum(axis=0)).ravel()
                met = np.zeros(len(likes), bool)
                met[: len(first)] = first > 0
                counted = likes / drift.people
                said = np.where(met, counted, np.maximum(counted, part.prior.popularity))
                parts[name] = with_popularity(part, said)
            elif name == "popularity" and _plain_counts(still):
                parts[name] = type(part)(likes, part.part)
        moved = replace(still, parts=parts)
        _carry(still, moved, np.zeros(0, np.int64), likes, drift.people)
        self._current = moved
        return moved


def _plain_counts(recommender: Recommender) -> bool:
    """Whether the popularity source counts likes, and does not let them fade."""
    return getattr(_model(recommender, "popularity"), "half_life_days", None) is None


def _model(recommender: Recommender, name: str) -> Any:
    """The settings a part was fitted with."""
    if recommender.kept is not None and name in recommender.kept.models:
        return recommender.kept.models[name]
    return model_settings(name, recommender.settings.models.get(name, {}))


def _text_vectors(recommender: Recommender, part: FittedTaste) -> FloatArray | None:
    given = recommender.dataset.vectors.get("text")
    if given is None and recommender.text is not None:
        given = recommender.text.vectors
    return given if given is not None and given.shape[1] == len(part.prior.words_map) else None


def _carry(
    before: Recommender,
    after: Recommender,
    rows: np.ndarray,
    likes: FloatArray | None = None,
    people: int | None = None,
) -> None:
    """Give the new recommender its pipeline, made from the old one's."""
    old = before.pipeline
    catalogue = old.translator.catalogue
    if after.dataset is not before.dataset or after.hidden is not before.hidden:
        catalogue = carried_catalogue(catalogue, after.dataset, rows, after.hidden)
    translator = replace(
        old.translator,
        catalogue=catalogue,
        read_wish=None if after.text is None else after.text.read,
    )
    if likes is None:
        likes = np.zeros(len(catalogue))
        likes[: len(old.writer.likes)] = old.writer.likes
    count = old.writer.n_people
    if people is not None:
        known = int((np.diff(before.dataset.liked.indptr) > 0).sum())
        count = before.dataset.n_users + max(people - known, 0)
    sources = tuple(Source(name, part) for name, part in after.parts.items())
    diversifier = old.diversifier
    if diversifier is not None and after.dataset is not before.dataset:
        fresh = after.diversifier()
        diversifier = fresh if isinstance(fresh, Diversifier) else None
    vars(after)["pipeline"] = replace(
        old,
        translator=translator,
        sources=sources,
        writer=old.writer.over(catalogue, likes, count, shared_words(after.text)),
        diversifier=diversifier,
    )
