"""The snippet and the reference, in a real headless browser."""

from __future__ import annotations

import html
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from foretaste.app.service import Service
from foretaste.serve import make_app
from foretaste.store import ItemRecord

from .shop import live, settings_for, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromedriver") is None, reason="there is no chromedriver"),
]
EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
PAGE = """<!doctype html><html lang="en"><head><title>Shop</title></head><body>
<section id="list" data-foretaste {options}></section>
<div style="height:{gap}px"></div>
<script src="{service}/static/foretaste.js" data-key="{key}"></script>
</body></html>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for one in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(one)
    options.add_argument("--window-size=1000,900")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


class _Shop:
    """A web site of another origin, with one page that can be rewritten."""

    def __init__(self) -> None:
        self.body = b""
        shop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(shop.body if self.path == "/" else b"<h1>an item</h1>")

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def shop() -> Iterator[_Shop]:
    shop = _Shop()
    yield shop
    shop.server.shutdown()


@pytest.fixture(scope="module")
def service(shop: _Shop, shop_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("home")
    settings = settings_for(home, shop_bundle, http__origins=[shop.url])
    with Service.open(settings) as service:
        service.workspace().put_items([ItemRecord("evil", {"title": EVIL, "genres": ["Crime"]})])
        until(lambda: "evil" in service.workspace().recommender.dataset.item_ids)
        yield service


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    with live(make_app(service)) as url:
        yield url


@pytest.fixture
def page(browser: Any, shop: _Shop, service: Service, address: str) -> Any:
    key = service.access.create_key("default", "page", "snippet").key

    def show(options: str, gap: int = 0, user_id: str | None = None) -> Any:
        if user_id is not None:
            session = service.workspace().start_session().session_id
            service.workspace().join_session(session, user_id)
            options += f' data-session="{session}"'
        body = PAGE.format(options=options, gap=gap, service=address, key=key)
        shop.body = body.encode()
        browser.get(shop.url)
        return until(lambda: browser.find_elements("css selector", "#list li"))

    return show


def test_a_list_is_shown_with_a_heading_links_and_reasons(page: Any, browser: Any) -> None:
    rows = page('data-n="4" data-title="For you" data-link="/item/{item_id}"', user_id="p1")
    assert len(rows) == 4
    place = browser.find_element("id", "list")
    heading = browser.find_element("css selector", "#list h2")
    assert heading.text == "For you"
    assert place.get_attribute("aria-labelledby") == heading.get_attribute("id")
    assert place.accessible_name == "For you" and place.aria_role == "region"
    assert place.get_attribute("aria-busy") is None
    links = [row.find_element("css selector", "a") for row in rows]
    assert all("/item/" in link.get_attribute("href") for link in links)
    assert all(row.find_element("css selector", ".foretaste-reason").text for row in rows)


def test_nothing_of_the_catalogue_becomes_markup(page: Any, browser: Any, service: Any) -> None:
    rows = page('data-n="50" data-link="javascript:alert({item_id})"', user_id="p2")
    texts = [row.find_element("css selector", ".foretaste-title").text for row in rows]
    assert EVIL in texts
    assert browser.execute_script("return window.hacked") is None
    assert not browser.find_elements("css selector", "#list img, #list script, #list a")


def test_a_click_is_reported_and_attributed(page: Any, browser: Any, service: Service) -> None:
    rows = page('data-n="3" data-link="/item/{item_id}"', user_id="clicker")
    title = rows[1].find_element("css selector", "a").text
    rows[1].find_element("css selector", "a").click()
    (kept,) = until(lambda: service.workspace().events(user_id="clicker").items)
    assert kept.event.kind == "click"
    shown = service.workspace().answer_shown(kept.event.answer_id)
    assert shown.item_ids[1] == kept.event.item_id and title
    assert until(lambda: browser.current_url.endswith(kept.event.item_id))


def test_views_are_reported_if_wanted_once_they_were_seen(page: Any, service: Service) -> None:
    page('data-n="3" data-views="view"', user_id="looker")
    found = until(lambda: len(service.workspace().events(user_id="looker").items) == 3)
    assert found
    kinds = {one.event.kind for one in service.workspace().events(user_id="looker").items}
    assert kinds == {"view"}


def test_a_visitor_without_a_name_gets_a_session_that_lasts(
    page: Any, browser: Any, service: Service
) -> None:
    page('data-n="3"')
    first = browser.execute_script("return localStorage.getItem('foretaste-session')")
    page('data-n="3"')
    assert first and service.workspace().session(first).user_id is None
    assert browser.execute_script("return localStorage.getItem('foretaste-session')") == first
    assert browser.get_cookies() == []


def test_the_reference_reads_itself_and_nothing_else(browser: Any, address: str) -> None:
    browser.get(f"{address}/docs")
    routes = until(lambda: browser.find_elements("css selector", "details"))
    assert len(routes) > 90
    browser.find_element("id", "search").send_keys("forget")
    shown = [one for one in routes if one.is_displayed()]
    assert 1 <= len(shown) < 5
    shown[0].find_element("css selector", "summary").click()
    assert until(lambda: "ReceiptOut" in shown[0].text)
    assert browser.find_element("id", "problem-not-valid").text == "422 not-valid"
    loaded = browser.execute_script(
        "return performance.getEntriesByType('resource').map(one => one.name)"
    )
    assert loaded and all(one.startswith(address) for one in loaded)
    troubles = [one for one in browser.get_log("browser") if one["level"] == "SEVERE"]
    assert [one for one in troubles if "favicon" not in one["message"]] == []
    assert html.escape("<") not in browser.find_element("id", "introduction").text
