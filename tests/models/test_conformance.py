"""Every model keeps every promise of a scorer, and of an explainer where it explains."""

from __future__ import annotations

from foretaste.models import (
    IALS,
    KL,
    Bias,
    Content,
    Ease,
    ItemKNN,
    Latest,
    Popularity,
    Trending,
)
from foretaste.testing import ExplainerConformance, ScorerConformance


class TestPopularity(ScorerConformance, ExplainerConformance):
    def make(self) -> Popularity:
        return Popularity()


class TestFadingPopularity(ScorerConformance, ExplainerConformance):
    def make(self) -> Popularity:
        return Popularity(half_life_days=30)


class TestTrending(ScorerConformance, ExplainerConformance):
    def make(self) -> Trending:
        return Trending(window_days=30)


class TestLatest(ScorerConformance, ExplainerConformance):
    def make(self) -> Latest:
        return Latest()


class TestBias(ScorerConformance, ExplainerConformance):
    def make(self) -> Bias:
        return Bias()


class TestItemKNN(ScorerConformance, ExplainerConformance):
    def make(self) -> ItemKNN:
        return ItemKNN(k=5)


class TestEase(ScorerConformance, ExplainerConformance):
    def make(self) -> Ease:
        return Ease(ridge=1.0)


class TestIALS(ScorerConformance, ExplainerConformance):
    def make(self) -> IALS:
        return IALS(embedding_size=8, sweeps=4)


class TestKL(ScorerConformance, ExplainerConformance):
    def make(self) -> KL:
        return KL()


class TestPopularKL(ScorerConformance, ExplainerConformance):
    def make(self) -> KL:
        return KL(popularity=True)


class TestContent(ScorerConformance, ExplainerConformance):
    def make(self) -> Content:
        return Content()
