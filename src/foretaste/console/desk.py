"""What a page works with: one visitor, their workspace, and safe ways to ask and to tell."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import urlencode

from nicegui import ui
from nicegui.client import Client

from foretaste.console.parts.elements import Node, tag
from foretaste.console.sessions import Sessions, Visitor
from foretaste.core.errors import ForetasteError, UnauthenticatedError

if TYPE_CHECKING:
    from foretaste.app.service import Principal, Service, Workspace

__all__ = ["Desk"]

P = ParamSpec("P")
T = TypeVar("T")
_LOG = logging.getLogger("foretaste")
_THREADS = ThreadPoolExecutor(4, "console")


class Desk:
    """One page of one visitor. Nothing in it is shared with another page.

    Args:
        service: What is shown.
        sessions: Who may see it.
        visitor: Who sees it.
        base: Path the console is mounted at.
        client: The browser's page.
    """

    def __init__(
        self, service: Service, sessions: Sessions, visitor: Visitor, base: str, client: Client
    ) -> None:
        self.service = service
        self.base = base
        self.client = client
        self._sessions = sessions
        self._visitor = visitor
        self.toasts: ui.element | None = None
        self.voice: Node | None = None

    @property
    def principal(self) -> Principal:
        """Who is signed in."""
        return self._visitor.principal

    @property
    def signed_in(self) -> bool:
        """Whether there is anything to sign out of."""
        return not self._sessions.open

    @property
    def workspace(self) -> Workspace:
        """Their data."""
        return self.service.workspace(self.principal.workspace)

    @property
    def actor(self) -> str:
        """What the audit log calls them."""
        return self.principal.key_id

    def may(self, right: str) -> bool:
        """Whether the visitor has a right.

        Args:
            right: Its name, such as ``forget``.

        Returns:
            Whether.
        """
        return self.service.access.allows(self.principal, right)

    def path(self, place: str, **query: str | None) -> str:
        """Address of a page of the console.

        Args:
            place: Such as ``people``; empty for the first.
            **query: Parameters; ids may hold any character.

        Returns:
            A path for links.
        """
        words = urlencode({name: value for name, value in query.items() if value is not None})
        return f"{self.base}/{place}" + (f"?{words}" if words else "")

    def go(self, place: str, **query: str | None) -> None:
        """Send the browser to a page of the console.

        Args:
            place: As for :meth:`path`.
            **query: Likewise.
        """
        # The framework puts the mount's path before every address it opens.
        self.client.open(self.path(place, **query).removeprefix(self.base))

    async def ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do blocking work in a thread, if the visitor is still signed in.

        Args:
            call: What to do.
            *args: Its arguments.
            **kwargs: Its named arguments.

        Returns:
            What it gives back.
        """

        def run() -> T:
            self._sessions.check(self._visitor)
            return call(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(_THREADS, run)

    def act(
        self, handler: Callable[..., Awaitable[None] | None], right: str | None = None
    ) -> Callable[..., Awaitable[None]]:
        """Wrap what a control does: rights are checked, and errors are told instead of lost.

        Args:
            handler: What it does.
            right: What the visitor must be allowed to do.

        Returns:
            The same, safe.
        """

        @functools.wraps(handler)
        async def safe(*args: Any) -> None:
            try:
                if right is not None:
                    self.service.access.check(self.principal, right)
                result = handler(*args)
                if inspect.isawaitable(result):
                    await result
            except UnauthenticatedError:
                self.go("login")
            except ForetasteError as error:
                self.tell(str(error), bad=True)
            except Exception:  # noqa: BLE001 - logged; a page says what failed and lives on
                if not self.client.is_deleted:  # else the page was closed while we worked
                    _LOG.exception("an action of the console failed")
                    self.tell("That failed. What went wrong is in the service's log.", bad=True)

        return safe

    def tell(self, text: str, *, bad: bool = False) -> None:
        """Say something in a corner; bad news stays until it is closed.

        Args:
            text: What to say.
            bad: Whether it is bad news.
        """
        if self.toasts is None or self.client.is_deleted:
            return
        with self.toasts:
            toast = tag("div", classes="toast bad" if bad else "toast")
            with toast:
                tag("span", text, "wrap")
                tag("button", "×", aria_label="Close", type="button").on("click", toast.delete, [])
            if not bad:
                ui.timer(6.0, lambda: toast.delete(), once=True)

    def refocus(self, css: str, place: int = 0) -> None:
        """Give the focus back when what held it was drawn anew: a keyboard user stays in place.

        Args:
            css: What to focus, if nothing is focused.
            place: Which of those found; the last when there are fewer.
        """
        self.client.run_javascript(
            f"requestAnimationFrame(() => {{ const all = document.querySelectorAll({css!r});"
            f" if (document.activeElement === document.body && all.length)"
            f" all[Math.min({place}, all.length - 1)].focus(); }})"
        )

    def say(self, text: str) -> None:
        """Have a screen reader say that something changed; others see the change itself.

        Args:
            text: What changed.
        """
        if self.voice is not None:
            self.voice.text = text
