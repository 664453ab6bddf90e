# ruff: noqa: D102 - the name of a test is its sentence
"""What everything that learns from what just happened promises."""

from __future__ import annotations

from typing import Any

import numpy as np

from foretaste.core import EMPTY_HISTORY, Evidence, FloatArray, History
from foretaste.testing.cases import Suite, cases, flattened

__all__ = ["AdapterConformance"]


class AdapterConformance(Suite):
    """The suite of :class:`foretaste.core.Adapter`: Bayes, fold-in and inner steps alike.

    Attributes:
        tolerance: How far two steps may differ from one, relative to the largest number.
    """

    tolerance: float = 1e-6

    def beliefs(self, state: Any) -> FloatArray:
        """What a state believes, as one vector; override if it keeps more than that.

        Args:
            state: A state.

        Returns:
            By default all numbers in it.
        """
        return flattened(state)

    def histories(self) -> dict[str, History]:
        """The pasts to learn from, by name.

        Returns:
            By default those of :func:`foretaste.testing.cases`.
        """
        return {who: one.history for who, one in cases(self.world()).items()}

    def same(self, one: Any, other: Any, what: str) -> None:
        """Fail unless two states believe the same.

        Args:
            one: A state.
            other: A state.
            what: What should not have made a difference.
        """
        a, b = self.beliefs(one), self.beliefs(other)
        scale = max(1.0, float(np.abs(b).max(initial=0.0)))
        np.testing.assert_allclose(a, b, self.tolerance, self.tolerance * scale, err_msg=what)

    def test_two_steps_equal_one(self) -> None:
        for who, history in self.histories().items():
            start = self.part().start(Evidence())
            at_once = self.part().adapt(start, history)
            for cut in {0, len(history) // 2, len(history)}:
                early = self.part().adapt(start, history.take(slice(0, cut)))
                late = self.part().adapt(early, history.take(slice(cut, None)))
                self.same(late, at_once, f"{who}, cut at {cut}")

    def test_one_by_one_equals_at_once(self) -> None:
        for who, history in self.histories().items():
            state = start = self.part().start(Evidence())
            for place in range(len(history)):
                state = self.part().adapt(state, history.take(slice(place, place + 1)))
            self.same(state, self.part().adapt(start, history), who)

    def test_the_old_state_stays_as_it_was(self) -> None:
        for who, history in self.histories().items():
            state = self.part().start(Evidence())
            before = self.beliefs(state).copy()
            later = self.part().adapt(state, history)
            kept = self.beliefs(later).copy()
            np.testing.assert_array_equal(self.beliefs(state), before, who)
            self.part().adapt(later, history)
            np.testing.assert_array_equal(self.beliefs(later), kept, who)

    def test_nothing_happened_changes_nothing(self) -> None:
        for who, evidence in cases(self.world()).items():
            state = self.part().start(evidence)
            self.same(self.part().adapt(state, EMPTY_HISTORY), state, who)

    def test_something_happened_changes_something(self) -> None:
        start = self.part().start(Evidence())
        moved = self.part().adapt(start, self.world().histories.of(0))
        before, after = self.beliefs(start), self.beliefs(moved)
        assert before.shape != after.shape or not np.array_equal(before, after)

    def test_every_belief_is_a_finite_number(self) -> None:
        for who, evidence in cases(self.world()).items():
            state = self.part().adapt(self.part().start(evidence), evidence.history)
            assert np.isfinite(self.beliefs(state)).all(), who
