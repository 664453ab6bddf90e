"""Commands of the service on a home of their own: keys, bundles, store, forget, doctor."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foretaste.cli.quickstart import free_port


@pytest.fixture(scope="module")
def home(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service that was started once."""
    from foretaste.app.service import Service, load_service_settings

    place = tmp_path_factory.mktemp("service") / "home"
    settings = {"home": str(place), "bundle": str(bundle), "refresh": {"automatic": False}}
    Service.open(load_service_settings(settings)).close()
    return place


def test_a_key_is_shown_once_listed_without_its_secret_and_revoked(run: Any, home: Path) -> None:
    made = run("keys", "create", "front end", "--role", "page", "--home", home, "--json").json
    listed = run("keys", "list", "--home", home, "--json")
    assert made["key"].startswith("ft_")
    assert made["key_id"] in listed.out
    assert made["key"].rpartition("_")[2] not in listed.out
    assert run("keys", "revoke", made["key_id"], "--home", home).code == 0
    row = next(r for r in run("keys", "list", "--home", home, "--json").json
               if r["key_id"] == made["key_id"])  # fmt: skip
    assert row["revoked"] != "-"


def test_the_line_with_a_key_is_never_broken(run: Any, home: Path) -> None:
    first, *_ = run("keys", "create", "x" * 30, "--home", home).out.splitlines()
    assert first.startswith("ft_")
    assert len(first) > 40


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("keys", "create", "x", "--role", "king"), "king"),
        (("keys", "create", "x", "--days", "-1"), "--days makes no sense"),
        (("keys", "list", "--workspace", "nobody's"), "nobody's"),
        (("bundles", "roll-back", "none"), "none"),
        (("serve", "--set", "http.port=99999"), "http.port"),
        (("serve", "--set", "http.colour=red"), "colour"),
        (("keys", "list", "--store", "mysql://x/y"), "mysql"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_exit_code_2(
    words: tuple[str, ...], said: str, run: Any, home: Path
) -> None:
    ran = run(*words, "--home", home)
    assert ran.code == 2, ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_commands_do_not_start_a_service_where_none_was(run: Any, tmp_path: Path) -> None:
    ran = run("keys", "list", "--home", tmp_path / "nothing")
    assert ran.code == 2
    assert "foretaste serve" in ran.err
    assert not (tmp_path / "nothing").exists()


def test_a_password_on_the_command_line_is_never_printed(run: Any, tmp_path: Path) -> None:
    url = "postgresql://ann:hunter2@127.0.0.1:1/none"
    ran = run("doctor", "--home", tmp_path / "h", "--store", url)
    assert "hunter2" not in ran.out + ran.err
    assert "ann:***@" in ran.out + ran.err
    assert ran.code == 1


def test_doctor_prints_the_settings_that_hold(
    run: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORETASTE_SERVICE_HTTP__PORT", "9123")
    found = run("doctor", "--home", home, "--set", "http.workers=3", "--json").json
    assert found["settings"]["http"]["port"] == 9123
    assert found["settings"]["http"]["workers"] == 3
    store = next(one for one in found["checks"] if one["what"] == "store")
    assert store["ok"] and "sqlite" in store["found"]


def test_backup_is_verified_and_restored(run: Any, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.backup"
    assert run("store", "backup", file, "--home", home).code == 0
    assert run("store", "verify", file).code == 0
    new = tmp_path / "new"
    assert run("store", "restore", file, "--home", new).code == 0
    before, after = (run("store", "status", "--home", one, "--json").json for one in (home, new))
    assert before["events of default"] == after["events of default"] > 0
    again = run("store", "restore", file, "--home", new)
    assert again.code != 0
    assert "overwrite" in again.err
    # The models are not in a backup: the restored service makes its own from the log.
    listed = run("bundles", "list", "--home", new, "--json")
    assert listed.code == 0, listed.err
    assert any(one["active"] for one in listed.json)


def test_a_damaged_backup_is_refused_and_nothing_is_written(
    run: Any, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "copy.backup"
    run("store", "backup", file, "--home", home)
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    file.write_bytes(whole)
    assert run("store", "verify", file).code == 2
    assert run("store", "restore", file, "--home", tmp_path / "new").code == 2
    kept = tmp_path / "new" / "foretaste.db"
    if kept.exists():
        with sqlite3.connect(kept) as database:
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
            assert "events" not in names or not list(database.execute("SELECT 1 FROM events"))


def test_export_and_import_give_the_same_counts(run: Any, home: Path, tmp_path: Path) -> None:
    counts = run("store", "export", tmp_path / "out", "--home", home, "--json").json
    assert counts["events"] > 0
    again = run("store", "import", tmp_path / "out", "--home", home, "--json")
    assert again.code == 0
    status = run("store", "status", "--home", home, "--json").json
    assert status["events of default"] == counts["events"]


def test_forgetting_asks_first_and_then_erases(
    run: Callable[..., Any], home: Path, tmp_path: Path
) -> None:
    assert run("forget", "p3", "--home", home).code != 0  # nobody said yes
    receipt = run("forget", "p3", "--yes", "--home", home, "--json")
    assert receipt.code == 0, receipt.err
    run("store", "export", tmp_path / "left", "--home", home, "--format", "jsonl")
    words = " ".join(one.read_text() for one in (tmp_path / "left").glob("*.jsonl"))
    assert '"p3"' not in words
    assert '"p4"' in words


def test_bundles_are_listed(run: Any, home: Path) -> None:
    found = run("bundles", "list", "--home", home, "--json").json
    assert found
    assert json.dumps(found)


def test_the_console_link_leads_to_the_service_that_runs(run: Any, home: Path) -> None:
    left = home / "console.address"
    left.write_text("http://127.0.0.1:9123\n")
    try:
        found = run("console", "--home", home)
    finally:
        left.unlink()
    assert found.out.startswith("http://127.0.0.1:9123/console/enter?token="), found.out
    assert not found.err
    assert "settings" in run("console", "--home", home).err  # nobody runs there: it is said


def test_bundles_are_told_in_words(run: Any, home: Path) -> None:
    words = run("bundles", "list", "--home", home).out
    (active,) = [one for one in run("bundles", "list", "--home", home, "--json").json
                 if one["active"]]  # fmt: skip
    (line,) = [line for line in words.splitlines() if active["name"] in line]
    assert "serves" in line
    assert "{" not in words


def test_the_console_link_is_good_once(run: Any, home: Path) -> None:
    from foretaste.app.service import Service, load_service_settings
    from foretaste.core.errors import UnauthenticatedError

    link = run("console", "--home", home).out.strip()
    assert link.startswith("http://127.0.0.1:8088/console/enter?token=")
    token = link.partition("token=")[2]
    with Service.open(load_service_settings({"home": str(home)})) as service:
        assert service.access.redeem(token).role == "admin"
        with pytest.raises(UnauthenticatedError):
            service.access.redeem(token)


def test_a_port_that_is_taken_is_passed_over() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = free_port("127.0.0.1", port)
    assert found != port
