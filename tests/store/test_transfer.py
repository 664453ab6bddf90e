"""Export and import: everything arrives, nothing else, and nothing half-checked is written."""

import hashlib
import json
import shutil
from itertools import count

import polars as pl
import pytest

from foretaste.core import Event
from foretaste.core.errors import BusyError, DataError, InputError, StorageError
from foretaste.store import AuditEntry, Consent, ItemRecord, PersonRecord, open_store
from foretaste.store.transfer import export_all, import_all
from foretaste.testing import FixedClock

from .full_space import SECRET, contents, fill

FORMATS = ("parquet", "jsonl")
NUMBERS = count()


@pytest.fixture
def elsewhere(tmp_path, clock):
    with open_store(f"sqlite:///{tmp_path}/elsewhere.db", clock=clock) as store:
        yield store


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """One store and its exports, which the tests of damage share."""
    folder = tmp_path_factory.mktemp("exported")
    with open_store(f"sqlite:///{folder}/store.db", clock=FixedClock()) as store:
        fill(store.space("a"))
        for format in FORMATS:
            export_all(store.space("a"), folder / format, format)
        yield store, folder


def nothing_arrives(exported, folder):
    """Whether an import is refused before anything is written."""
    target = exported[0].space(f"target {next(NUMBERS)}")
    with pytest.raises(DataError):
        import_all(target, folder)
    return not any(contents(target, folder.with_name("after")).values())


