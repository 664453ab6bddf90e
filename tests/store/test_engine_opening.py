"""Addresses, connections, timeouts, and what a failing database looks like from outside."""

import logging
import sqlite3
import sys
import threading
from pathlib import Path

import pytest

from foretaste.core import Event
from foretaste.core.errors import (
    BusyError,
    ConflictError,
    InputError,
    MissingPartError,
    SettingsError,
    StorageError,
)
from foretaste.store import StoreSettings, open_store
from foretaste.store.engine import Database, address_of, opening
from foretaste.store.text import from_db, from_json, to_db, to_json
from foretaste.testing.stores.conformance import strange_names


def test_addresses_are_read_and_shown_without_secrets():
    assert address_of("sqlite:///a/b.db").target == "a/b.db"
    assert address_of("sqlite:////a/b%20c.db").target == "/a/b c.db"
    for url in (
        "postgresql://me:s3cret@host:5432/db?sslmode=require",
        "postgres://me:s3c%2Fret@host/db",
        "postgresql+psycopg://me:s3cret@host/db?password=s3cret",
        "postgresql://me:s3c@ret@host/db?sslpassword=s3cret",
        "postgresql:///db?user=me&password=s3cret&host=h",
    ):
        address = address_of(url)
        assert address.dialect == "postgresql" and address.target.startswith("postgresql://")
        for said in (address.shown, repr(address), repr(Database(address, StoreSettings()))):
            assert "s3c" not in said and "ret" not in said
    assert address_of("postgresql://me:x@host/db").shown == "postgresql://me:***@host/db"
    assert address_of("postgresql://me@host/db").shown == "postgresql://me@host/db"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "store.db",
        "mysql://me:s3cret@h/db",
        "sqlite://",
        "sqlite:///",
        "sqlite://x/y",
        "postgresql://me:x/s3cret@h/db",
        "postgresql://me:s3cret/@h/db",
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(SettingsError) as refused:
        open_store(url)
    assert "s3cret" not in str(refused.value)


def test_a_missing_driver_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingPartError, match="postgres"):
        open_store("postgresql://me@127.0.0.1:1/db")


@pytest.mark.postgres
def test_no_server_is_said_without_the_password(caplog):
    pytest.importorskip("psycopg")
    caplog.set_level(logging.DEBUG)
    with pytest.raises(StorageError) as gone:
        open_store("postgresql://me:s3cret@127.0.0.1:1/db")
    said = f"{gone.value!r} {gone.value.__cause__!r} {caplog.text}"
    assert "127.0.0.1" in str(gone.value) and "s3cret" not in said


def test_a_folder_is_made_and_a_file_of_something_else_is_refused(tmp_path):
    open_store(f"sqlite:///{tmp_path}/new/folder/store.db").close()
    other = tmp_path / "notes.db"
    other.write_text("this is no database, " * 100)
    with pytest.raises(StorageError, match=r"notes\.db"):
        open_store(f"sqlite:///{other}")
    with pytest.raises(StorageError):
        open_store(f"sqlite:///{tmp_path}")
    assert other.read_text().startswith("this is no database")


def test_durable_and_fast_are_what_they_say(store):
    asked = "PRAGMA synchronous" if store.dialect == "sqlite" else "SHOW synchronous_commit"
    says = {True: {2, "on"}, False: {1, "off"}}
    for durable in (True, False, True):
        with store.database.write(durable=durable) as connection:
            assert connection.exec_driver_sql(asked).scalar() in says[durable]


