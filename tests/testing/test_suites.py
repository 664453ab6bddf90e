"""Suites pass what is right and catch, by the right test, what is broken on purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from foretaste.core import (
    Attribution,
    Dataset,
    Evidence,
    FloatArray,
    History,
    ItemList,
    Query,
    State,
    stream,
    top,
)
from foretaste.models import Ease, FixedScores, Popularity
from foretaste.recommend import (
    Catalogue,
    Pipeline,
    ReasonSettings,
    ReasonWriter,
    Source,
    Translator,
)
from foretaste.testing import (
    AdapterConformance,
    EventLogConformance,
    ExplainerConformance,
    FilterConformance,
    GaussianWorld,
    MemoryEventLog,
    RerankerConformance,
    RetrieverConformance,
    ScorerConformance,
    gaussian_tastes,
    two_clans,
)


class Best:
    """A retriever: the best of a scorer."""

    def __init__(self, scorer: Any) -> None:
        self.scorer = scorer

    def retrieve(self, evidence: Evidence, n: int) -> ItemList:
        scores = self.scorer.score(evidence)
        best = top(scores, n)
        return ItemList.of(best, score=scores[best])


class EveryOther:
    """A reranker: the list backwards, thinned."""

    def rerank(self, evidence: Evidence, items: ItemList) -> ItemList:
        return items.take(slice(None, None, -2))


@dataclass(frozen=True)
class Belief:
    precision: np.ndarray
    information: np.ndarray


class Conditioner:
    """An adapter: Bayes' rule in information form."""

    def __init__(self, world: GaussianWorld) -> None:
        self.world = world

    def start(self, evidence: Evidence) -> Belief:
        precision = np.linalg.inv(self.world.covariance)
        return Belief(precision, precision @ self.world.mean)

    def adapt(self, state: Belief, events: History) -> Belief:
        seen = self.world.features[events.rows]
        told = np.nan_to_num(events.values) - self.world.popularity[events.rows]
        noise = self.world.noise
        return Belief(
            state.precision + seen.T @ seen / noise, state.information + seen.T @ told / noise
        )


def build_pipeline(dataset: Dataset) -> Pipeline:
    rng = stream(0)
    catalogue = Catalogue.of(dataset)
    translator = Translator(
        catalogue, dataset.user_ids, dataset.histories, (), dataset.kinds, lambda kind, value: 1.0
    )
    likes = np.asarray(dataset.liked.sum(axis=0)).ravel()
    writer = ReasonWriter(ReasonSettings(), catalogue, dataset.kinds, likes, dataset.n_users)
    sources = (
        Source("ease", Ease(ridge=1.0).fit(dataset, rng=rng)),
        Source("popularity", Popularity().fit(dataset, rng=rng)),
    )
    return Pipeline(translator, sources, writer)


class TestRetriever(RetrieverConformance):
    def make(self) -> Best:
        return Best(Popularity().fit(two_clans(), rng=stream(0)))


class TestReranker(RerankerConformance):
    def make(self) -> EveryOther:
        return EveryOther()


class TestAdapter(AdapterConformance):
    def make(self) -> Conditioner:
        return Conditioner(gaussian_tastes())

    def world(self) -> Dataset:
        return gaussian_tastes().dataset


class TestFilters(FilterConformance):
    def make(self, dataset: Dataset) -> Pipeline:
        return build_pipeline(dataset)


def test_the_example_adapter_is_the_right_posterior() -> None:
    world = gaussian_tastes()
    history = world.dataset.histories.of(0)
    part = Conditioner(world)
    belief = part.adapt(part.start(Evidence()), history)
    mean, _ = world.posterior(history)
    np.testing.assert_allclose(np.linalg.solve(belief.precision, belief.information), mean)


