"""Exports saved and brought back in by a browser; nothing lands where it should not."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from foretaste.console.pages.office.files import unpack
from foretaste.core.errors import InputError, LimitError

from .conftest import Running


def packed(files: dict[str, bytes]) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    target.seek(0)
    return target


def test_an_export_is_saved_and_brought_back(running: Running) -> None:
    workspace = running.service.workspace()
    job = workspace.start_job("export", {"format": "jsonl"})
    until_s = time.monotonic() + 60
    while workspace.job(job.job_id).status in ("queued", "running"):
        assert time.monotonic() < until_s
        time.sleep(0.05)
    client = running.visitor()
    result = workspace.job(job.job_id).result
    assert result is not None
    saved = client.get(f"/console/export/{result['folder']}")
    assert saved.status_code == 200
    names = zipfile.ZipFile(io.BytesIO(saved.content)).namelist()
    assert any("events" in name for name in names)
    back = client.post(
        "/console/import", files={"file": ("export.zip", saved.content)},
        headers={"origin": running.address},
    )  # fmt: skip
    assert back.status_code == 200 and "Imported: 0 rows" in back.text
    assert not any((running.service.settings.home_folder / "console" / "files").iterdir())


def test_only_those_who_may_get_the_file(running: Running) -> None:
    client = running.visitor("operator")
    assert client.get("/console/export/anything").status_code == 403
    answer = client.post(
        "/console/import", files={"file": ("x.zip", b"")}, headers={"origin": running.address}
    )
    assert answer.status_code == 403


def test_an_unknown_export_has_no_file(running: Running) -> None:
    client = running.visitor()
    for name in ("nothing", "%2e%2e%2f%2e%2e%2fconsole", "export-"):
        assert client.get(f"/console/export/{name}").status_code == 404


def test_what_is_no_export_is_refused_in_words(running: Running) -> None:
    answer = running.visitor().post(
        "/console/import", files={"file": ("x.zip", b"not a zip")},
        headers={"origin": running.address},
    )  # fmt: skip
    assert "Nothing was imported" in answer.text


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "a/b.txt", ".hidden"])
def test_files_with_paths_are_refused(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with pytest.raises(InputError, match="path"):
        unpack(packed({"fine.txt": b"1", name: b"2"}), folder)
    assert {one.name for one in tmp_path.iterdir()} == {"in"}


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LimitError):
        unpack(packed({f"{n}.txt": b"" for n in range(201)}), tmp_path)
    assert not list(tmp_path.iterdir())
