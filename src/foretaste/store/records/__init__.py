"""What the store keeps, as frozen values: one class per sort of row.

Times are seconds since 1970 UTC (``_s``). Mappings hold what JSON can write.
"""

from foretaste.store.records.catalogue import (
    Consent,
    ItemRecord,
    PersonRecord,
    Session,
    Written,
)
from foretaste.store.records.log import (
    CaughtUp,
    Kept,
    KeptEvent,
    KeptImpression,
    Page,
    Revision,
)
from foretaste.store.records.office import (
    Arm,
    AuditEntry,
    Experiment,
    ExperimentKind,
    ExperimentStatus,
    Job,
    JobStatus,
    KeyRecord,
    Role,
    TokenRecord,
)

__all__ = [
    "Arm",
    "AuditEntry",
    "CaughtUp",
    "Consent",
    "Experiment",
    "ExperimentKind",
    "ExperimentStatus",
    "ItemRecord",
    "Job",
    "JobStatus",
    "Kept",
    "KeptEvent",
    "KeptImpression",
    "KeyRecord",
    "Page",
    "PersonRecord",
    "Revision",
    "Role",
    "Session",
    "TokenRecord",
    "Written",
]
