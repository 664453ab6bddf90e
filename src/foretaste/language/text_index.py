"""A catalogue's texts, ready to be asked in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from foretaste.core.arrays import FloatArray, frozen
from foretaste.core.dataset import Dataset, Role
from foretaste.core.errors import BundleError
from foretaste.core.evidence import Wish
from foretaste.core.settings import Settings
from foretaste.core.verbs import Encoder, State
from foretaste.language.cache import live_encoder
from foretaste.language.lexical import LexicalIndex, LexicalSettings, Match
from foretaste.language.passages import split_passages
from foretaste.language.templates import item_texts, read_template

if TYPE_CHECKING:
    import polars as pl

__all__ = ["TextIndex", "TextIndexSettings"]

_MOST_CHARACTERS = 20_000


class TextIndexSettings(Settings):
    """Settings of :class:`TextIndex`."""

    template: str = Field("item.en", description="Template name, or path of your own")
    words_only: tuple[str, ...] = Field(
        ("people",), description="Template fields matched by words, kept out of the vectors"
    )
    field_weights: dict[str, float] = Field(
        default_factory=dict, description="Weight of template fields in word matching, else 1"
    )
    lexical: LexicalSettings = Field(LexicalSettings(), description="Word matching")
    whole: float = Field(13.0, ge=0, description="Nats per unit of whole-text cosine")
    passage: float = Field(8.5, ge=0, description="Nats per unit of best-passage cosine")
    words: float = Field(0.64, ge=0, description="Nats per unit of BM25")
    max_passages: int = Field(12, ge=1, le=1000, description="Passages of one item")
    passages_up_to: int = Field(
        30_000, ge=0, description="Items above which passages are left out (memory and time)"
    )


@dataclass(frozen=True, eq=False)
class TextIndex:
    """Reads wishes: how much likelier does each item become once these words are said?

    ::

        r(q, i) = whole cos(e(q), e(text_i)) + passage max_p cos(e(q), e(p)) + words BM25F(q, i)
        relevance(q, i) = r(q, i) - ln mean_j exp r(q, j)

    so ``relevance`` is the natural logarithm of a lift: 0 means as likely as an item drawn
    blindly, 2 means 7.4 times as likely; its softmax is the probability of being the one
    meant. The three weights are a conditional logit (McFadden 1974), fitted on films whose
    wish was a plot, or one sentence of one, from another source than the catalogue's text.
    Passages are the sentences of an item's text, and its tags. Names (``words_only``) are
    left to the words: sentence encoders know few people, and names dilute a vector.

    Attributes:
        settings: See :class:`TextIndexSettings`.
        lexical: Words of all fields.
        vectors: Whole texts, float32 [I, D]; zeros without text.
        passages: Passages of all items one after another, float32 [P, D].
        starts: Where each item's passages begin, int64 [I]; empty without passages.
        encoder_name: Whose vectors these are.
        encoder: Encodes wishes; ``None`` leaves word matching only.
        warnings: What was fallen back from, in words.
    """

    settings: TextIndexSettings
    lexical: LexicalIndex
    vectors: NDArray[np.float32] = field(repr=False)
    passages: NDArray[np.float32] = field(repr=False)
    starts: NDArray[np.int64] = field(repr=False)
    encoder_name: str
    encoder: Encoder | None = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def build(
        cls, dataset: Dataset, encoder: Encoder, settings: TextIndexSettings | None = None
    ) -> Self:
        """Index the texts of a dataset's items.

        Args:
            dataset: Whose items.
            encoder: Encodes them; a :class:`CachedEncoder` to do so only once.
            settings: See :class:`TextIndexSettings`.

        Returns:
            The index.
        """
        chosen = settings or TextIndexSettings()
        template = read_template(chosen.template)
        lexical = LexicalIndex.build(
            {name: [] for name in template.fields}, chosen.field_weights, chosen.lexical
        )
        empty = cls(
            chosen,
            lexical,
            np.empty((0, encoder.size), np.float32),
            np.empty((0, encoder.size), np.float32),
            np.empty(0, np.int64),
            encoder.name,
            encoder,
        )
        index = empty.add(dataset.items, dataset.item_roles)
        return replace(
            index,
            encoder=live_encoder(encoder),
            warnings=tuple(getattr(encoder, "warnings", ())),
        )

    def add(self, items: pl.DataFrame, roles: Mapping[str, Role]) -> Self:
        """Index further items after the present ones; equal to building from all at once.

        Args:
            items: One row an item, as ``Dataset.items``.
            roles: Roles of its columns.

        Returns:
            A new index; this one stays as it was.

        Raises:
            BundleError: If this index was loaded without its encoder.
        """
        if self.encoder is None:
            raise BundleError(
                "items cannot be added without the encoder of this index",
                expected=self.encoder_name,
                remedy="Load the index with that encoder",
            )
        given = self.settings
        fields = item_texts(items, roles, read_template(given.template))
        chosen = [texts for name, texts in fields.items() if name not in given.words_only]
        whole = [" ".join(part for part in parts if part) for parts in zip(*chosen, strict=True)]
        vectors = np.concatenate([self.vectors, self.encoder.encode(whole)])
        passages, starts = self.passages, self.starts
        if len(vectors) > given.passages_up_to:
            passages, starts = passages[:0], starts[:0]
        elif len(starts) == len(self.vectors):
            cut = [self._cut(fields, row) or [text] for row, text in enumerate(whole)]
            # Rounded to what is saved, so that a loaded index answers exactly as this one.
            fresh = self.encoder.encode([passage for parts in cut for passage in parts])
            fresh = fresh.astype(np.float16).astype(np.float32)
            ends = len(passages) + np.cumsum([len(parts) for parts in cut], dtype=np.int64)
            lengths = np.array([len(parts) for parts in cut], np.int64)
            passages = np.concatenate([passages, fresh])
            starts = np.concatenate([starts, ends - lengths])
        return replace(
            self,
            lexical=self.lexical.add(fields),
            vectors=frozen(vectors),
            passages=frozen(passages),
            starts=frozen(starts),
        )

    def _cut(self, fields: Mapping[str, Sequence[str]], row: int) -> list[str]:
        passages: list[str] = []
        for name, texts in fields.items():
            if name in self.settings.words_only or name == "title" or not texts[row]:
                continue
            # Tags are one passage: word by word they would match everything a little.
            whole = name == "tags"
            passages += [texts[row]] if whole else split_passages(texts[row])
        return passages[: self.settings.max_passages]

    def __len__(self) -> int:
        return len(self.vectors)

    def read(self, text: str) -> Wish:
        """Read a wish.

        Args:
            text: Plain words, in any language the encoder knows; cut at 20,000 characters.

        Returns:
            The wish with its vector and each item's relevance in nats (see the class).
            Words that say nothing (empty, or unknown to everything) give relevance 0.
        """
        words = text[:_MOST_CHARACTERS]
        vector = None
        total = self.settings.words * self.lexical.score(words).astype(np.float64)
        if self.encoder is not None and words.strip():
            vector = self.encoder.encode([words])[0]
            total += self._meaning(vector)
        if len(total):
            highest = total.max()
            total -= highest + np.log(np.exp(total - highest).mean())
        return Wish(text, vector, total.astype(np.float32))

    def _meaning(self, vector: NDArray[np.float32]) -> NDArray[np.float64]:
        given = self.settings
        whole = self.vectors @ vector
        best = whole
        if len(self.starts):
            best = np.maximum.reduceat(self.passages @ vector, self.starts)
        return (given.whole * whole + given.passage * best).astype(np.float64)

    def matches(self, text: str, item_row: int) -> list[Match]:
        """The words of a wish that an item's text has too: what a reason may name.

        Args:
            text: The wish.
            item_row: Inside row of the item.

        Returns:
            Matches, the most telling first; empty when only the meaning is alike.
        """
        return self.lexical.matches(text[:_MOST_CHARACTERS], item_row)

    def similar(self, item_row: int) -> FloatArray:
        """Cosine of every item's whole text to one item's.

        Args:
            item_row: Inside row of the item.

        Returns:
            Cosines, float32 [I].
        """
        return self.vectors @ self.vectors[item_row]

    def state(self) -> State:
        """All that is needed to answer as now, but for the encoder.

        Returns:
            Vectors (passages at half precision), words and settings.
        """
        words = self.lexical.state()
        arrays = {f"words.{name}": array for name, array in words.arrays.items()}
        arrays |= {
            "vectors": self.vectors,
            "passages": self.passages.astype(np.float16),
            "starts": self.starts,
        }
        meta = {
            "settings": self.settings.model_dump(mode="json"),
            "encoder_name": self.encoder_name,
            "words": dict(words.meta),
            "warnings": list(self.warnings),
        }
        return State(arrays, meta)

    @classmethod
    def from_state(cls, state: State, encoder: Encoder | None = None) -> Self:
        """The index that :meth:`state` wrote down.

        Args:
            state: Of this class.
            encoder: The encoder it was built with. With another one, or none, wishes are
                matched by their words only, and ``warnings`` says so.

        Returns:
            The same index.

        Raises:
            BundleError: If something is missing from the state.
        """
        try:
            settings = TextIndexSettings.of(dict(state.meta["settings"]), "text index")
            prefix = "words."
            arrays = {k[len(prefix) :]: v for k, v in state.arrays.items() if k.startswith(prefix)}
            index = cls(
                settings,
                LexicalIndex.from_state(State(arrays, state.meta["words"])),
                frozen(state.arrays["vectors"], np.float32),
                frozen(state.arrays["passages"], np.float32),
                frozen(state.arrays["starts"], np.int64),
                str(state.meta["encoder_name"]),
                None,
                tuple(state.meta["warnings"]),
            )
        except KeyError as error:
            raise BundleError(f"a text index without {error}", remedy="Fit it anew") from error
        if encoder is not None and encoder.name == index.encoder_name:
            return replace(index, encoder=live_encoder(encoder))
        got = "none" if encoder is None else encoder.name
        warning = (
            f"Wishes are matched by their words only, not by meaning: this index was made "
            f"with the encoder {index.encoder_name}, and here is {got}."
        )
        return replace(index, warnings=(*index.warnings, warning))
