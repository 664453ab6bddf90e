"""Is this installation well? Facts for ``doctor``."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretaste.app.service import ServiceSettings

__all__ = ["Check", "check_store", "checkup"]

_NEEDED = (
    "numpy", "scipy", "polars", "pydantic", "safetensors", "onnxruntime", "tokenizers", "fastapi",
    "uvicorn", "SQLAlchemy", "alembic", "nicegui",
)  # fmt: skip
_OPTIONAL = {
    "torch": "Only for training and other people's encoders: pip install 'foretaste[torch]'",
    "openai": "Only for language models: pip install 'foretaste[llm]'",
    "psycopg": "Only for PostgreSQL: pip install 'foretaste[postgres]'",
    "opentelemetry-sdk": "Only for traces: pip install 'foretaste[tracing]'",
    "pyoxigraph": "Only for RDF files: pip install 'foretaste[rdf]'",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes:
        what: The thing.
        ok: Whether it is well.
        found: What was found.
        remedy: What to do if it is not well.
        needed: Whether anything fails without it.
    """

    what: str
    ok: bool
    found: str
    remedy: str = ""
    needed: bool = True


def checkup() -> tuple[Check, ...]:
    """Look at everything an answer needs.

    Returns:
        One entry for each thing.
    """
    from foretaste import __version__

    checks = [
        Check("foretaste", True, __version__),
        Check("python", True, f"{platform.python_version()} on {platform.machine()}"),
        Check("cores", True, str(os.cpu_count())),
    ]
    for name in _NEEDED:
        found = _version(name)
        checks.append(Check(name, found is not None, found or "missing", f"pip install {name}"))
    for name, remedy in _OPTIONAL.items():
        found = _version(name)
        checks.append(Check(name, found is not None, found or "not installed", remedy, False))
    return (*checks, _encoder(), _sample())


def check_store(settings: ServiceSettings) -> tuple[Check, ...]:
    """Look at the store of a service, if there is one.

    Args:
        settings: Where it is.

    Returns:
        One entry; none is needed when no service was ever started here.
    """
    from foretaste.core.errors import ForetasteError
    from foretaste.store import open_store

    if settings.storage.url is None and not settings.home_folder.is_dir():
        return (Check("store", True, "none yet: foretaste serve makes one", needed=False),)
    try:
        store = open_store(settings.store_url)
        try:
            events = sum(store.space(name).events.count() for name in store.workspaces)
            found = f"{store.dialect}, schema {store.schema_version}, {events:,} events"
        finally:
            store.close()
    except ForetasteError as error:
        return (Check("store", False, str(error), "Is the database running, the address right?"),)
    return (Check("store", True, f"{found}, at {store.url}"),)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _encoder() -> Check:
    from foretaste.language import find_minilm

    found = find_minilm()
    return Check(
        "MiniLM weights",
        found is not None,
        "found" if found else "missing: texts are compared by shared words only",
        "Run: foretaste download minilm",
        needed=False,
    )


def _sample() -> Check:
    from foretaste.core.errors import ForetasteError
    from foretaste.data.sample import load_sample

    try:
        data = load_sample()
    except (ForetasteError, OSError) as error:
        return Check("sample world", False, str(error), "Install foretaste again")
    return Check("sample world", True, f"{data.n_items} films, {data.n_users:,} simulated people")