class Breakable(FixedScores):
    """Right, until it is told how to be wrong."""

    def __init__(self, wrong: str, scores: FloatArray | None = None) -> None:
        super().__init__(np.linspace(0.0, 1.0, two_clans().n_items) if scores is None else scores)
        self.wrong = wrong
        self.calls = 0

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> Breakable:
        if self.wrong == "data":
            dataset.item_roles["new"] = "text"  # type: ignore[index]
        if self.wrong == "global random":
            np.random.seed(3)  # noqa: NPY002
        scores = np.linspace(0.0, 1.0, dataset.n_items)
        if self.wrong == "unseeded":
            scores += np.random.default_rng().normal(size=len(scores))
        if self.wrong == "one item" and dataset.n_items == 1:
            scores = scores * np.nan
        return Breakable(self.wrong, scores)

    def score(self, evidence: Evidence, rows: Any = None) -> FloatArray:
        scores = self.scores.copy()
        if self.wrong == "nan for nobody" and not len(evidence.history):
            scores = scores * np.nan
        if self.wrong == "aliased":
            scores = self.scores
        if self.wrong == "forgets the rows":
            return scores
        if self.wrong == "ranks the slice" and rows is not None:
            return np.arange(float(len(rows)))
        if self.wrong == "sorts history" and evidence.history.rows.flags.writeable:
            evidence.history.rows.sort()
        if self.wrong == "drifts":
            self.calls += 1
            scores = scores + self.calls
        return scores if rows is None else scores[rows]

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        if self.wrong == "batch of none" and not batch:
            raise ValueError("nobody")
        scores = np.array([self.scores for _ in batch]).reshape(len(batch), len(self.scores))
        return scores * (2.0 if self.wrong == "batch differs" else 1.0)

    def explain(self, evidence: Evidence, rows: Any) -> Attribution:
        past = np.zeros((len(rows), len(evidence.history)))
        parts = {"popularity": self.scores[rows]}
        if self.wrong == "sum":
            parts["popularity"] = parts["popularity"] + 1e-3
        if self.wrong == "history":
            past = np.zeros((len(rows), len(evidence.history.liked)))
        if self.wrong == "relative":
            parts["popularity"] = parts["popularity"] - parts["popularity"].max(initial=0.0)
        return Attribution(rows, parts, past, blocks={"all": past + (self.wrong == "blocks")})

    def state(self) -> State:
        meta = {"wrong": self.wrong, "bad": float("nan")} if self.wrong == "json" else {}
        scores = self.scores.astype(np.float16) if self.wrong == "half saved" else self.scores
        return State({"scores": scores}, {"wrong": self.wrong, **meta})

    @classmethod
    def from_state(cls, state: State) -> Breakable:
        return cls(state.meta["wrong"], state.arrays["scores"])


def suite(kind: type, make: Callable[[], Any]) -> Any:
    return type("Suite", (kind,), {"make": lambda self: make()})()


SCORER_TESTS = [name for name in dir(ScorerConformance) if name.startswith("test_")]


def fails(one: Any, name: str, tmp_path: Any) -> bool:
    test = getattr(one, name)
    try:
        test(tmp_path) if "saved" in name else test()
    except (AssertionError, ValueError):
        return True
    return False


@pytest.mark.parametrize("name", SCORER_TESTS)
def test_a_right_scorer_passes(name: str, tmp_path: Any) -> None:
    assert not fails(suite(ScorerConformance, lambda: Breakable("")), name, tmp_path)


