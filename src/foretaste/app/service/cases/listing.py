"""Lists that are not about one person."""

from __future__ import annotations

import secrets
from collections import Counter

import numpy as np

from foretaste.app.queries import check_count
from foretaste.app.service.cases.base import Cases
from foretaste.app.service.live.lists import allowed, latest, popular, similar, trending
from foretaste.app.service.live.serving import Serving
from foretaste.app.service.values import Listed, Listing
from foretaste.core import BoolArray, FloatArray, Impression, top
from foretaste.core.errors import InputError, LimitError

__all__ = ["ListCases"]


class ListCases(Cases):
    """Similar items, search, popular, trending, latest; who would like an item."""

    def similar(
        self,
        item_id: str,
        n: int = 10,
        *,
        filter: str | None = None,
        offset: int = 0,
        record: bool = True,
    ) -> Listing:
        """Items that liking this one speaks for.

        Args:
            item_id: The item.
            n: Length of the list.
            filter: An expression over attributes.
            offset: How many to leave out at the top.
            record: Whether to write down what was shown.

        Returns:
            The list.

        Raises:
            UnknownIdError: If there is no such item.
        """
        self._check(n, offset)
        serving = self._inside.serving
        row = serving.recommender.dataset.item_ids.row(item_id)
        mask = self._mask(serving, filter, None)
        mask[row] = False
        return self._listing(serving, similar(serving, row), mask, "similar", n, offset, record)

    def search(
        self,
        text: str,
        n: int = 10,
        *,
        filter: str | None = None,
        offset: int = 0,
        record: bool = True,
    ) -> Listing:
        """Items that words speak of, by the words themselves and by what they mean.

        The score is the logarithm of how much likelier the words make the item. The half of
        the catalogue that they fit least is left out.

        Args:
            text: What is looked for.
            n: Length of the list.
            filter: An expression over attributes.
            offset: How many to leave out at the top.
            record: Whether to write down what was shown.

        Returns:
            The list; empty when nothing fits.

        Raises:
            InputError: If the text is empty.
        """
        self._check(n, offset)
        if not text.strip():
            raise InputError("there is nothing to search for", expected="words")
        if len(text) > self._inside.settings.limits.text_characters:
            raise LimitError("the text is too long", got=len(text))
        serving = self._inside.serving
        mask = self._mask(serving, filter, None)
        index = serving.recommender.text
        if index is None:
            titles = serving.recommender.pipeline.translator.catalogue.titles
            words = text.casefold()
            found = np.array([words in title.casefold() for title in titles], np.float64)
        else:
            relevance = index.read(text.encode("utf-8", "replace").decode()).relevance
            assert relevance is not None
            found = np.zeros(len(mask))
            found[: len(relevance)] = relevance
        spoken_of = found > np.median(found) if index is not None else found > 0
        return self._listing(serving, found, mask & spoken_of, "search", n, offset, record)

    def popular(
        self, n: int = 10, *, category: str | None = None, offset: int = 0, record: bool = True
    ) -> Listing:
        """What most people like, by now.

        Args:
            n: Length of the list.
            category: A value of any category, or ``attribute=value``.
            offset: How many to leave out at the top.
            record: Whether to write down what was shown.

        Returns:
            The list; the score is the number of people.
        """
        return self._ranked("popular", n, category, offset, record)

    def trending(
        self, n: int = 10, *, category: str | None = None, offset: int = 0, record: bool = True
    ) -> Listing:
        """What is liked in the last week more than its past explains.

        Args:
            n: Length of the list.
            category: A value of any category, or ``attribute=value``.
            offset: How many to leave out at the top.
            record: Whether to write down what was shown.

        Returns:
            The list; the score is in standard deviations.
        """
        return self._ranked("trending", n, category, offset, record)

    def latest(
        self, n: int = 10, *, category: str | None = None, offset: int = 0, record: bool = True
    ) -> Listing:
        """The newest items.

        Args:
            n: Length of the list.
            category: A value of any category, or ``attribute=value``.
            offset: How many to leave out at the top.
            record: Whether to write down what was shown.

        Returns:
            The list; the score is the time, seconds since 1970 UTC.
        """
        return self._ranked("latest", n, category, offset, record)

    def categories(self) -> dict[str, int]:
        """Values of all category attributes.

        Returns:
            How many items carry each, the most frequent first.
        """
        catalogue = self._inside.serving.recommender.pipeline.translator.catalogue
        counts: Counter[str] = Counter()
        for name, role in catalogue.roles.items():
            if role in ("category", "categories"):
                counts.update(catalogue.counts(name))
        return dict(counts.most_common())

    def audience(self, item_id: str, n: int = 10) -> list[tuple[str, float]]:
        """Who would like an item most, of those who have not met it.

        Args:
            item_id: The item; it may be new.
            n: How many people.

        Returns:
            Ids and scores.

        Raises:
            UnknownIdError: If there is no such item.
        """
        inside = self._inside
        self._check(n, 0)
        serving = inside.serving
        frame = serving.recommender.audience(item_id, min(2 * n + 20, 20_000))
        pairs = zip(frame["user_id"].tolist(), frame["score"].tolist(), strict=True)
        return [
            (user_id, score)
            for user_id, score in pairs
            if not inside.was_forgotten(user_id, serving.position)
            and inside.consent_of(user_id).personalise
        ][:n]

    def _ranked(
        self, name: str, n: int, category: str | None, offset: int, record: bool
    ) -> Listing:
        self._check(n, offset)
        serving = self._inside.serving
        scores = {"popular": popular, "trending": trending, "latest": latest}[name](serving)
        mask = self._mask(serving, None, category)
        return self._listing(serving, scores, mask, name, n, offset, record)

    def _check(self, n: int, offset: int) -> None:
        check_count(n)
        most = self._inside.settings.limits.list_length
        if n > most:
            raise LimitError("n is too large", expected=f"at most {most}", got=n)
        if not isinstance(offset, int) or offset < 0:
            raise InputError("offset is no place", expected="0 or more", got=offset)

    def _mask(self, serving: Serving, filter: str | None, category: str | None) -> BoolArray:
        return allowed(serving, filter, category, self._inside.clock.now_s())

    def _listing(
        self,
        serving: Serving,
        scores: FloatArray,
        mask: BoolArray,
        source: str,
        n: int,
        offset: int,
        record: bool,
    ) -> Listing:
        inside = self._inside
        rows = top(np.where(mask, scores, -np.inf), offset + n)[offset:].tolist()
        catalogue = serving.recommender.pipeline.translator.catalogue
        ids = catalogue.item_ids.names(rows)
        table = catalogue.table[rows].rows(named=True)
        items = tuple(
            Listed(
                item_id,
                catalogue.titles[row],
                float(scores[row]),
                {k: v for k, v in values.items() if v is not None and k != "item_id"},
            )
            for row, item_id, values in zip(rows, ids, table, strict=True)
        )
        answer_id = secrets.token_hex(8)
        now_s = inside.clock.now_s()
        if record and inside.settings.storage.impressions:
            inside.showing.put(
                Impression(
                    answer_id,
                    None,
                    tuple(ids),
                    (1.0,) * len(ids),
                    now_s,
                    source=source,
                    bundle_digest=serving.info.digest,
                )
            )
        return Listing(items, answer_id, source, serving.info.digest)
