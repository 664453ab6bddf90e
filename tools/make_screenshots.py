"""Take the pictures of the console that lie under ``docs/screenshots``.

``python tools/make_screenshots.py [--out FOLDER] [--only NAME ...]`` starts the service on the
sample world in a folder of its own, lets it measure itself, has the simulated audience use it
for a while (so that experiments and reports have something to show), and photographs every page
in a headless Chromium: light, dark, and at phone width.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

LARGEST_BYTES = 250_000
DESK, PHONE = (1280, 860), (390, 844)


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        name: Of the file, without its ending.
        path: Of the page.
        theme: ``light`` or ``dark``.
        size: Width and height of the window.
        act: What to do on the page before.
        tallest: Where a long page is cut off.
    """

    name: str
    path: str
    theme: str = "light"
    size: tuple[int, int] = DESK
    act: Callable[[Any], None] | None = None
    tallest: int = 1500


def main(arguments: list[str]) -> int:
    """Take the pictures.

    Args:
        arguments: Of the command line.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"))
    parser.add_argument("--only", nargs="*", default=[])
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    from foretaste.app.service import Service, load_service_settings

    with tempfile.TemporaryDirectory() as home:
        settings = load_service_settings({"home": home}, {"refresh.automatic": False})
        with Service.open(settings) as service:
            use(service.workspace())
            address, stop = listen(service)
            try:
                for shot in shots():
                    if not given.only or shot.name in given.only:
                        token = service.access.login_token()
                        size = take(shot, address, token, given.out / f"{shot.name}.png")
                        print(f"{shot.name}: {size:,} bytes", flush=True)
            finally:
                stop()
    return 0


def shots() -> list[Shot]:
    """All pictures.

    Returns:
        In the order in which they are taken.
    """
    return [
        Shot("sign-in", "/leave"),
        Shot("discover", "/", act=wish),
        Shot("discover-dark", "/?user=ann", "dark"),
        Shot("discover-compare", "/?user=ann", act=compare),
        Shot("discover-phone", "/?user=ann", size=PHONE, act=lower),
        Shot("people", "/people"),
        Shot("person", "/people?id=ann"),
        Shot("person-dark-phone", "/people?id=ann", "dark", PHONE),
        Shot("items", "/items?list=popular"),
        Shot("items-dark", "/items", "dark"),
        Shot("item", "/items?id=heat-1995"),
        Shot("item-new", "/items?new=1", act=add),
        Shot("item-phone", "/items?id=groundhog-day-1993", size=PHONE),
        Shot("quality", "/quality", tallest=1900),
        Shot("quality-dark", "/quality", "dark", tallest=1200),
        Shot("experiments", "/experiments", act=read),
        Shot("operations", "/operations"),
        Shot("operations-models", "/operations?tab=models"),
        Shot("operations-keys", "/operations?tab=keys", "dark"),
        Shot("operations-audit-phone", "/operations?tab=audit", size=PHONE),
    ]


def use(workspace: Any) -> None:
    """Measure the model, and have some of the simulated audience react to lists.

    Args:
        workspace: Of the service.
    """
    from foretaste.core import Event, Query
    from foretaste.store import Arm, Experiment

    job = workspace.start_job("evaluate", {}, actor="screenshots")
    arms = {"control": Arm(0.5), "variant": Arm(0.5, {"diversity": 0.4})}
    plan = Experiment("more-variety", "ab", arms, salt="more-variety", metric="click_rate")
    workspace.put_experiment(plan, actor="screenshots")
    workspace.start_experiment("more-variety", actor="screenshots")
    rng = np.random.default_rng(7)
    people = [one.user_id for one in workspace.people(400).items if one.user_id != "ann"]
    for user_id in people:
        answer = workspace.recommend(Query(user_id, n=8))
        for place, item_id in enumerate(answer.item_ids):
            if rng.random() < 0.16 / (1 + 0.3 * place):
                kind = "like" if rng.random() < 0.7 else "click"
                workspace.record(
                    [Event(item_id, kind, user_id=user_id, answer_id=answer.answer_id)]
                )
    workspace.start_job("export", {"format": "parquet"}, actor="screenshots")
    while workspace.job(job.job_id).status in ("queued", "running"):
        time.sleep(0.2)


def listen(service: Any) -> tuple[str, Callable[[], None]]:
    """Serve the console on a free port of this machine.

    Args:
        service: What it shows.

    Returns:
        Its address, and what ends it.
    """
    import uvicorn
    from fastapi import FastAPI

    from foretaste.console import mount

    app = FastAPI()
    mount(app, service)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)

    def stop() -> None:
        server.should_exit = True
        thread.join(10)

    return f"http://127.0.0.1:{port}/console", stop


def take(shot: Shot, address: str, token: str, file: Path) -> int:
    """Take one picture.

    Args:
        shot: Which.
        address: Of the console.
        token: Opens it once.
        file: Where to put it.

    Returns:
        Bytes of the picture.
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service as Driver

    os.environ["SE_OFFLINE"] = "true"
    options = Options()
    options.binary_location = shutil.which("chromium") or shutil.which("chrome") or ""
    for flag in ("--no-sandbox", "--headless=new", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Driver(shutil.which("chromedriver")))
    try:
        _window(driver, shot, shot.size[1])
        feature = {"name": "prefers-color-scheme", "value": shot.theme}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        if shot.path != "/leave":
            driver.get(f"{address}/enter?token={token}")
        driver.get(address + ("/login" if shot.path == "/leave" else shot.path))
        wait(driver, "h1")
        while driver.find_elements("css selector", ".ghosts"):
            time.sleep(0.1)
        time.sleep(1.2)  # the camera waits for type and pictures to settle
        if shot.act is not None:
            shot.act(driver)
            time.sleep(1.0)
        if shot.size == DESK:
            driver.execute_script("scrollTo(0, 0)")
        if shot.size == DESK:
            height = driver.execute_script("return document.documentElement.scrollHeight")
            _window(driver, shot, min(max(height, shot.size[1]), shot.tallest))
            time.sleep(0.3)
        return save(driver.get_screenshot_as_png(), file)
    finally:
        driver.quit()


