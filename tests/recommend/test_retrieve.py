"""The full scan keeps its verb's promises."""

from __future__ import annotations

import numpy as np

from foretaste.core import Evidence, History, stream
from foretaste.models import Ease, Popularity
from foretaste.recommend import FullScan
from foretaste.testing import RetrieverConformance, two_clans


class TestFullScan(RetrieverConformance):
    def make(self) -> FullScan:
        return FullScan(Popularity().fit(two_clans(), rng=stream(0)))


def test_a_scorer_with_nothing_to_say_proposes_nothing_unless_told_to() -> None:
    fitted = Ease().fit(two_clans(), rng=stream(0))
    assert len(FullScan(fitted, anyway=False).retrieve(Evidence(), 3)) == 0
    assert len(FullScan(fitted).retrieve(Evidence(), 3)) == 3
    assert len(FullScan(fitted, anyway=False).retrieve(Evidence(History.of([0])), 3)) == 3


def test_a_mask_is_obeyed() -> None:
    fitted = Popularity().fit(two_clans(), rng=stream(0))
    mask = np.zeros(two_clans().n_items, bool)
    mask[2] = True
    assert FullScan(fitted).retrieve(Evidence(), 5, mask).rows.tolist() == [2]
