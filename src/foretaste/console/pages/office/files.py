"""Exports as one file to save, and such a file brought back in: plain HTTP, no page."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response

from foretaste.core.errors import ForetasteError, InputError, LimitError, UnknownIdError

if TYPE_CHECKING:
    from foretaste.app.service import Workspace
    from foretaste.console.gate import Gate
    from foretaste.console.sessions import Visitor

__all__ = ["save_export", "take_import", "unpack"]

_MOST_FILES = 200
_MOST_BYTES = 4 * 2**30


async def save_export(request: Request) -> Response:
    """Give what an export wrote as one zip file.

    Args:
        request: Its path holds the export's name.

    Returns:
        The file.
    """
    gate: Gate = request.scope["foretaste_gate"]
    visitor = _allowed(gate, request)
    if visitor is None:
        return PlainTextResponse("this needs the right “transfer”", 403)
    workspace = gate.service.workspace(visitor.principal.workspace)
    try:
        file = await _apart(_pack, gate, workspace, str(request.path_params["name"]))
    except ForetasteError as error:
        return PlainTextResponse(str(error), 404)
    return FileResponse(
        file, media_type="application/zip", filename=f"{workspace.name}.zip",
        background=BackgroundTask(file.unlink, missing_ok=True),
    )  # fmt: skip


async def take_import(request: Request) -> Response:
    """Bring an export that was saved as a zip file back in.

    Args:
        request: A form with the field ``file``.

    Returns:
        Where to go; what became of it is said there.
    """
    gate: Gate = request.scope["foretaste_gate"]
    visitor = _allowed(gate, request)
    if visitor is None:
        return PlainTextResponse("this needs the right “transfer”", 403)
    principal = visitor.principal
    workspace = gate.service.workspace(principal.workspace)
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        try:
            if not isinstance(file, UploadFile) or not file.filename:
                raise InputError("no file was chosen", remedy="Choose a zip file of an export")
            counts = await _apart(_bring, gate, workspace, file.file, principal.key_id)
            rows = sum(counts.values())
            told = f"Imported: {rows:,} rows were new or changed something."
        except ForetasteError as error:
            told = f"Nothing was imported: {error}"
    request.session["told"] = told[:600]
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}/operations?tab=data", 303)


def unpack(archive: Any, folder: Path) -> None:
    """Unpack an export; a file that would lie elsewhere, or too much of it, is refused.

    Args:
        archive: An open zip file.
        folder: Where to.

    Raises:
        InputError: If it is no export's zip.
        LimitError: If it is too large.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [one for one in packed.infolist() if not one.is_dir()]
            if len(members) > _MOST_FILES or sum(one.file_size for one in members) > _MOST_BYTES:
                raise LimitError("the file holds too much", expected=f"{_MOST_FILES} files, 4 GiB")
            for one in members:
                name = one.filename
                if Path(name).name != name or name.startswith("."):
                    raise InputError("a file in it has a path", got=name)
                with packed.open(one) as source, (folder / name).open("xb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InputError(
            "the file is no zip file of an export", remedy="Save one under Export"
        ) from error


def _allowed(gate: Gate, request: Request) -> Visitor | None:
    visitor = gate.sessions.visitor(request.session)
    if visitor is None or not gate.service.access.allows(visitor.principal, "transfer"):
        return None
    gate.sessions.check(visitor)
    return visitor


def _place(gate: Gate, suffix: str) -> Path:
    folder = gate.service.settings.home_folder / "console" / "files"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / (secrets.token_hex(12) + suffix)


def _pack(gate: Gate, workspace: Workspace, name: str) -> Path:
    if name not in workspace.transfers():
        raise UnknownIdError(f"there is no export {name!r}")
    home = gate.service.settings.home_folder
    folder = home / "workspaces" / workspace.name / "transfer" / name
    target = _place(gate, ".zip")
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.iterdir()):
            if file.is_file():
                packed.write(file, file.name)
    return target


def _bring(gate: Gate, workspace: Workspace, archive: Any, actor: str) -> dict[str, int]:
    folder = _place(gate, "")
    folder.mkdir()
    try:
        unpack(archive, folder)
        return dict(workspace.import_(folder, actor=actor))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _apart(call: Any, *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, call, *args)