@pytest.mark.parametrize(
    ("wrong", "caught_by"),
    [
        ("nan for nobody", "test_everybody_gets_one_finite_number_for_every_item"),
        ("forgets the rows", "test_an_empty_slice_of_the_catalogue_gives_no_scores"),
        ("ranks the slice", "test_neither_order_nor_choice_of_candidates_changes_a_score"),
        ("batch differs", "test_a_batch_equals_one_by_one"),
        ("batch of none", "test_a_batch_equals_one_by_one"),
        ("json", "test_saved_and_loaded_it_answers_the_same"),
        ("half saved", "test_saved_and_loaded_it_answers_the_same"),
        ("unseeded", "test_the_same_seed_gives_the_same_answers"),
        ("drifts", "test_the_same_seed_gives_the_same_answers"),
        (
            "global random",
            "test_fitting_changes_neither_settings_nor_data_nor_numpys_own_randomness",
        ),
        ("sorts history", "test_what_is_given_is_not_modified"),
        ("aliased", "test_scores_belong_to_whoever_asked"),
        ("one item", "test_the_smallest_worlds_are_served_or_refused_in_words"),
    ],
)
def test_a_wrong_scorer_is_caught(wrong: str, caught_by: str, tmp_path: Any) -> None:
    assert fails(suite(ScorerConformance, lambda: Breakable(wrong)), caught_by, tmp_path)


@pytest.mark.parametrize(
    ("wrong", "caught_by"),
    [
        ("", None),
        ("sum", "test_an_additive_attribution_sums_to_the_score"),
        ("history", "test_shapes_are_those_of_items_and_history"),
        ("blocks", "test_blocks_sum_to_the_past"),
        ("relative", "test_an_explanation_does_not_depend_on_the_other_items_explained"),
    ],
)
def test_a_wrong_explanation_is_caught(wrong: str, caught_by: str | None, tmp_path: Any) -> None:
    one = suite(ExplainerConformance, lambda: Breakable(wrong))
    names = [name for name in dir(one) if name.startswith("test_")]
    failed = [name for name in names if fails(one, name, tmp_path)]
    assert caught_by in failed if caught_by else not failed


class Adds(EveryOther):
    def rerank(self, evidence: Evidence, items: ItemList) -> ItemList:
        every = len(items) and len(items) < 10
        return (
            ItemList.of([*items.rows, 19], score=[*items.scores, 0], tag=[*items.columns["tag"], 0])
            if every
            else items
        )


class Shifts(EveryOther):
    def rerank(self, evidence: Evidence, items: ItemList) -> ItemList:
        return ItemList.of(items.rows[::-1], **items.columns)


class Steps(Conditioner):
    """An adapter whose step is not Bayes' rule."""

    def adapt(self, state: Belief, events: History) -> Belief:
        return super().adapt(Belief(state.precision * 0.9, state.information), events)


class InPlace(Conditioner):
    def adapt(self, state: Belief, events: History) -> Belief:
        state.precision[:] = super().adapt(state, events).precision
        return state


class Amnesiac(MemoryEventLog):
    def append(self, events: Any) -> int:
        for event in events:
            self._events[str(len(self._events))] = event
        return len(events)


class Shameless:
    """Answers whatever is asked with the whole catalogue."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    def answer(self, query: Query) -> Any:
        return self.pipeline.answer(Query(query.user_id, n=query.n, filter_seen=False))


def test_wrong_lists_adapters_logs_and_filters_are_caught(tmp_path: Any) -> None:
    assert fails(suite(RerankerConformance, Adds), "test_nothing_is_added_and_nothing_comes_twice",
                 tmp_path)  # fmt: skip
    assert fails(suite(RerankerConformance, Shifts), "test_columns_stay_with_their_items", tmp_path)
    world = gaussian_tastes()
    assert fails(suite(AdapterConformance, lambda: Steps(world)), "test_two_steps_equal_one", None)
    assert fails(
        suite(AdapterConformance, lambda: InPlace(world)),
        "test_the_old_state_stays_as_it_was",
        None,
    )
    assert fails(
        suite(EventLogConformance, Amnesiac), "test_the_same_event_twice_counts_once", None
    )
    filters = type(
        "Suite", (FilterConformance,), {"make": lambda self, data: Shameless(build_pipeline(data))}
    )()
    assert fails(filters, "test_any_mixture_of_filters_holds", None)
    assert fails(filters, "test_what_was_seen_is_not_shown_unless_asked_for", None)
