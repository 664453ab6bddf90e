"""Backups: whole or refused, restored into either database, never over something unasked."""

import io
import json
import shutil
import zipfile

import pytest
import sqlalchemy as sa

from foretaste.core import Event
from foretaste.core.errors import BusyError, DataError, StorageError
from foretaste.store import AuditEntry, open_store
from foretaste.store.schema import SCHEMA_VERSION
from foretaste.store.tables import WorkspaceTable
from foretaste.store.transfer import backup, export_all, restore, verify_backup
from foretaste.testing import FixedClock

from .full_space import SECRET, contents, fill


@pytest.fixture
def full(store):
    """A store of each kind with two workspaces."""
    fill(store.space("a"))
    store.space("b'").facts.put("mine", "other owner")
    return store


@pytest.fixture
def small(tmp_path, clock):
    with open_store(f"sqlite:///{tmp_path}/small.db", clock=clock) as store:
        fill(store.space("a"))
        yield store


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """One backup that the tests of damage share."""
    folder = tmp_path_factory.mktemp("saved")
    with open_store(f"sqlite:///{folder}/store.db", clock=FixedClock()) as store:
        fill(store.space("a"))
        backup(store, folder / "b.zip")
    return folder / "b.zip"


def url_of(kind, request, tmp_path):
    if kind == "sqlite":
        return f"sqlite:///{tmp_path}/restored.db"
    return request.getfixturevalue("postgres").fresh()


def rezip(file, change):
    """Write an archive again with other files in it."""
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def edit_manifest(file, change):
    def edit(files):
        manifest = json.loads(files["manifest.json"])
        change(manifest, files)
        files["manifest.json"] = json.dumps(manifest).encode()

    rezip(file, edit)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_backup_is_restored_whole_into_either_database(full, request, tmp_path, clock, kind):
    made = backup(full, tmp_path / "b.zip")
    assert made == verify_backup(tmp_path / "b.zip") and made.rows["events"] > 30
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0, "it holds hashes of keys"
    before = {name: contents(full.space(name), tmp_path / "before") for name in ("a", "b'")}
    last = full.space("a").events.position()
    url = url_of(kind, request, tmp_path)
    assert restore(tmp_path / "b.zip", url) == made
    with open_store(url, clock=clock) as again:
        assert WorkspaceTable(again.database, clock).all() == ["a", "b'"]
        for name, expected in before.items():
            assert contents(again.space(name), tmp_path / "after") == expected
        space, source = again.space("a"), full.space("a")
        assert space.events.tail(0) == source.events.tail(0), "also their positions"
        assert space.revision() == source.revision()
        assert space.items.changed_since(0) == source.items.changed_since(0), "also markers"
        assert space.jobs.get("j2") == source.jobs.get("j2"), "also unfinished jobs"
        assert again.keys.all() == full.keys.all()
        assert again.tokens.take(SECRET) is None, "login tokens do not come back"
        space.events.append([Event("new", user_id="u")])
        assert space.events.position() > last + 1, "the erased last position is not given again"
        space.audit.append(space.audit.page(1).items[0])
        assert space.audit.count() == 5
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_a_backup_shows_one_moment_while_writing_goes_on(store, tmp_path):
    space, told = store.space("a"), []

    def write(what, share):  # between the tables of the backup
        told.append(what)
        space.audit.append(AuditEntry(1.0, "k", what))
        space.events.append([Event(what, user_id="u")])
        space.sessions.start(what)

    made = backup(store, tmp_path / "b.zip", write)
    assert verify_backup(tmp_path / "b.zip") == made
    assert made.rows["audit"] == made.rows["events"] == made.rows["sessions"] < len(told)
    assert space.events.count() == len(told) > 5, "nothing written meanwhile was held up or lost"


def test_a_store_that_holds_something_is_replaced_only_when_asked(full, store_url, tmp_path):
    backup(full, tmp_path / "b.zip")
    expected = contents(full.space("a"), tmp_path / "before")
    full.space("a").facts.put("later", 1)
    full.close()
    with pytest.raises(StorageError, match="holds something"):
        restore(tmp_path / "b.zip", store_url)
    with open_store(store_url) as untouched:
        assert untouched.space("a").facts.get("later") == 1
    restore(tmp_path / "b.zip", store_url, overwrite=True)
    with open_store(store_url) as again:
        assert contents(again.space("a"), tmp_path / "after") == expected
        assert again.schema_version == SCHEMA_VERSION


def test_an_empty_store_is_no_obstacle(small, store, store_url, tmp_path):
    backup(small, tmp_path / "b.zip")
    store.space("empty")
    store.close()
    restore(tmp_path / "b.zip", store_url)
    with open_store(store_url) as again:
        assert again.workspaces == ["a"]


def test_a_store_in_use_is_not_replaced(small, tmp_path, clock):
    backup(small, tmp_path / "b.zip")
    small.space("a").facts.put("later", 1)
    with pytest.raises(BusyError):
        restore(tmp_path / "b.zip", f"sqlite:///{tmp_path}/small.db", overwrite=True)
    assert small.space("a").facts.get("later") == 1
    small.space("a").facts.put("later", 2)


