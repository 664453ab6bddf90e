"""Migrations: every earlier version with data in place reaches the newest, and none is edited."""

import hashlib
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from foretaste.core.errors import StorageError
from foretaste.store import StoreSettings, migrations, open_store
from foretaste.store.engine import Database, address_of
from foretaste.store.migrations import bring_up, current_version, known_versions
from foretaste.store.schema import SCHEMA_VERSION, metadata

# SHA-256 of each released step. A step may be added here, never changed: databases that have
# taken it would differ from those that take it now. To change a table, write the next step.
RELEASED = {
    "v0001_log.py": "f2fa47436f9f758605252a277aea41e3841e4125e2fd6d074e848b758aad99dd",
    "v0002_catalogue.py": "7fde5989b4d87af300152e8a0292d18573cef0b51acf33f8e50bc7539ac735f5",
    "v0003_office.py": "95792befac01ca0eb5f52d2a7177dc35d821e2720ac819de330693dc96e8d5a6",
}


@pytest.fixture
def database(store_url):
    made = Database(address_of(store_url), StoreSettings())
    yield made
    made.close()


def steps():
    folder = Path(migrations.__file__).parent / "versions"
    return sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")


def test_released_steps_are_as_they_were():
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in steps()}
    assert found == RELEASED


def test_steps_stand_in_one_row_and_never_go_back():
    assert known_versions() == [path.name[1:5] for path in steps()]
    assert known_versions()[-1] == SCHEMA_VERSION
    assert all("def downgrade" not in path.read_text() for path in steps())


def test_steps_do_not_look_at_the_tables_of_today():
    assert all("foretaste" not in path.read_text() for path in steps())


def types_differ(context, inspected, declared, inspected_type, declared_type):
    """Alembic does not look through types of our own: text, in one database with an order."""
    if not isinstance(declared_type, sa.types.TypeDecorator):
        return None
    impl = declared_type.load_dialect_impl(context.dialect)
    collation = getattr(inspected_type, "collation", None)
    return not isinstance(inspected_type, sa.Text) or collation != impl.collation


def test_the_newest_step_leaves_the_tables_as_declared(database):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    bring_up(database, SCHEMA_VERSION)
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": types_differ, "compare_server_default": True}
        )
        found = compare_metadata(context, metadata)
        if database.dialect == "sqlite":  # which numbers rows without being told
            found = [
                one for one in found if one[0][0] != "modify_default" or one[0][3] != "position"
            ]
        assert found == []
        there = sa.inspect(connection)
        for table in metadata.sorted_tables:
            assert there.get_pk_constraint(table.name)["constrained_columns"] == [
                column.name for column in table.primary_key
            ]


def fill(connection, number):
    """One row of plain values in every table that is there."""
    found = sa.MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        if table.name == "alembic_version":
            continue
        row = {}
        for column in table.columns:
            kind = column.type.python_type
            if column.autoincrement is True or column.name == "position":
                continue
            if kind is str:
                json = column.name in {
                    "context", "body", "attributes", "arguments", "result", "arms", "value",
                    "details",
                }  # fmt: skip
                row[column.name] = '{"a": [1]}' if json else f"{column.name} {number}"
            else:
                row[column.name] = kind(number)
        connection.execute(table.insert(), row)


def contents(connection, tables):
    found = sa.MetaData()
    found.reflect(connection, only=list(tables))
    return {
        name: [
            {column: row[column] for column in columns}
            for row in connection.execute(sa.select(found.tables[name])).mappings()
        ]
        for name, columns in tables.items()
    }


@pytest.mark.parametrize("version", [path.name[1:5] for path in steps()])
def test_every_earlier_version_with_data_reaches_the_newest(database, store_url, version):
    bring_up(database, version)
    with database.write() as connection:
        assert current_version(connection) == version
        for number in (0, 1):
            fill(connection, number)
        there = sa.inspect(connection)
        tables = {
            name: [column["name"] for column in there.get_columns(name)]
            for name in there.get_table_names()
            if name != "alembic_version"
        }
        before = contents(connection, tables)
    assert all(len(rows) == 2 for rows in before.values()) and before
    with open_store(store_url) as store:
        assert store.schema_version == SCHEMA_VERSION
        with store.database.read() as connection:
            assert contents(connection, tables) == before
        assert store.workspaces == ["workspace 0", "workspace 1"]
        events = store.space("workspace 1").events
        (kept,) = events.tail(0)
        assert (kept.event.user_id, kept.event.context) == ("user_id 1", {"a": [1]})
        assert kept.event.value == 1.0 and math.isclose(kept.kept_s, 1.0)
        assert events.append([kept.event]) == 1 and events.position() > kept.position


def test_a_database_of_the_future_is_left_alone(store_url):
    with open_store(store_url) as store, store.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="newer version"):
        open_store(store_url)


def test_a_step_that_fails_leaves_everything_as_it_was(database, monkeypatch):
    bring_up(database, "0001")
    with database.write() as connection:
        fill(connection, 1)
    from alembic import command

    real = command.upgrade

    def upgrade(config, to):
        real(config, to)
        raise ZeroDivisionError

    monkeypatch.setattr(command, "upgrade", upgrade)
    with pytest.raises(ZeroDivisionError):
        bring_up(database, SCHEMA_VERSION)
    with database.read() as connection:
        assert current_version(connection) == "0001"
        assert not sa.inspect(connection).has_table("items")
    monkeypatch.undo()
    bring_up(database, SCHEMA_VERSION)


def test_workers_that_start_at_once_do_not_fight(store_url):
    def start(number):
        with open_store(store_url) as store:
            store.space("default")
            return store.schema_version

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(start, range(6))) == [SCHEMA_VERSION] * 6
