"""The store: event log, catalogue, people and everything a service must remember, in SQL.

One seam, two databases, chosen by URL: SQLite (write-ahead log; one machine, nothing to
install) and PostgreSQL (many machines). :func:`open_store` opens either and brings it to the
newest schema.
"""

from foretaste.store.records import (
    Arm,
    AuditEntry,
    CaughtUp,
    Consent,
    Experiment,
    ItemRecord,
    Job,
    Kept,
    KeptEvent,
    KeptImpression,
    KeyRecord,
    Page,
    PersonRecord,
    Revision,
    Session,
    TokenRecord,
    Written,
)
from foretaste.store.retention import RetentionSettings, retain
from foretaste.store.settings import StoreSettings
from foretaste.store.space import Space
from foretaste.store.spool import Spool
from foretaste.store.store import Store, SystemClock, open_store
from foretaste.store.transfer import (
    Backup,
    backup,
    export_all,
    import_all,
    restore,
    verify_backup,
)

__all__ = [
    "Arm",
    "AuditEntry",
    "Backup",
    "CaughtUp",
    "Consent",
    "Experiment",
    "ItemRecord",
    "Job",
    "Kept",
    "KeptEvent",
    "KeptImpression",
    "KeyRecord",
    "Page",
    "PersonRecord",
    "RetentionSettings",
    "Revision",
    "Session",
    "Space",
    "Spool",
    "Store",
    "StoreSettings",
    "SystemClock",
    "TokenRecord",
    "Written",
    "backup",
    "export_all",
    "import_all",
    "open_store",
    "restore",
    "retain",
    "verify_backup",
]
