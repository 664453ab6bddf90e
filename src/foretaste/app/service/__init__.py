"""The service: everything doors (HTTP, console, command line) may ask of it, without HTTP."""

from foretaste.app.portrait import Leaning, Portrait
from foretaste.app.service.access import RIGHTS, ROLES, Access
from foretaste.app.service.cases.reports import ExperimentResult
from foretaste.app.service.loading import load_service_settings, redact_url
from foretaste.app.service.service import Service
from foretaste.app.service.settings import (
    ConsentSettings,
    HttpSettings,
    LimitSettings,
    LiveSettings,
    LogSettings,
    RefreshSettings,
    ServiceSettings,
    StorageSettings,
)
from foretaste.app.service.values import (
    BundleInfo,
    Health,
    Listed,
    Listing,
    NewKey,
    Part,
    Principal,
    Receipt,
    Recorded,
    Role,
    Stats,
)
from foretaste.app.service.workspace import Workspace
from foretaste.store import (
    Arm,
    AuditEntry,
    Consent,
    Experiment,
    ItemRecord,
    Job,
    KeptEvent,
    KeyRecord,
    Page,
    PersonRecord,
    Session,
    Written,
)

__all__ = [
    "Access",
    "Arm",
    "AuditEntry",
    "BundleInfo",
    "Consent",
    "ConsentSettings",
    "Experiment",
    "ExperimentResult",
    "Health",
    "HttpSettings",
    "ItemRecord",
    "Job",
    "KeptEvent",
    "Leaning",
    "KeyRecord",
    "LimitSettings",
    "Listed",
    "Listing",
    "LiveSettings",
    "LogSettings",
    "NewKey",
    "Page",
    "Part",
    "PersonRecord",
    "Portrait",
    "Principal",
    "RIGHTS",
    "ROLES",
    "Receipt",
    "Recorded",
    "RefreshSettings",
    "Role",
    "Service",
    "ServiceSettings",
    "Session",
    "Stats",
    "StorageSettings",
    "Workspace",
    "Written",
    "load_service_settings",
    "redact_url",
]
