"""Protocols by name: frozen settings and one verb, ``folds(dataset, part)``."""

from foretaste.evaluate.protocols.cold_items import ColdItems
from foretaste.evaluate.protocols.cross_validation import CrossValidation
from foretaste.evaluate.protocols.in_time import GlobalTime, LeaveOneOut
from foretaste.evaluate.protocols.k_shot import KShot, StrongGeneralisation, held_out_people
from foretaste.evaluate.protocols.melu import Melu
from foretaste.evaluate.protocols.table import PROTOCOLS, Splits, protocol

__all__ = [
    "PROTOCOLS",
    "ColdItems",
    "CrossValidation",
    "GlobalTime",
    "KShot",
    "LeaveOneOut",
    "Melu",
    "Splits",
    "StrongGeneralisation",
    "held_out_people",
    "protocol",
]