def test_sqlite_keeps_a_write_ahead_log(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/a.db") as store, store.database.read() as connection:
        connection.exec_driver_sql("SELECT * FROM workspaces")
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_write_that_fails_leaves_nothing(store):
    with pytest.raises(ZeroDivisionError), store.database.write() as connection:
        connection.exec_driver_sql("INSERT INTO workspaces VALUES ('x', 0)")
        raise ZeroDivisionError
    assert store.workspaces == []


def test_readers_cannot_write(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/a.db") as store, pytest.raises(StorageError):
        store.database.rows("DELETE FROM events RETURNING 1")


def test_a_snapshot_sees_one_moment(space):
    events, database = space.events, space.store.database
    events.append([Event("a")])
    with database.snapshot() as connection:
        count = "SELECT count(*) FROM events"
        assert connection.exec_driver_sql(count).scalar() == 1
        events.append([Event("b")])
        assert connection.exec_driver_sql(count).scalar() == 1
    assert events.count() == 2


def test_contradictions_are_conflicts_that_tell_no_values(store):
    def insert():
        with store.database.write() as connection:
            connection.exec_driver_sql("INSERT INTO workspaces VALUES ('s3cret', 0)")

    insert()
    with pytest.raises(ConflictError) as refused:
        insert()
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None or store.dialect == "sqlite"


def test_a_locked_database_is_busy(tmp_path):
    path = tmp_path / "a.db"
    with open_store(f"sqlite:///{path}", StoreSettings(statement_timeout_s=0.05)) as store:
        space = store.space()
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="locked"):
            space.events.append([Event("a")])
        assert space.events.tail(0) == [], "readers do not wait"
        other.execute("ROLLBACK")
        assert space.events.append([Event("a")]) == 1
        other.close()


def test_a_thread_that_writes_for_long_makes_others_busy(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/a.db", StoreSettings(statement_timeout_s=0.05)) as store:
        space = store.space()
        with store.database.write(), pytest.raises(BusyError, match="another thread"):
            space.events.append([Event("a")])


@pytest.mark.postgres
def test_statements_and_locks_have_an_end(postgres):
    url = postgres.fresh()
    hurried = Database(address_of(url), StoreSettings(statement_timeout_s=0.2))
    with open_store(url) as store:
        with pytest.raises(BusyError, match="statement timeout"):
            hurried.rows("SELECT pg_sleep(20)")
        with store.database.write() as connection:
            connection.exec_driver_sql("LOCK TABLE workspaces")
            with pytest.raises(BusyError), hurried.write() as waiting:
                waiting.exec_driver_sql("INSERT INTO workspaces VALUES ('x', 0)")
        assert store.workspaces == []
    hurried.close()


@pytest.mark.postgres
def test_a_hanging_database_is_gone_within_the_limits(postgres, monkeypatch):
    """Nothing answers and nothing ends by itself: only the client can notice."""
    settings = StoreSettings(statement_timeout_s=1.0, connect_timeout_s=1, follow_timeout_s=0.2)
    with open_store(postgres.fresh(), settings) as store:
        events = store.space().events
        events.append([Event("a")])
        tried = []
        real = opening._postgres
        monkeypatch.setattr(opening, "_postgres", lambda *a, **o: tried.append(1) or real(*a, **o))
        monkeypatch.setattr(opening._Careful, "PAUSE_S", 3600.0)
        postgres.pause()
        try:
            for _ in range(50):
                with pytest.raises(StorageError):
                    events.catch_up(0)
            assert len(tried) == 1, "not everybody waits for a server that is gone"
            with pytest.raises(StorageError):
                events.append([Event("b")])
        finally:
            postgres.resume()
            monkeypatch.setattr(opening._Careful, "PAUSE_S", 0.0)
        assert events.append([Event("b")]) in (0, 1), "0: the hanging server took it after all"
        assert [event.item_id for event in events.read()] == ["a", "b"]


@pytest.mark.postgres
def test_a_connection_lost_while_idle_is_replaced(postgres, monkeypatch):
    from foretaste.store.engine import database

    with open_store(postgres.fresh()) as store:
        events = store.space().events
        assert events.append([Event("a")]) == 1 == len(store.workspaces)
        kill = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        monkeypatch.setattr(database, "_TRUSTED_S", 0.0)
        for work in (lambda: store.workspaces, lambda: events.append([Event("b")]), events.count):
            with store.database.read() as connection:
                connection.exec_driver_sql(kill)
            work()
        monkeypatch.setattr(database, "_TRUSTED_S", 60.0)
        with store.database.read() as connection:
            connection.exec_driver_sql(kill)
        assert events.append([Event("c")]) == 1, "the writer tries once more by itself"
        with store.database.write() as connection:
            connection.exec_driver_sql(kill)
        assert events.count() == 3, "so does a plain read"


def test_erased_rows_are_gone_from_the_files(tmp_path):
    path = tmp_path / "a.db"
    with open_store(f"sqlite:///{path}") as store:
        events = store.space().events
        events.append([Event("a", words="my deepest secret", user_id="ann"), Event("b")])
        files = [path, Path(f"{path}-wal")]
        assert any(b"deepest" in file.read_bytes() for file in files)
        events.erase("ann")
        assert not any(b"deepest" in file.read_bytes() for file in files)


def test_many_threads_share_few_connections(store_url):
    with open_store(store_url, StoreSettings(readers=2)) as store:
        events = store.space().events
        events.append([Event("a")])
        found = []

        def read():
            for _ in range(20):
                found.append(len(events.tail(0)) + len(store.workspaces))

        threads = [threading.Thread(target=read) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert found == [2] * 200


def test_room_version_and_life(store):
    assert store.size_bytes() > 10_000
    assert store.ping() is None and store.schema_version == "0003"
    assert store.space("b") is store.space("b")
    store.space("a")
    assert store.workspaces == ["a", "b"]
    with pytest.raises(InputError):
        store.space("")


def test_a_closed_store_refuses(store_url):
    store = open_store(store_url)
    space = store.space()
    space.events.append([Event("a")])
    store.close()
    store.close()
    for work in (store.ping, lambda: store.workspaces, lambda: space.events.append([Event("b")])):
        with pytest.raises(StorageError, match="closed"):
            work()


def test_any_text_and_any_json_come_back():
    for name in strange_names():
        assert from_db(to_db(name)) == name
        to_db(name).encode()
        assert "\x00" not in to_db(name)
        assert from_json(to_json({name: [name]})) == {name: [name]}
    assert len({to_db(name) for name in strange_names()}) == len(strange_names())
    assert from_json(to_json({"n": 2**70, "t": (1, 2), "s": {3}})) == {
        "n": 2**70, "t": [1, 2], "s": [3],
    }  # fmt: skip
    with pytest.raises(InputError, match="JSON"):
        to_json({"x": object()})
