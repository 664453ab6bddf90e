"""The verbs: protocols that parts implement and that everything else depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from foretaste.core.arrays import FloatArray, Rows
from foretaste.core.dataset import Dataset
from foretaste.core.events import Event, Impression
from foretaste.core.evidence import Evidence, History
from foretaste.core.items import Attribution, ItemList

__all__ = [
    "Adapter",
    "Clock",
    "Encoder",
    "EventLog",
    "Executor",
    "Explainer",
    "Fittable",
    "Reranker",
    "Retriever",
    "Saved",
    "Scorer",
    "State",
    "TextGenerator",
]

T = TypeVar("T")
R = TypeVar("R")
StateT = TypeVar("StateT")
Fitted_co = TypeVar("Fitted_co", covariant=True)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A fitted part as plain data: what a bundle keeps of it.

    Attributes:
        arrays: Arrays by name (written as safetensors).
        meta: JSON values: settings, names, counts.
    """

    arrays: Mapping[str, NDArray[Any]]
    meta: Mapping[str, Any]


@runtime_checkable
class Scorer(Protocol):
    """Gives every item a number for whoever the evidence describes."""

    def score(self, evidence: Evidence, rows: Rows | None = None) -> FloatArray:
        """Scores of the given items (of all when ``None``), aligned; never NaN."""
        ...

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Scores of all items for many people, [B, I]; equal to one by one."""
        ...


@runtime_checkable
class Explainer(Protocol):
    """Says what moved a score."""

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """Attribution of these items' scores."""
        ...


@runtime_checkable
class Saved(Protocol):
    """A fitted part that can be written down and read back without running code."""

    def state(self) -> State:
        """All that is needed to answer as now."""
        ...

    @classmethod
    def from_state(cls, state: State) -> Self:
        """The part that :meth:`state` wrote down."""
        ...


class Fittable(Protocol[Fitted_co]):
    """Settings that, with data, become a fitted part (new and frozen)."""

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> Fitted_co:
        """Learn; the settings stay as they were."""
        ...


@runtime_checkable
class Retriever(Protocol):
    """Proposes a few items out of many."""

    def retrieve(self, evidence: Evidence, n: int) -> ItemList:
        """At most ``n`` items with a ``score`` column, best first."""
        ...


@runtime_checkable
class Reranker(Protocol):
    """Reorders or thins a list; never adds to it."""

    def rerank(self, evidence: Evidence, items: ItemList) -> ItemList:
        """The list in its new order."""
        ...


@runtime_checkable
class Adapter(Protocol, Generic[StateT]):
    """Moves what is believed of a person by what just happened."""

    def start(self, evidence: Evidence) -> StateT:
        """The state before any event: what words and profile say."""
        ...

    def adapt(self, state: StateT, events: History) -> StateT:
        """The state after these events; the old one stays as it was."""
        ...


@runtime_checkable
class Encoder(Protocol):
    """Turns text into vectors."""

    @property
    def name(self) -> str:
        """Which encoder, with its version or digest: the key of any cache."""
        ...

    @property
    def size(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length one (zeros for empty text), float32 [N, size]."""
        ...


@runtime_checkable
class TextGenerator(Protocol):
    """Continues a prompt: a language model."""

    @property
    def name(self) -> str:
        """Which model."""
        ...

    def generate(self, prompt: str, *, max_tokens: int, seed: int = 0) -> str:
        """The continuation."""
        ...


class EventLog(Protocol):
    """Keeps what happened; the only way the circle closes."""

    def append(self, events: Iterable[Event]) -> int:
        """Keep events; the number that were new (the same key twice counts once)."""
        ...

    def shown(self, impression: Impression) -> None:
        """Keep what was shown."""
        ...

    def read(self, user_id: str | None = None) -> Iterator[Event]:
        """Events in the order they were kept."""
        ...


class Executor(Protocol):
    """Where work runs: here, a pool, a cluster."""

    def map(self, work: Callable[[T], R], things: Iterable[T]) -> list[R]:
        """Results in the order of the things."""
        ...


class Clock(Protocol):
    """What time it is."""

    def now_s(self) -> float:
        """Seconds since 1970 UTC."""
        ...
