"""Which address shows which page, to whom."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from nicegui import ui
from nicegui.app import App
from nicegui.element import Element
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from foretaste.console.desk import Desk
from foretaste.console.gate import Gate
from foretaste.console.pages.discover import discover
from foretaste.console.pages.items import items
from foretaste.console.pages.lab import experiments
from foretaste.console.pages.login import enter, leave, login
from foretaste.console.pages.office import operations
from foretaste.console.pages.office.files import save_export, take_import
from foretaste.console.pages.people import people
from foretaste.console.pages.quality import quality
from foretaste.console.parts.elements import clear
from foretaste.console.parts.states import banner, empty, failed
from foretaste.console.shell import PLACES, head, page_title, shell
from foretaste.core.errors import ForetasteError, UnauthenticatedError, UnknownIdError

__all__ = ["register"]

_LOG = logging.getLogger("foretaste")

Draw = Callable[[Desk, QueryParams], Awaitable[None]]

_PAGES: dict[str, Draw] = {
    "": discover,
    "people": people,
    "items": items,
    "quality": quality,
    "experiments": experiments,
    "operations": operations,
}


def register(app: App, static: Path, version: str) -> None:
    """Register all pages; once in a process.

    Args:
        app: The framework's application.
        static: Folder of styles and fonts.
        version: Changes with those files.
    """
    there = {getattr(route, "path", "") for route in app.routes}
    if "/leave" in there:
        return
    app.add_static_files(f"/assets/{version}", static, max_cache_age=31_536_000)
    app.add_api_route("/enter", enter, methods=["GET", "POST"], include_in_schema=False)
    app.add_api_route("/export/{name}", save_export, methods=["GET"], include_in_schema=False)
    app.add_api_route("/import", take_import, methods=["POST"], include_in_schema=False)
    app.add_api_route("/leave", leave, methods=["POST"], include_in_schema=False)

    @ui.page("/login", title="Sign in · Foretaste")
    async def _login(request: Request) -> None:
        base = base_of(request)
        head(base, version)
        login(base, request.query_params)

    for place in PLACES:
        _page(f"/{place.path}", place.name, place.right, _PAGES[place.path], version)
    _page("/{rest:path}", "No such page", "recommend", _nowhere, version)


def base_of(request: Request) -> str:
    """Path the console is reached at, a proxy's prefix included: for links in pages.

    Redirects need ``root_path`` alone: the framework puts the prefix before them.

    Args:
        request: The request.

    Returns:
        Such as ``/console``.
    """
    given = request.headers.get("x-forwarded-prefix", "").strip("/")
    prefix = f"/{quote(given, safe='/-._~')}" if given else ""
    return prefix + str(request.scope.get("root_path", ""))


def _page(path: str, title: str, right: str, draw: Draw, version: str) -> None:
    @ui.page(path, title=f"{title} · Foretaste", response_timeout=30.0)
    async def shown(request: Request) -> Response | None:
        gate: Gate = request.scope["foretaste_gate"]
        base = base_of(request)
        visitor = gate.sessions.visitor(request.session)
        if visitor is None:
            return _to_login(request)
        desk = Desk(gate.service, gate.sessions, visitor, base, ui.context.client)
        try:
            health = await desk.ask(gate.service.health)
        except UnauthenticatedError:
            return _to_login(request)
        told = request.session.pop("told", None)
        head(base, version)
        with shell(desk, path[1:]) as inner:
            if isinstance(told, str):
                banner(told)
            for sentence in health.degraded:
                banner(sentence)
            if not desk.may(right):
                page_title(title)
                empty(
                    "This page is not for your key",
                    f"It needs the right “{right}”; your key has the role"
                    f" “{desk.principal.role}”. An administrator can make one that has it.",
                )
                return None
            await _drawn(desk, draw, request.query_params, title, inner)
        return None


async def _drawn(desk: Desk, draw: Draw, query: QueryParams, title: str, inner: Element) -> None:
    """Draw a page; when that fails, say what failed instead of half a page."""
    try:
        await draw(desk, query)
        return
    except UnknownIdError as error:
        ui.context.client.status_code = 404
        told = str(error)
    except ForetasteError as error:
        told = str(error)
    except Exception:  # noqa: BLE001 - logged; a page says what failed and lives on
        _LOG.exception("page %s could not be drawn", title)
        told = "The page could not be drawn. What went wrong is in the service's log."
    with clear(inner):
        page_title(title)
        failed(told, act=lambda: ui.navigate.reload())


def _to_login(request: Request) -> Response:
    root = str(request.scope.get("root_path", ""))
    query = f"?{request.url.query}" if request.url.query else ""
    path = request.scope["path"].removeprefix(root)
    return RedirectResponse(f"{root}/login?next={quote(path + query, safe='')}", 303)


async def _nowhere(desk: Desk, query: QueryParams) -> None:
    ui.context.client.status_code = 404
    page_title("There is no such page")
    empty(
        "Nothing is kept at this address",
        "It may have been mistyped. The navigation leads to everything there is.",
        label="Go to Discover",
        act=lambda: desk.go(""),
    )