def rewrite(folder, name, change):
    """Change a file of an export, and its manifest with it, as somebody with intent would."""
    manifest = json.loads((folder / "manifest.json").read_text())
    part = manifest["tables"][name]["parts"][0]
    path = folder / part["file"]
    change(path)
    data = path.read_bytes()
    part["bytes"], part["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def edit_row(folder, name, **values):
    def change(path):
        first, *rest = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text(json.dumps(json.loads(first) | values) + "\n" + "".join(rest), "utf-8")

    rewrite(folder, name, change)


def edit_manifest(folder, change):
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("format", FORMATS)
def test_everything_arrives_in_an_empty_workspace(store, elsewhere, tmp_path, format):
    space = store.space("from 'here'")
    fill(space)
    counts = export_all(space, tmp_path / "out", format)
    assert all(counts.values()), f"a table was empty, so nothing was proved: {counts}"
    before = contents(space, tmp_path / "before")
    for target in (elsewhere.space("there"), store.space("beside")):
        assert import_all(target, tmp_path / "out") == counts
        after = contents(target, tmp_path / "after")
        assert {name: len(rows) for name, rows in after.items()} == counts
        assert after == before
        assert list(target.events.read()) == list(space.events.read())
        assert target.impressions.get("a0") == space.impressions.get("a0")
        assert target.consent.get("ann") == space.consent.get("ann")
        assert target.experiments.all() == space.experiments.all()
        assert target.items.get("hidden").hidden and target.items.get("deleted") is None
        assert target.audit.page().items == space.audit.page().items
        assert target.jobs.get("j1") == space.jobs.get("j1") and target.jobs.get("j2") is None


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_import_again_changes_nothing(store, tmp_path, format):
    fill(store.space("a"))
    export_all(store.space("a"), tmp_path / "out", format)
    target = store.space("b")
    import_all(target, tmp_path / "out")
    revision, position = target.revision(), target.events.position()
    assert set(import_all(target, tmp_path / "out").values()) == {0}
    assert set(import_all(store.space("a"), tmp_path / "out").values()) == {0}
    assert (target.revision(), target.events.position()) == (revision, position)


def test_no_secret_and_nothing_of_another_workspace_leaves(store, tmp_path):
    fill(store.space("mine"))
    store.space("theirs").facts.put("theirs", "other owner")
    store.space("theirs").items.put([ItemRecord("theirs", {"x": "other owner"})])
    export_all(store.space("mine"), tmp_path / "out", "jsonl")
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert b"theirs" not in everything and b"other owner" not in everything
    assert SECRET.encode() not in everything


def test_events_keep_positions_only_where_none_was_ever_given(store, elsewhere, tmp_path):
    space = store.space("a")
    fill(space)
    export_all(space, tmp_path / "out")
    there = elsewhere.space("a")
    import_all(there, tmp_path / "out")
    assert [one.position for one in there.events.tail(0)] == [
        one.position for one in space.events.tail(0)
    ]
    last = there.events.position()
    there.events.append([Event("new", user_id="u")])
    assert there.events.position() > last + 1, "the erased last position is not given again"
    beside, before = store.space("b"), store.space("b").revision().events
    mine = space.events.position()
    import_all(beside, tmp_path / "out")
    assert beside.events.tail(0)[0].position > mine
    assert beside.revision().events > before, "whoever follows has to look again"


def test_of_two_the_later_change_stays_and_decisions_stay(store, clock, tmp_path):
    source, target = store.space("a"), store.space("b")
    for space, other, name in ((source, target, "newer there"), (target, source, "newer here")):
        other.items.put([ItemRecord(name, {"x": "old"}), ItemRecord("same", {"x": 1})])
        other.consent.put(Consent(name, train=False))
        other.people.put([PersonRecord(name, {"x": "old"})])
        clock.advance(10)
        space.items.put([ItemRecord(name, {"x": "new"}), ItemRecord("same", {"x": 1})])
        space.consent.put(Consent(name, record=False))
        space.people.put([PersonRecord(name, {"x": "new"})])
        space.facts.put("bundle", space.workspace)
    source.items.put([ItemRecord("deleted later", {})])
    export_all(source, tmp_path / "out")
    clock.advance(10)
    target.items.put([ItemRecord("deleted later", {})])
    target.items.delete("deleted later")
    counts = import_all(target, tmp_path / "out")
    for name in ("newer there", "newer here"):
        assert target.items.get(name).attributes == {"x": "new"}
        assert target.people.get(name).attributes == {"x": "new"}
        assert target.consent.get(name).train and not target.consent.get(name).record
    assert target.items.get("deleted later") is None
    assert target.facts.get("bundle") == "b"
    assert (counts["items"], counts["people"], counts["consent"], counts["facts"]) == (1, 1, 1, 0)


BAD_ROWS = {
    "an id with NUL": ("items", {"item_id": "a\x00"}),
    "no id": ("items", {"item_id": ""}),
    "a long id": ("items", {"item_id": "x" * 1_001}),
    "an empty column": ("items", {"item_id": None}),
    "no mapping": ("items", {"attributes": [1]}),
    "too large": ("items", {"attributes": {"x": "x" * 70_000}}),
    "a wrong type": ("items", {"hidden": 1}),
    "a number as text": ("people", {"updated_s": "1"}),
    "not finite": ("people", {"updated_s": float("nan")}),
    "a lone surrogate": ("people", {"user_id": "\ud800"}),
    "positions that fall": ("events", {"position": 10**6}),
    "a position beyond": ("events", {"position": 2**63}),
    "a context that is none": ("events", {"context": [1]}),
    "no kind": ("events", {"kind": ""}),
    "a body that is none": ("impressions", {"body": {"items": "x"}}),
    "an unknown column": ("audit", {"extra": 1}),
    "half consent": ("consent", {"train": None}),
    "an unfinished job": ("jobs", {"status": "queued"}),
    "an unknown experiment": ("experiments", {"kind": "x"}),
    "arms that are none": ("experiments", {"arms": {"a": {"weight": 1, "power": 2}}}),
    "a null fact": ("facts", {"value": None}),
}


@pytest.mark.parametrize("what", BAD_ROWS)
def test_a_row_that_cannot_be_kept_keeps_everything_out(exported, tmp_path, what):
    shutil.copytree(exported[1] / "jsonl", tmp_path / "out")
    table, values = BAD_ROWS[what]
    edit_row(tmp_path / "out", table, **values)
    assert nothing_arrives(exported, tmp_path / "out")


def _flip(folder):
    path = folder / "audit-00001.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _link(folder):
    path = folder / "audit-00001.parquet"
    path.rename(folder / "moved")
    path.symlink_to(folder / "moved")


def _part(**values):
    return lambda folder: edit_manifest(
        folder, lambda manifest: manifest["tables"]["audit"]["parts"][0].update(values)
    )


def _set(**values):
    return lambda folder: edit_manifest(folder, lambda manifest: manifest.update(values))


def _no_parquet(folder):
    rewrite(folder, "audit", lambda path: path.write_bytes(b"PAR1 no parquet PAR1"))


def _other_columns(folder):
    frame = pl.DataFrame({"time_s": [1.0], "actor": ["x"]})
    rewrite(folder, "audit", lambda path: frame.write_parquet(path))


DAMAGES = {
    "a changed bit": _flip,
    "a missing file": lambda folder: (folder / "audit-00001.parquet").unlink(),
    "a link": _link,
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "half a manifest": lambda folder: (folder / "manifest.json").write_text('{"purpose": "exp'),
    "a way out": _part(file="../out/audit-00001.parquet"),
    "an absolute way": _part(file="/etc/passwd"),
    "another table's file": _part(file="facts-00001.parquet"),
    "other numbers": _part(rows=7),
    "a newer layout": _set(version=2),
    "a backup": _set(purpose="backup"),
    "an unknown key": _set(extra=1),
    "an unknown table": lambda folder: edit_manifest(
        folder, lambda manifest: manifest["tables"].update(keys=manifest["tables"]["facts"])
    ),
    "no Parquet": _no_parquet,
    "other columns": _other_columns,
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_export_keeps_everything_out(exported, tmp_path, what):
    shutil.copytree(exported[1] / "parquet", tmp_path / "out")
    DAMAGES[what](tmp_path / "out")
    assert nothing_arrives(exported, tmp_path / "out")


def _rows(folder, name):
    paths = sorted(folder.glob(f"{name}-*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def test_an_export_shows_one_moment_while_writing_goes_on(store, tmp_path):
    space, told = store.space("a"), []

    def write(what, share):  # between the tables of the export
        told.append(what)
        space.events.append([Event(what, user_id="u")])
        space.facts.put("number", len(told))
        space.audit.append(AuditEntry(1.0, "k", what))

    export_all(space, tmp_path / "out", "jsonl", write)
    events, (fact,), audit = (
        _rows(tmp_path / "out", name) for name in ("events", "facts", "audit")
    )
    assert len(events) == fact["value"] == len(audit) < len(told)
    assert space.events.count() == len(told) > 5, "nothing written meanwhile was held up or lost"


def test_nothing_is_replaced_that_was_not_allowed(elsewhere, tmp_path):
    space = elsewhere.space("a")
    export_all(space, tmp_path / "out")
    with pytest.raises(StorageError):
        export_all(space, tmp_path / "out")
    space.facts.put("a", 1)
    assert export_all(space, tmp_path / "out", overwrite=True)["facts"] == 1
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("meow")
    with pytest.raises(StorageError):
        export_all(space, tmp_path / "photos", overwrite=True)
    assert (tmp_path / "photos" / "cat.jpg").read_text() == "meow"
    with pytest.raises(InputError):
        export_all(space, tmp_path / "new", "csv")
    (tmp_path / "busy.writing").mkdir()
    (tmp_path / "busy.writing" / "owner").write_text("1")
    with pytest.raises(BusyError):
        export_all(space, tmp_path / "busy")
    assert not (tmp_path / "new").exists() and not (tmp_path / "busy").exists()


def test_large_tables_are_cut_into_files_and_joined_again(elsewhere, tmp_path, monkeypatch):
    monkeypatch.setitem(
        __import__("foretaste.store.transfer.dumping", fromlist=["_ROWS"])._ROWS, "events", 7
    )
    fill(elsewhere.space("a"))
    export_all(elsewhere.space("a"), tmp_path / "out")
    assert len(list((tmp_path / "out").glob("events-*.parquet"))) > 3
    import_all(elsewhere.space("b"), tmp_path / "out")
    read = [list(elsewhere.space(name).events.read()) for name in "ab"]
    assert read[0] == read[1]
