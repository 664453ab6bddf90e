"""The prior over tastes keeps every promise of a scorer, an explainer and an adapter."""

from __future__ import annotations

from foretaste.core import FloatArray
from foretaste.taste import Belief, DirectionSettings, FittedTaste, PriorSettings, TasteModel
from foretaste.testing import AdapterConformance, ExplainerConformance, ScorerConformance


class TestLater(ScorerConformance, ExplainerConformance):
    def make(self) -> TasteModel:
        return TasteModel()


class TestComplete(ScorerConformance, ExplainerConformance):
    def make(self) -> TasteModel:
        return TasteModel(task="complete")


class TestNextFromADenseRidge(ScorerConformance, ExplainerConformance):
    def make(self) -> TasteModel:
        return TasteModel(task="next", direction=DirectionSettings(form="dense"))


class TestNextFromCounts(ScorerConformance, ExplainerConformance):
    def make(self) -> TasteModel:
        return TasteModel(task="next", direction=DirectionSettings(form="counts"))


class TestWithoutDirectionButWithAgeing(ScorerConformance, ExplainerConformance):
    def make(self) -> TasteModel:
        prior = PriorSettings(half_life_days=30.0, kind_noise={"rate": 2.0})
        return TasteModel(prior=prior, direction=DirectionSettings(form="none"))


class TestOnline(AdapterConformance):
    def make(self) -> TasteModel:
        return TasteModel()

    def beliefs(self, state: Belief) -> FloatArray:
        fitted: FittedTaste = self.part()
        return fitted.score_belief(state).astype(float)
