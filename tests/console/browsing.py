"""What a test does in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

__all__ = ["Browser", "Keys"]

_WAIT_S = 20


class Browser:
    """A page, waited for by what it shows."""

    def __init__(self, driver: Chrome, running: Any) -> None:
        self.driver, self.running = driver, running

    def fresh(self) -> None:
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.size(1280, 900)
        self.theme("light")
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")

    def leave_no_page(self) -> None:
        self.driver.get("about:blank")

    def sign_in(self, role: str = "admin") -> None:
        self.driver.get(self.running.link(role))
        self.until(lambda: self.driver.find_elements(By.CSS_SELECTOR, "main.content"))

    def open(self, path: str) -> None:
        self.driver.get(self.running.console + path)
        self.until(lambda: self.driver.find_elements(By.CSS_SELECTOR, "h1"))

    def size(self, width: int, height: int) -> None:
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
        )

    def theme(self, name: str) -> None:
        feature = {"name": "prefers-color-scheme", "value": name}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def until(self, true: Callable[[], Any], what: str = "") -> Any:
        from selenium.common.exceptions import StaleElementReferenceException

        waiting = WebDriverWait(
            self.driver, _WAIT_S, 0.05, ignored_exceptions=[StaleElementReferenceException]
        )
        return waiting.until(lambda _: true(), what)

    def text(self) -> str:
        return self.driver.find_element(By.CSS_SELECTOR, "main").text

    def wait_text(self, words: str) -> None:
        self.until(lambda: words in self.text(), f"{words!r} does not appear")

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        return self.until(lambda: self.all(css), f"{css} does not appear")[0]

    def labelled(self, label: str) -> WebElement:
        """The control a label names, found the way a screen reader finds it."""
        quoted = json.dumps(label)
        return self.until(
            lambda: self.driver.execute_script(
                f"""const l = [...document.querySelectorAll("label")]
                  .find(l => l.textContent.trim() === {quoted});
                return l && document.getElementById(l.htmlFor);"""
            ),
            f"no control is labelled {label!r}",
        )

    def button(self, words: str) -> WebElement:
        def found() -> WebElement | None:
            for one in self.all("button, a.button"):
                name = one.accessible_name if one.is_displayed() else ""
                if name == words:
                    return one
            return None

        return self.until(found, f"no button is named {words!r}")

    def choose(self, label: str, value: str) -> None:
        from selenium.webdriver.support.ui import Select

        Select(self.labelled(label)).select_by_value(value)

    def slide(self, label: str, steps: int) -> None:
        self.labelled(label).send_keys(Keys.ARROW_RIGHT * steps)

    def focused(self) -> WebElement:
        return self.driver.switch_to.active_element

    def keys(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def errors(self) -> list[str]:
        """What the browser complained about since it was last asked."""
        return [
            one["message"]
            for one in self.driver.get_log("browser")
            if one["level"] in ("SEVERE", "WARNING")
        ]

    def addresses(self) -> set[str]:
        """Every address that was asked for since this was last called."""
        found = set()
        for one in self.driver.get_log("performance"):
            message = json.loads(one["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.add(message["params"]["request"]["url"])
            if message["method"] == "Network.webSocketCreated":
                found.add(message["params"]["url"])
        return found

    def foreign(self) -> list[str]:
        """Addresses asked for that are not the service's own."""
        here = urlsplit(self.running.address).netloc
        return [
            one
            for one in self.addresses()
            if urlsplit(one).scheme not in ("data", "about", "blob", "chrome")
            and urlsplit(one).netloc != here
        ]

    def nameless(self) -> list[str]:
        """Controls and links that a screen reader could not name."""
        roles = {"button", "link", "textbox", "searchbox", "combobox", "slider", "checkbox",
                 "switch", "spinbutton", "listbox"}  # fmt: skip
        tree = self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})
        return [
            node["role"]["value"]
            for node in tree["nodes"]
            if not node.get("ignored")
            and node.get("role", {}).get("value") in roles
            and not node.get("name", {}).get("value", "").strip()
        ]

    def scrolls_sideways(self) -> bool:
        return bool(
            self.driver.execute_script(
                "return document.documentElement.scrollWidth > innerWidth + 1"
            )
        )
