"""Public data sets from their publishers: terms first, then bytes, checked and resumable.

Nothing is sent but the request. A file that was cut off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from foretaste.core.errors import (
    DataError,
    InputError,
    NetworkError,
    StorageError,
    UnknownNameError,
)

__all__ = ["SOURCES", "Progress", "PublicData", "download", "terms"]

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with bytes so far and bytes in all (``None`` if the publisher does not say)."""

_GROUPLENS = "https://files.grouplens.org/datasets/movielens"
_TERMS = (
    "MovieLens data, GroupLens Research, University of Minnesota. You may use it for research; "
    "you must acknowledge it in publications (F. M. Harper and J. A. Konstan, 2015, The MovieLens "
    "Datasets: History and Context, ACM TiiS 5(4), doi.org/10.1145/2827872); no commercial or "
    "revenue-bearing use without permission; {share}; no endorsement may be implied; no warranty. "
    "The full text is README in the archive and at {url}-README.txt."
)
_NOT_SHARED = "you may not redistribute it without separate permission"
_SHARED = "you may redistribute it, transformed or not, under these same terms"
_PIECE = 1 << 18
_UNREACHABLE = (
    urllib.error.URLError,
    TimeoutError,
    ConnectionError,
    http.client.HTTPException,
)


@dataclass(frozen=True, slots=True)
class PublicData:
    """Where a data set lies and on what terms.

    Attributes:
        url: The publisher's own address of the archive.
        terms: What its licence says, in short, and where the full text is.
        md5: Checksum the publisher lists; ``None`` where the content changes over time.
    """

    url: str
    terms: str
    md5: str | None = None


def _movielens(name: str, share: str, md5: str | None = None) -> PublicData:
    url = f"{_GROUPLENS}/{name}"
    return PublicData(f"{url}.zip", _TERMS.format(share=share, url=url), md5)


SOURCES: Mapping[str, PublicData] = {
    "movielens-100k": _movielens("ml-100k", _NOT_SHARED, "0e33842e24a9c977be4e0107933c0723"),
    "movielens-1m": _movielens("ml-1m", _NOT_SHARED, "c4d9eecfca2ab87c1945afe126590906"),
    "movielens-latest-small": _movielens("ml-latest-small", _SHARED),
    "movielens-latest": _movielens("ml-latest", _SHARED),
}
"""The data sets known by name."""


def terms(name: str) -> str:
    """What the licence of a data set says, to be shown before :func:`download`.

    Args:
        name: One of :data:`SOURCES`; ``movielens-`` may be left out.

    Returns:
        The terms in short, with the address of the full text.

    Raises:
        UnknownNameError: If nobody knows the name.
    """
    return _source(name, SOURCES)[1].terms


def download(
    name: str,
    folder: str | Path,
    *,
    accept: bool = False,
    progress: Progress | None = None,
    sources: Mapping[str, PublicData] = SOURCES,
    timeout_s: float = 30.0,
) -> Path:
    """Fetch a data set from its publisher, check it, unpack it.

    Args:
        name: One of :data:`SOURCES`; ``movielens-`` may be left out.
        folder: Where the unpacked folder is put (made if need be).
        accept: Whether the terms (:func:`terms`) are accepted; nothing is fetched otherwise.
        progress: Told how far it is.
        sources: Other places, for a mirror or a test.
        timeout_s: How long to wait for an answer.

    Returns:
        The unpacked folder, ready for :func:`foretaste.data.read`.

    Raises:
        UnknownNameError: If nobody knows the name.
        InputError: If the terms are not accepted.
        NetworkError: If there is no network or the publisher does not answer well.
        DataError: If what came is not what the publisher lists (it is deleted).
        StorageError: If it cannot be written.
    """
    known, source = _source(name, sources)
    if not accept:
        raise InputError(
            f"the terms of {known} are not accepted yet",
            remedy="Read them with foretaste.data.terms, then say accept=True",
        )
    place = Path(folder)
    target = place / known
    if target.is_dir():
        return target
    try:
        _bring(known, source, target, progress, timeout_s)
    except _UNREACHABLE as error:
        raise NetworkError(
            "the publisher could not be reached",
            where=source.url,
            got=str(getattr(error, "reason", error)) or type(error).__name__,
            remedy="Check the network and call again (it goes on where it stopped), or fetch the "
            "archive elsewhere and read the zip itself",
        ) from error
    except OSError as error:
        raise StorageError(
            "the download could not be written",
            where=str(place),
            got=error.strerror or str(error),
            remedy="Free some space or choose another folder, then call again",
        ) from error
    return target


def _bring(
    name: str, source: PublicData, target: Path, progress: Progress | None, timeout_s: float
) -> None:
    archive = target.with_name(f"{name}.zip")
    partial = target.with_name(f"{name}.zip.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not archive.exists():
        _fetch(source.url, partial, progress, timeout_s)
        _verify(partial, source, name)
        partial.replace(archive)
    _unpack(archive, target)
    archive.unlink()


def _source(name: str, sources: Mapping[str, PublicData]) -> tuple[str, PublicData]:
    for known in (name, f"movielens-{name}"):
        if known in sources:
            return known, sources[known]
    raise UnknownNameError("data set", name, sources)


def _fetch(url: str, partial: Path, progress: Progress | None, timeout_s: float) -> None:
    """Download to ``partial``, going on behind what is there (HTTP Range)."""
    done = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "foretaste"})
    if done:
        request.add_header("Range", f"bytes={done}-")
    try:
        answer = urllib.request.urlopen(request, timeout=timeout_s)
    except urllib.error.HTTPError as error:
        if error.code == 416 and done:
            error.close()
            return  # everything is there already; the checksum decides
        raise
    with answer:
        if answer.status != 206 and done:
            done = 0  # the publisher starts over, so do we
        length = answer.headers.get("Content-Length")
        total = done + int(length) if length else None
        with partial.open("ab" if done else "wb") as file:
            while piece := answer.read(_PIECE):
                file.write(piece)
                done += len(piece)
                if progress:
                    progress(done, total)
        if total is not None and done < total:
            raise http.client.IncompleteRead(b"", total - done)


def _verify(partial: Path, source: PublicData, name: str) -> None:
    if source.md5 is None:
        sound = zipfile.is_zipfile(partial)
        found = "no zip archive"
    else:
        with partial.open("rb") as file:
            # The publisher lists MD5: good against damage, and all there is to compare with.
            found = hashlib.file_digest(file, _md5).hexdigest()
        sound = found == source.md5
    if not sound:
        partial.unlink()
        raise DataError(
            f"what came is not {name} and was deleted",
            where=source.url,
            expected=f"MD5 {source.md5}" if source.md5 else "a zip archive",
            got=found,
            remedy="Call again; if it stays so, the publisher has changed the file",
        )


def _md5() -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False)


def _unpack(archive: Path, target: Path) -> None:
    aside = target.with_name(target.name + ".unpacking")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as content:
            content.extractall(aside)
    except zipfile.BadZipFile as error:
        shutil.rmtree(aside, ignore_errors=True)
        archive.unlink()
        raise DataError(
            f"the archive is broken ({error}) and was deleted",
            where=archive.name,
            remedy="Call again",
        ) from None
    inside = [child for child in aside.iterdir() if child.name != "__MACOSX"]
    if len(inside) == 1 and inside[0].is_dir():
        inside[0].replace(target)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        aside.replace(target)
