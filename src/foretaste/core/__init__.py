"""The ground floor: values that flow, verbs, ids, errors, digests, randomness, places."""

from foretaste.core.arrays import BoolArray, Codes, FloatArray, Rows, Times, frozen
from foretaste.core.dataset import INTERACTION_COLUMNS, Dataset, Histories, Role
from foretaste.core.digest import digest_of, file_sha256, stream
from foretaste.core.events import KIND_SIGNALS, Event, Impression
from foretaste.core.evidence import EMPTY_HISTORY, Evidence, History, Wish
from foretaste.core.ids import Vocabulary
from foretaste.core.items import Attribution, ItemList, top
from foretaste.core.place import Place, claim
from foretaste.core.query import Answer, Query, Reason, ReasonKind
from foretaste.core.settings import Settings
from foretaste.core.verbs import (
    Adapter,
    Clock,
    Encoder,
    EventLog,
    Executor,
    Explainer,
    Fittable,
    Reranker,
    Retriever,
    Saved,
    Scorer,
    State,
    TextGenerator,
)

__all__ = [
    "EMPTY_HISTORY",
    "INTERACTION_COLUMNS",
    "KIND_SIGNALS",
    "Adapter",
    "Answer",
    "Attribution",
    "BoolArray",
    "Clock",
    "Codes",
    "Dataset",
    "Encoder",
    "Event",
    "EventLog",
    "Evidence",
    "Executor",
    "Explainer",
    "Fittable",
    "FloatArray",
    "Histories",
    "History",
    "Impression",
    "ItemList",
    "Place",
    "Query",
    "Reason",
    "ReasonKind",
    "Reranker",
    "Retriever",
    "Role",
    "Rows",
    "Saved",
    "Scorer",
    "Settings",
    "State",
    "TextGenerator",
    "Times",
    "Vocabulary",
    "Wish",
    "claim",
    "digest_of",
    "file_sha256",
    "frozen",
    "stream",
    "top",
]
