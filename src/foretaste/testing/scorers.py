# ruff: noqa: D102 - the name of a test is its sentence
"""What every scorer promises, and what every explanation of a score promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from foretaste.core import Evidence, FloatArray, History, stream, top
from foretaste.core.errors import InputError
from foretaste.testing.cases import Suite, cases, through_disk
from foretaste.testing.worlds import empty, one_item, one_person

__all__ = ["ExplainerConformance", "ScorerConformance"]


class ScorerConformance(Suite):
    """The suite of :class:`foretaste.core.Scorer`.

    A new model passes it in three lines::

        class TestMine(ScorerConformance):
            def make(self):
                return Mine()

    Attributes:
        tolerance: Relative difference that is rounding, between one way and another of
            computing the same score.
    """

    tolerance: float = 1e-5

    def same(self, one: FloatArray, other: FloatArray, what: str) -> None:
        """Fail unless two sets of scores are equal but for rounding.

        Args:
            one: Scores.
            other: Scores.
            what: What should not have changed them.
        """
        scale = max(1.0, float(np.abs(other).max(initial=0.0)))
        assert np.shape(one) == np.shape(other), f"{what}: {np.shape(one)} != {np.shape(other)}"
        np.testing.assert_allclose(one, other, self.tolerance, self.tolerance * scale, err_msg=what)

    def test_everybody_gets_one_finite_number_for_every_item(self) -> None:
        world = self.world()
        for who, evidence in cases(world).items():
            scores = self.part().score(evidence)
            assert scores.shape == (world.n_items,), f"{who}: shape {scores.shape}"
            assert scores.dtype.kind == "f", f"{who}: {scores.dtype} is not a real number"
            assert np.isfinite(scores).all(), f"{who}: scores {scores}"

    def test_an_empty_slice_of_the_catalogue_gives_no_scores(self) -> None:
        for who, evidence in cases(self.world()).items():
            assert self.part().score(evidence, np.empty(0, np.int32)).shape == (0,), who

    def test_neither_order_nor_choice_of_candidates_changes_a_score(self) -> None:
        n_items = self.world().n_items
        mixed = stream(3, "candidates").permutation(n_items).astype(np.int32)
        for who, evidence in cases(self.world()).items():
            every = self.part().score(evidence)
            for rows in (mixed, mixed[: n_items // 2], mixed[:1], np.repeat(mixed[:2], 2)):
                self.same(self.part().score(evidence, rows), every[rows], who)

    def test_a_batch_equals_one_by_one(self) -> None:
        everybody = list(cases(self.world()).values())
        alone = np.stack([self.part().score(one) for one in everybody])
        self.same(self.part().score_batch(everybody), alone, "in a batch")
        self.same(self.part().score_batch(everybody[::-1]), alone[::-1], "in another order")
        self.same(self.part().score_batch(everybody[:1]), alone[:1], "a batch of one")
        assert self.part().score_batch([]).shape == (0, self.world().n_items)

    def test_more_than_the_catalogue_can_be_asked_for(self) -> None:
        n_items = self.world().n_items
        for who, evidence in cases(self.world()).items():
            best = top(self.part().score(evidence), n_items + 1_000)
            assert sorted(best.tolist()) == list(range(n_items)), who

    def test_saved_and_loaded_it_answers_the_same(self, tmp_path: Path) -> None:
        part = self.part()
        again = type(part).from_state(through_disk(part.state(), tmp_path))
        for who, evidence in cases(self.world()).items():
            np.testing.assert_array_equal(again.score(evidence), part.score(evidence), who)

    def test_the_same_seed_gives_the_same_answers(self) -> None:
        again = self.fitted(self.world())
        for who, evidence in cases(self.world()).items():
            self.same(again.score(evidence), self.part().score(evidence), who)
            np.testing.assert_array_equal(
                self.part().score(evidence), self.part().score(evidence), who
            )

    def test_fitting_changes_neither_settings_nor_data_nor_numpys_own_randomness(self) -> None:
        made, world = self.make(), self.world()
        before = (repr(made), world.digest, str(np.random.get_state()))  # noqa: NPY002
        if hasattr(made, "fit"):
            made.fit(world, rng=stream(0, "fit"))
        assert (repr(made), world.digest, str(np.random.get_state())) == before  # noqa: NPY002

    def test_what_is_given_is_not_modified(self) -> None:
        rows = np.arange(self.world().n_items, dtype=np.int32)[::-1].copy()
        for who, evidence in cases(self.world()).items():
            given, copy = _writeable(evidence), _writeable(evidence)
            self.part().score(given, rows)
            self.part().score_batch([given, given])
            for name in _COLUMNS:
                np.testing.assert_array_equal(
                    getattr(given.history, name), getattr(copy.history, name), f"{who}: {name}"
                )
            if given.wish is not None and copy.wish is not None:
                np.testing.assert_array_equal(given.wish.vector, copy.wish.vector, who)
        assert rows.tolist() == list(range(len(rows)))[::-1]

    def test_scores_belong_to_whoever_asked(self) -> None:
        evidence = self.world().evidence(0)
        before = self.part().score(evidence).copy()
        batch = self.part().score_batch([evidence])
        batch[:] = -np.inf
        alone = self.part().score(evidence)
        if alone.flags.writeable:
            alone[:] = -np.inf
        np.testing.assert_array_equal(self.part().score(evidence), before)

    def test_many_threads_get_what_one_gets(self) -> None:
        everybody = list(cases(self.world()).values()) * 3
        fresh = self.fitted(self.world())
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(fresh.score, everybody))
        for scores, evidence in zip(together, everybody, strict=True):
            self.same(scores, self.part().score(evidence), "in many threads")

    def test_the_smallest_worlds_are_served_or_refused_in_words(self) -> None:
        for world in (empty(), one_item(), one_person()):
            try:
                part = self.fitted(world)
            except InputError as refusal:
                assert len(str(refusal)) > 10, f"{world.name}: {refusal!r} does not say why"
                continue
            everybody = cases(world) if world.n_items else {"nobody": Evidence()}
            for who, evidence in everybody.items():
                scores = part.score(evidence)
                assert scores.shape == (world.n_items,), f"{world.name}, {who}"
                assert np.isfinite(scores).all(), f"{world.name}, {who}: {scores}"


class ExplainerConformance(Suite):
    """The suite of :class:`foretaste.core.Explainer`, for a part that also scores.

    Attributes:
        sum_tolerance: How far an additive attribution may miss the score, relative to the
            size of what is summed (at least 1).
    """

    sum_tolerance: float = 1e-6

    def test_shapes_are_those_of_items_and_history(self) -> None:
        for who, rows, evidence, found in self._attributions():
            K, L = len(rows), len(evidence.history)
            np.testing.assert_array_equal(found.rows, rows, who)
            assert found.past.shape == (K, L), who
            assert found.effect is None or found.effect.shape == (K, L), who
            assert all(part.shape == (K,) for part in found.parts.values()), who
            assert all(block.shape == (K, L) for block in found.blocks.values()), who

    def test_an_additive_attribution_sums_to_the_score(self) -> None:
        for who, rows, evidence, found in self._attributions():
            if found.additive:
                score = self.part().score(evidence, rows)
                size = np.abs(found.past).sum(axis=1)
                size = size + sum(np.abs(part) for part in found.parts.values())
                missed = np.abs(found.total() - score) / np.maximum(size, 1.0)
                assert missed.max(initial=0.0) <= self.sum_tolerance, f"{who}: {missed.max()}"

    def test_blocks_sum_to_the_past(self) -> None:
        for who, _, _, found in self._attributions():
            if found.blocks:
                total = sum(found.blocks.values())
                np.testing.assert_allclose(total, found.past, rtol=1e-6, atol=1e-6, err_msg=who)

    def test_every_share_is_a_finite_number(self) -> None:
        for who, _, _, found in self._attributions():
            everything = [found.past, *found.parts.values(), *found.blocks.values()]
            if found.effect is not None:
                everything.append(found.effect)
            assert all(np.isfinite(one).all() for one in everything), who

    def test_no_items_give_an_empty_attribution(self) -> None:
        for who, evidence in cases(self.world()).items():
            found = self.part().explain(evidence, np.empty(0, np.int32))
            assert found.past.shape == (0, len(evidence.history)), who
            assert all(part.shape == (0,) for part in found.parts.values()), who

    def test_an_explanation_does_not_depend_on_the_other_items_explained(self) -> None:
        for who, rows, evidence, found in self._attributions():
            alone = self.part().explain(evidence, rows[1:2])
            np.testing.assert_allclose(alone.past[0], found.past[1], 1e-5, 1e-6, err_msg=who)
            for name, part in alone.parts.items():
                np.testing.assert_allclose(part[0], found.parts[name][1], 1e-5, 1e-6, err_msg=who)

    def _attributions(self) -> Any:
        world = self.world()
        rows = stream(5, "explain").permutation(world.n_items)[:7].astype(np.int32)
        for who, evidence in cases(world).items():
            yield who, rows, evidence, self.part().explain(evidence, rows)


_COLUMNS = ("rows", "signals", "values", "times_s", "kinds")


def _writeable(evidence: Evidence) -> Evidence:
    """The same evidence in arrays that could be written to, were somebody so rude."""
    columns = [np.array(getattr(evidence.history, name)) for name in _COLUMNS]
    wish = evidence.wish
    if wish is not None and wish.vector is not None:
        wish = replace(wish, vector=np.array(wish.vector))
    return replace(evidence, history=History(*columns), wish=wish)
