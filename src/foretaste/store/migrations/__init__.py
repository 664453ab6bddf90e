"""Bringing a database to the newest schema, step by step, never back.

Steps are only ever added: a released one is not edited (a test holds their digests). Each runs
in the same transaction as all others of one start, so a start that fails leaves the database as
it was, and of several workers that start at once one does the work while the others wait.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from foretaste.core.errors import StorageError
from foretaste.store.engine import Database

__all__ = ["bring_up", "current_version", "known_versions"]

_LOCK = 0x666F7265  # "fore": PostgreSQL's advisory lock of whoever migrates


def bring_up(database: Database, to: str) -> None:
    """Apply every migration that is missing.

    Args:
        database: An empty database, or one of any earlier version.
        to: The version to reach.

    Raises:
        StorageError: If it was made by a newer version of Foretaste.
    """
    with database.read() as connection:
        if current_version(connection) == to:
            return
    with database.write() as connection:
        if database.dialect == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        here = current_version(connection)  # another worker may have been faster
        if here is not None and here not in known_versions():
            raise StorageError(
                "this database was made by a newer version of Foretaste",
                expected=f"schema {to} or older",
                got=here,
                where=database.address.shown,
                remedy="Update Foretaste: pip install -U foretaste",
            )
        _upgrade(connection, to)


def current_version(connection: sa.Connection) -> str | None:
    """The newest migration that was applied.

    Args:
        connection: To the database.

    Returns:
        Its name; ``None`` for a database without any.
    """
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def known_versions() -> list[str]:
    """All migrations, oldest first.

    Returns:
        Their names.
    """
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return [step.revision for step in steps][::-1]


def _upgrade(connection: sa.Connection, to: str) -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    # Alembic reads % as the start of an interpolation.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
