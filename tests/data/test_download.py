"""Downloads, against a server of our own that can break off and go on."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from foretaste.core.errors import DataError, InputError, NetworkError, UnknownNameError
from foretaste.data import SOURCES, PublicData, download, read, terms


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as content:
        content.writestr(
            "ml-tiny/ratings.csv", "userId,movieId,rating,timestamp\n1,2,4,1500000000\n"
        )
        content.writestr("ml-tiny/movies.csv", "movieId,title,genres\n2,Ran (1985),Drama\n")
        content.writestr("ml-tiny/README.txt", "x" * 300_000)
    return file.getvalue()


class Server(ThreadingHTTPServer):
    body = archive()
    cut: int | None = None
    ranges = True
    asked: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.asked.append(asked)
        if self.path != "/tiny.zip":
            self.send_error(404)
            return
        start = int(asked.split("=")[1].rstrip("-")) if asked and self.server.ranges else 0
        body = self.server.body[start:]
        if asked and not body:
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.server.cut is None else body[: self.server.cut])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(("127.0.0.1", 0), Handler)
    running.asked = []
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()


def sources(
    server: Server, *, md5: str | None = None, path: str = "tiny.zip"
) -> dict[str, PublicData]:
    url = f"http://127.0.0.1:{server.server_port}/{path}"
    return {"movielens-tiny": PublicData(url, "be kind", md5)}


GOOD = hashlib.md5(Server.body).hexdigest()


def test_it_is_fetched_checked_unpacked_and_readable(server: Server, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    folder = download(
        "tiny",
        tmp_path,
        accept=True,
        sources=sources(server, md5=GOOD),
        progress=lambda done, total: told.append((done, total)),
    )
    assert read(folder).titles() == ["Ran (1985)"]
    assert told[-1] == (len(Server.body), len(Server.body))
    assert [path.name for path in tmp_path.iterdir()] == ["movielens-tiny"]
    assert download("tiny", tmp_path, accept=True, sources=sources(server)) == folder
    assert len(server.asked) == 1


def test_terms_come_first(server: Server, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="terms of movielens-tiny are not accepted"):
        download("tiny", tmp_path, sources=sources(server))
    assert server.asked == []
    assert "no commercial" in terms("1m") and "README" in terms("movielens-latest-small")


@pytest.mark.parametrize("ranges", [True, False])
def test_it_goes_on_where_it_was_cut(server: Server, tmp_path: Path, ranges: bool) -> None:
    server.cut, server.ranges = 1000, ranges
    with pytest.raises(NetworkError, match="goes on where it stopped"):
        download("tiny", tmp_path, accept=True, sources=sources(server, md5=GOOD))
    assert (tmp_path / "movielens-tiny.zip.part").stat().st_size == 1000
    server.cut = None
    folder = download("tiny", tmp_path, accept=True, sources=sources(server, md5=GOOD))
    assert server.asked == [None, "bytes=1000-"]
    assert (folder / "ratings.csv").is_file()


def test_a_complete_part_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "movielens-tiny.zip.part").write_bytes(Server.body)
    assert download("tiny", tmp_path, accept=True, sources=sources(server, md5=GOOD)).is_dir()


@pytest.mark.parametrize("md5", ["0" * 32, None])
def test_what_is_not_what_the_publisher_lists_is_deleted(
    server: Server, tmp_path: Path, md5: str | None
) -> None:
    if md5 is None:
        server.body = b"<html>captive portal</html>"
    with pytest.raises(DataError, match="what came is not movielens-tiny and was deleted"):
        download("tiny", tmp_path, accept=True, sources=sources(server, md5=md5))
    assert list(tmp_path.iterdir()) == []


def test_no_network_is_said_plainly(server: Server, tmp_path: Path) -> None:
    gone = {"x": PublicData("http://127.0.0.1:9/x.zip", "")}
    with pytest.raises(NetworkError, match=r"could not be reached.*Check the network"):
        download("x", tmp_path, accept=True, sources=gone)
    with pytest.raises(NetworkError, match="Not Found"):
        download("tiny", tmp_path, accept=True, sources=sources(server, path="other.zip"))


def test_every_source_is_https_at_its_publisher() -> None:
    assert set(SOURCES) == {f"movielens-{n}" for n in ("100k", "1m", "latest-small", "latest")}
    assert all(s.url.startswith("https://files.grouplens.org/") for s in SOURCES.values())
    with pytest.raises(UnknownNameError, match="unknown data set"):
        terms("netflix")
