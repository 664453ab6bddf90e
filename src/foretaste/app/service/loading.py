"""Settings of the service from a TOML file, the environment, and what is said last."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from foretaste.app.service.settings import ServiceSettings
from foretaste.app.settings import put_dotted, read_toml, read_value
from foretaste.core.errors import SettingsError

__all__ = ["SERVICE_PREFIX", "load_service_settings", "redact_url"]

SERVICE_PREFIX = "FORETASTE_SERVICE_"
"""``FORETASTE_SERVICE_HTTP__PORT=9000`` sets ``http.port``; a double underscore is the dot."""


def load_service_settings(
    config: str | Path | Mapping[str, Any] | ServiceSettings | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> ServiceSettings:
    """Collect settings: file or mapping, then the environment, then overrides.

    Args:
        config: A TOML file with tables ``[service]``, ``[service.http]`` ..., a mapping of the
            sections, ready settings, or nothing. Other tables of the file are those of a fit.
        overrides: Dotted names and values, such as ``{"http.port": 9000}``.

    Returns:
        Checked settings.

    Raises:
        SettingsError: If the file cannot be read or a setting is unknown or out of range.
    """
    where = "service"
    if isinstance(config, ServiceSettings):
        values: dict[str, Any] = config.model_dump()
    elif isinstance(config, Mapping):
        values = dict(config)
    elif config is None:
        values = {}
    else:
        values, where = _table(Path(config)), f"{config}, [service]"
    for name, text in sorted(os.environ.items()):
        if name.startswith(SERVICE_PREFIX):
            dotted = name.removeprefix(SERVICE_PREFIX).lower().replace("__", ".")
            put_dotted(values, dotted, read_value(text))
    for dotted, value in (overrides or {}).items():
        put_dotted(values, dotted, read_value(value) if isinstance(value, str) else value)
    return ServiceSettings.of(values, where)


def redact_url(url: str) -> str:
    """An address without the password in it.

    Args:
        url: Any address.

    Returns:
        The same with ``***`` for a password, and without query and fragment, which may hold one.
    """
    parts = urlsplit(url)
    if parts.password is None and not parts.query and not parts.fragment:
        return url
    name, _, host = parts.netloc.rpartition("@")
    user = name.partition(":")[0]
    who = f"{user}:***@" if parts.password is not None else f"{user}@" if user else ""
    return urlunsplit((parts.scheme, who + host, parts.path, "", ""))


def _table(path: Path) -> dict[str, Any]:
    found = read_toml(path).get("service", {})
    if not isinstance(found, dict):
        raise SettingsError("service is no table", expected="[service]", where=str(path))
    return dict(found)
