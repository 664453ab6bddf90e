"""Retrieve, filter, rank, explain; the pipeline and its bundle on disk."""

from foretaste.recommend.bundle import Bundle, claim_bundle, read_bundle, write_bundle
from foretaste.recommend.catalogue import Catalogue
from foretaste.recommend.diversity import MMR, Diversifier
from foretaste.recommend.filters import filter_mask
from foretaste.recommend.fusion import ReciprocalRankFusion
from foretaste.recommend.pipeline import Pipeline
from foretaste.recommend.reasons import ReasonSettings, ReasonWriter
from foretaste.recommend.retrieve import FullScan
from foretaste.recommend.selection import Past, Select, Selection
from foretaste.recommend.sources import Source
from foretaste.recommend.translate import Translator

__all__ = [
    "MMR",
    "Bundle",
    "Catalogue",
    "Diversifier",
    "FullScan",
    "Past",
    "Pipeline",
    "ReasonSettings",
    "ReasonWriter",
    "ReciprocalRankFusion",
    "Select",
    "Selection",
    "Source",
    "Translator",
    "claim_bundle",
    "filter_mask",
    "read_bundle",
    "write_bundle",
]