def save(picture: bytes, file: Path) -> int:
    """Write a picture with as few colours as it needs to be small.

    Args:
        picture: As the browser gives it.
        file: Where.

    Returns:
        Its bytes.
    """
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32):
        target = io.BytesIO()
        image.quantize(colours).save(target, "PNG", optimize=True)
        if target.tell() <= LARGEST_BYTES:
            break
    file.write_bytes(target.getvalue())
    return target.tell()


def wait(driver: Any, css: str) -> Any:
    """Wait for an element.

    Args:
        driver: The browser.
        css: Which.

    Returns:
        The first.
    """
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(driver, 30, 0.05).until(
        lambda _: driver.find_elements("css selector", css)
    )[0]


def wish(driver: Any) -> None:
    """Type a wish."""
    wait(driver, "textarea").send_keys("a slow, melancholy film about memory\n")
    time.sleep(1.5)


def compare(driver: Any) -> None:
    """More variety, before beside after."""
    wait(driver, "button[aria-pressed]").click()
    time.sleep(0.5)
    wait(driver, "input[type=range]").send_keys("\ue014" * 12)


def lower(driver: Any) -> None:
    """Scroll to the list."""
    driver.execute_script("document.querySelector('h2').scrollIntoView()")


def add(driver: Any) -> None:
    """Add a film nobody has met."""
    texts = {
        "Title": "The Cartographer of Ice",
        "Synopsis": "Two sisters map a frozen coast in the last winter of a failing station. "
        "As the radio falls silent, they begin to draw places that are not there.",
        "Year": "2026", "Directors": "Ingrid Solheim", "Genres": "Drama, Mystery",
        "Themes": "solitude, siblings, nature", "Mood": "melancholy, eerie",
    }  # fmt: skip
    for label in driver.find_elements("css selector", "label"):
        if label.text in texts:
            control = driver.find_element("id", label.get_attribute("for"))
            control.send_keys(texts[label.text])
    time.sleep(0.6)
    wait(driver, ".button.main").click()
    wait(driver, ".audience li")


def read(driver: Any) -> None:
    """Read the result of the experiment."""
    for button in driver.find_elements("css selector", "button"):
        if button.text in ("Read the result", "Read the report"):
            button.click()
            time.sleep(1.5)


def _window(driver: Any, shot: Shot, height: int) -> None:
    width = shot.size[0]
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    if width < 500:
        metrics["deviceScaleFactor"] = 2
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
