"""Signing in and out."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from foretaste.console.gate import Gate
from foretaste.console.parts.cover import Cover, cover
from foretaste.console.parts.elements import button, note, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.icons import brand_mark
from foretaste.console.parts.states import banner
from foretaste.core.errors import ForetasteError

__all__ = ["enter", "leave", "login", "safe_next"]

# Nobody's data is shown before signing in: these exist nowhere else.
_WALL = (
    Cover("The First Bite", "1934", "Comedy", "A. Petit"), Cover("Second Helping", "1961", "Drama"),
    Cover("Slow Simmer", "1972", "Romance"), Cover("Salt", "1949", "Western"),
    Cover("Bitter and Sweet", "2003", "Music"), Cover("Acquired Taste", "1988", "Horror"),
    Cover("Room for More", "1955", "Documentary"), Cover("The Long Table", "1968", "History"),
    Cover("Umami", "2011", "Science fiction"), Cover("Leftovers Forever", "1979", "Crime"),
    Cover("A Pinch of Night", "1944", "Mystery"), Cover("Zest", "2019", "Animation"),
)  # fmt: skip
_PROBLEMS = {
    "link": "This login link has been used already or has run out. Make a new one with"
    " `foretaste console`, or sign in with a key.",
    "key": "Nobody knows this key: it may be mistyped, revoked or run out.",
    "busy": "The service cannot check keys at the moment. Try again shortly.",
}


def login(base: str, query: QueryParams) -> None:
    """Draw the page that asks who is there.

    Args:
        base: Path the console is mounted at.
        query: ``next``: where to go afterwards; ``problem``: what went wrong before.
    """
    with tag("div", classes="gate"):
        with tag("main", classes="panel"):
            with tag("div", classes="brand"):
                brand_mark()
                tag("span", "Foretaste")
            with tag("div", classes="stack tight"):
                tag("h1", "Sign in")
                note("With a key of the service, or the login link printed at its start.", "soft")
            if query.get("problem") in _PROBLEMS:
                banner(_PROBLEMS[query["problem"]], "bad")
            if "left" in query:
                banner("You are signed out.", "good")
            target = f"{base}/enter?next={quote(safe_next(query.get('next')), safe='')}"
            with tag("form", classes="stack", method="post", action=target):
                Field(
                    "Key", "password", name="key", complete="current-password", longest=400,
                    placeholder="ft_…",
                    hint="The browser keeps a signed cookie for twelve hours, never the key.",
                )  # fmt: skip
                button("Sign in", None, "main", type="submit")
        with tag("div", classes="wall", aria_hidden="true"):
            for one in _WALL:
                cover(one)


async def enter(request: Request) -> Response:
    """Sign in by a one-time token (``GET ?token=``) or by a key (form field ``key``).

    Args:
        request: The request.

    Returns:
        Where to go.
    """
    gate: Gate = request.scope["foretaste_gate"]
    access, base = gate.service.access, str(request.scope.get("root_path", ""))
    token = request.query_params.get("token")
    target = safe_next(request.query_params.get("next"))
    loop = asyncio.get_running_loop()
    try:
        if request.method == "GET":
            principal = await loop.run_in_executor(None, access.redeem, token or "")
        else:
            form = await request.form(max_files=0, max_fields=4)
            key = str(form.get("key") or "").strip()
            principal = await loop.run_in_executor(None, access.authenticate, key or "none")
    except ForetasteError as error:
        problem = "link" if request.method == "GET" else "key"
        if error.exit_code != 2:
            problem = "busy"
        return RedirectResponse(
            f"{base}/login?problem={problem}&next={quote(target, safe='')}", 303
        )
    gate.sessions.begin(request.session, principal)
    return RedirectResponse(base + target, 303)


async def leave(request: Request) -> Response:
    """Sign out, everywhere this session is open.

    Args:
        request: The request.

    Returns:
        Where to go.
    """
    gate: Gate = request.scope["foretaste_gate"]
    gate.sessions.end(request.session)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/login?left=1", 303)


def safe_next(path: str | None) -> str:
    """Where to go after signing in: a page of ours, whatever the address says.

    Args:
        path: What the address says.

    Returns:
        A path below the console.
    """
    if not path or not path.startswith("/") or path.startswith(("//", "/\\", "/enter", "/leave")):
        return "/"
    return path if path.isprintable() and "\\" not in path else "/"
