"""An export as a download: written aside, streamed, and gone."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from starlette.responses import Response, StreamingResponse

from foretaste.serve.calls import Call

__all__ = ["Format", "zipped"]

Format = Literal["parquet", "jsonl"]

_CHUNK = 256 * 1024


async def zipped(call: Call, format: Format) -> Response:
    """Export the caller's workspace and stream the archive.

    Args:
        call: The request.
        format: ``parquet`` or ``jsonl``.

    Returns:
        The response; the files are removed before it is sent.
    """
    folder = Path(tempfile.mkdtemp(prefix="foretaste-export-"))
    try:
        archive = await call.work(_write, call, format, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    name = f"{call.workspace_name}.zip"
    size = archive.stat().st_size
    file = archive.open("rb")
    # Nobody's data stay behind, however the download ends: what is open outlives its name.
    shutil.rmtree(folder, ignore_errors=True)
    return StreamingResponse(
        _chunks(file),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(size),
        },
    )


def _write(call: Call, format: Format, folder: Path) -> Path:
    files = folder / "files"
    call.workspace.export(files, format, actor=call.actor)
    archive = folder / "export.zip"
    # Parquet is compressed already; text shrinks a good deal.
    way = ZIP_STORED if format == "parquet" else ZIP_DEFLATED
    with ZipFile(archive, "w", way) as target:
        for path in sorted(files.rglob("*")):
            if path.is_file():
                target.write(path, path.relative_to(files).as_posix())
    return archive


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
