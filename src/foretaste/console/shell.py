"""The frame around every page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nicegui import ui
from nicegui.element import Element

from foretaste.console.desk import Desk
from foretaste.console.parts.elements import button, tag
from foretaste.console.parts.icons import brand_mark, icon

__all__ = ["PLACES", "Place", "head", "leave_form", "page_title", "shell", "theme_button"]


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the console.

    Attributes:
        path: Where it is, below the console.
        name: What it is called.
        right: What a visitor must be allowed to do to see it.
    """

    path: str
    name: str
    right: str


PLACES = (
    Place("", "Discover", "recommend"),
    Place("people", "People", "read"),
    Place("items", "Items", "read"),
    Place("quality", "Quality", "reports"),
    Place("experiments", "Experiments", "experiments"),
    Place("operations", "Operations", "jobs"),
)
"""All pages, in the order of the navigation."""

_THEME = """<script>
(() => {
  const root = document.documentElement;
  try { const kept = localStorage.getItem("theme"); if (kept) root.dataset.theme = kept; }
  catch (e) { /* storage may be forbidden: then the system's choice holds */ }
  window.switchTheme = () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch (e) { /* as above */ }
  };
})();
</script>"""
# What shows before the pages' script has run: the right colour instead of a white flash.
_FIRST = """<style>
html { background: #f5f6f4 } html[data-theme=dark] { background: #0f1211 }
@media (prefers-color-scheme: dark) { html:not([data-theme=light]) { background: #0f1211 } }
</style>"""


def head(base: str, version: str) -> None:
    """Put styles and fonts into the page's head.

    Args:
        base: Path the console is mounted at.
        version: Changes with the files, so that browsers may keep them for good.
    """
    at = f"{base}/assets/{version}"
    ui.add_head_html(
        f'{_FIRST}{_THEME}<link rel="preload" as="font" type="font/woff2" crossorigin '
        f'href="{at}/fonts/archivo-latin.woff2">'
        + "".join(
            f'<link rel="stylesheet" href="{at}/{name}.css">' for name in ("base", "shell", "parts")
        )
    )


@contextmanager
def shell(desk: Desk, place: str) -> Iterator[Element]:
    """Draw the frame; what is drawn inside becomes the page's content.

    Args:
        desk: The visitor's desk.
        place: Path of the place shown.

    Yields:
        Where the content goes; its context is entered.
    """
    tag("a", "Skip to the content", "skip", href="#content")
    with tag("header", classes="topbar"):
        _brand(desk)
        with tag("div", classes="line"):
            theme_button("quiet round")
            leave_form(desk, "round quiet", words="")
    with tag("div", classes="side"):
        _brand(desk)
        with tag("nav", classes="places", aria_label="Pages"):
            for one in PLACES:
                if desk.may(one.right):
                    current = "page" if one.path == place else None
                    with tag("a", href=desk.path(one.path), aria_current=current):
                        icon(one.name.lower())
                        tag("span", one.name)
        with tag("div", classes="foot"):
            with tag("div", classes="who"):
                tag("b", desk.principal.workspace, "wrap")
                tag("span", f"{desk.principal.role} · {desk.principal.name}", "wrap")
            with tag("div", classes="line"):
                theme_button("quiet round")
                leave_form(desk, "quiet", words="Sign out")
    desk.voice = tag("div", classes="unseen", role="status", aria_live="polite")
    desk.toasts = tag("div", classes="toasts", role="status", aria_live="polite")
    with (
        tag("main", classes="content", id="content", tabindex="-1"),
        tag("div", classes="inner") as inner,
    ):
        yield inner


def page_title(title: str, text: str = "") -> None:
    """Head of a page.

    Args:
        title: Its name or question.
        text: One sentence below it.
    """
    with tag("div", classes="heading"), tag("div"):
        tag("h1", title, "wrap")
        if text:
            tag("p", text, "soft measure")


def theme_button(kind: str) -> None:
    """The switch between light and dark.

    Args:
        kind: Classes of the button.
    """
    button("", None, kind, drawn="moon", label="Switch between light and dark").on(
        "click", js_handler="() => window.switchTheme()"
    )


def leave_form(desk: Desk, kind: str, words: str) -> None:
    """The button that signs out: a form, so that it works whatever else does not.

    Args:
        desk: The visitor's desk.
        kind: Classes of the button.
        words: What it says; an icon alone when empty.
    """
    if not desk.signed_in:
        return
    with tag("form", method="post", action=f"{desk.base}/leave"):
        button(words, None, kind, drawn="out", label="Sign out", type="submit")


def _brand(desk: Desk) -> None:
    with tag("a", classes="brand", href=desk.path("")):
        brand_mark()
        tag("span", "Foretaste")
