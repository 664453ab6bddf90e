"""The service: everything doors (HTTP, console, command line) may ask of it, without HTTP."""

from foretaste.app.service.loading import load_service_settings, redact_url
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

__all__ = [
    "BundleInfo",
    "ConsentSettings",
    "Health",
    "HttpSettings",
    "LimitSettings",
    "Listed",
    "Listing",
    "LiveSettings",
    "LogSettings",
    "NewKey",
    "Part",
    "Principal",
    "Receipt",
    "Recorded",
    "RefreshSettings",
    "Role",
    "ServiceSettings",
    "Stats",
    "StorageSettings",
    "load_service_settings",
    "redact_url",
]