def test_a_database_of_somebody_else_is_not_replaced(small, tmp_path, request):
    backup(small, tmp_path / "b.zip")
    url = f"sqlite:///{tmp_path}/photos.db"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE photos (name TEXT)"))
    engine.dispose()
    with pytest.raises(StorageError, match="not a store of ours"):
        restore(tmp_path / "b.zip", url, overwrite=True)
    (tmp_path / "text.db").write_text("no database at all, but more than a few letters" * 100)
    with pytest.raises(StorageError):
        restore(tmp_path / "b.zip", f"sqlite:///{tmp_path}/text.db", overwrite=True)
    assert (tmp_path / "text.db").read_text().startswith("no database")


@pytest.mark.postgres
def test_other_tables_in_the_same_database_stay(small, postgres, tmp_path):
    import psycopg

    backup(small, tmp_path / "b.zip")
    url = postgres.fresh()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE photos AS SELECT 'cat' AS name")
    restore(tmp_path / "b.zip", url)
    restore(tmp_path / "b.zip", url, overwrite=True)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT name FROM photos").fetchall() == [("cat",)]
        schemas = connection.execute("SELECT nspname FROM pg_namespace").fetchall()
        assert not [name for (name,) in schemas if "restore" in name], "nothing is left aside"


def _flip(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _cut(file):
    file.write_bytes(file.read_bytes()[:-100])


def _rows(manifest, files):
    manifest["tables"]["audit"]["rows"] += 1


def _digest(manifest, files):
    manifest["tables"]["audit"]["digest"] = "0" * 64


def _swapped(manifest, files):
    """A part that is whole and fits its own digest, but holds other rows than were written."""
    import hashlib

    import polars as pl

    (part,) = manifest["tables"]["audit"]["parts"]
    frame = pl.read_parquet(io.BytesIO(files[part["file"]])).with_columns(actor=pl.lit("nobody"))
    target = io.BytesIO()
    frame.write_parquet(target)
    data = files[part["file"]] = target.getvalue()
    part |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _newer(manifest, files):
    manifest["schema_version"] = "9999"


def _export(manifest, files):
    manifest["purpose"] = "export"


DAMAGES = {
    "a changed bit": _flip,
    "a cut end": _cut,
    "no archive": lambda file: file.write_text("no archive"),
    "a missing file": lambda file: rezip(file, lambda files: files.pop("audit-00001.parquet")),
    "an added file": lambda file: rezip(file, lambda files: files.update({"../x": b""})),
    "no manifest": lambda file: rezip(file, lambda files: files.pop("manifest.json")),
    "other numbers": lambda file: edit_manifest(file, _rows),
    "another digest": lambda file: edit_manifest(file, _digest),
    "other rows": lambda file: edit_manifest(file, _swapped),
    "an export": lambda file: edit_manifest(file, _export),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_backup_is_recognised_and_replaces_nothing(saved, tmp_path, what):
    shutil.copy(saved, tmp_path / "b.zip")
    file = tmp_path / "b.zip"
    verify_backup(file)
    DAMAGES[what](file)
    with pytest.raises(DataError):
        verify_backup(file)
    with open_store(f"sqlite:///{tmp_path}/small.db") as store:
        store.space("a").facts.put("later", 1)
    with pytest.raises(DataError):
        restore(file, f"sqlite:///{tmp_path}/small.db", overwrite=True)
    with open_store(f"sqlite:///{tmp_path}/small.db") as untouched:
        assert untouched.space("a").facts.get("later") == 1
    assert sorted(path.name for path in tmp_path.iterdir() if "small.db." in path.name) == []


def test_a_backup_of_a_newer_version_is_refused(small, tmp_path):
    backup(small, tmp_path / "b.zip")
    edit_manifest(tmp_path / "b.zip", _newer)
    with pytest.raises(DataError, match="newer version"):
        restore(tmp_path / "b.zip", f"sqlite:///{tmp_path}/new.db")
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_backup_of_an_older_version_is_brought_up(small, request, tmp_path, kind):
    backup(small, tmp_path / "b.zip")

    def older(manifest, files):
        manifest["schema_version"] = "0002"
        for name in ("jobs", "experiments", "facts", "audit", "keys"):
            for part in manifest["tables"].pop(name)["parts"]:
                del files[part["file"]]

    edit_manifest(tmp_path / "b.zip", older)
    url = url_of(kind, request, tmp_path)
    restore(tmp_path / "b.zip", url)
    with open_store(url) as again:
        assert again.schema_version == SCHEMA_VERSION
        assert again.space("a").items.count() == small.space("a").items.count()
        again.space("a").facts.put("new", 1)


def test_a_backup_is_written_aside_and_never_over_another(small, tmp_path):
    file = tmp_path / "b.zip"
    first = backup(small, file)
    with pytest.raises(StorageError):
        backup(small, file)
    small.space("a").facts.put("later", 1)
    second = backup(small, file, overwrite=True)
    assert second.rows["facts"] == first.rows["facts"] + 1
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        backup(small, tmp_path / "file" / "b.zip")
    with pytest.raises(StorageError):
        verify_backup(tmp_path / "none.zip")
    export_all(small.space("a"), tmp_path / "out")
    with pytest.raises((DataError, StorageError)):
        verify_backup(tmp_path / "out")
