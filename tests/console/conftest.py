"""One running console for all tests of this room, on a small world of real films."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from foretaste.app.service import Service, load_service_settings
from foretaste.data.sample import load_sample

CHROME, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@dataclass(frozen=True)
class Running:
    """A console somebody can call."""

    service: Service
    address: str

    @property
    def console(self) -> str:
        return f"{self.address}/console"

    def link(self, role: str = "admin", workspace: str = "default") -> str:
        token = self.service.access.login_token(workspace, role)
        return f"{self.console}/enter?token={token}"

    def visitor(self, role: str = "admin") -> httpx.Client:
        """Somebody signed in, without a browser."""
        client = httpx.Client(base_url=self.address, follow_redirects=True)
        assert client.get(self.link(role)).status_code == 200
        return client


def small_world(folder: Path) -> Path:
    """90 films and 150 people of the sample, as a folder of data."""
    import polars as pl

    data = load_sample()
    films = data.items.head(90)
    kept = data.interactions.with_columns(
        pl.Series("user_id", [data.user_ids.ids[row] for row in data.interactions["user_row"]]),
        pl.Series("item_id", [data.item_ids.ids[row] for row in data.interactions["item_row"]]),
    )
    people = data.people.head(150)
    kept = kept.filter(
        pl.col("user_id").is_in(people["user_id"].implode())
        & pl.col("item_id").is_in(films["item_id"].implode())
    )
    folder.mkdir(parents=True)
    names = [name for name in ("user_id", "item_id", "kind", "value", "time_s") if name in kept]
    kept.select(names).fill_nan(None).rename({"time_s": "timestamp", "kind": "type"}).write_parquet(
        folder / "interactions.parquet"
    )
    films.write_parquet(folder / "items.parquet")
    people.write_parquet(folder / "people.parquet")
    knowledge = data.knowledge
    assert knowledge is not None
    head = knowledge.columns[0]
    knowledge.filter(pl.col(head).is_in(films["item_id"].implode())).write_csv(
        folder / "knowledge.csv"
    )
    return folder


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service with its console on a free port; ends with the tests."""
    import uvicorn

    from foretaste.console import mount
    from foretaste.serve import make_app

    base = tmp_path_factory.mktemp("console")
    settings = load_service_settings(
        {"home": str(base / "home"), "bundle": str(small_world(base / "data"))},
        {"refresh.automatic": False},
    )
    with Service.open(settings) as service:
        app = make_app(service, console=mount)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until_s = time.monotonic() + 30
        while not server.started and time.monotonic() < until_s:
            time.sleep(0.02)
        assert server.started, "the console did not start"
        yield Running(service, f"http://127.0.0.1:{port}")
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def chrome() -> Iterator[object]:
    """A headless browser; tests that need one are skipped where there is none."""
    if CHROME is None or DRIVER is None:
        pytest.skip("there is no browser here")
    os.environ["SE_OFFLINE"] = "true"
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service as Driver

    options = Options()
    options.binary_location = CHROME
    for flag in ("--no-sandbox", "--headless=new", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Driver(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def browser(chrome: object, running: Running) -> Iterator[object]:
    """A browser with an empty cookie jar at desktop size; the page is signed in as an admin."""
    from .browsing import Browser

    page = Browser(chrome, running)  # type: ignore[arg-type]
    page.fresh()
    page.sign_in()
    yield page
    page.leave_no_page()
