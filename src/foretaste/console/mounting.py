"""Puts the console on a service."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from foretaste.console.gate import Gate

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foretaste.app.service import Service

__all__ = ["MOUNT", "mount"]

MOUNT = "/console"
"""Where the console is."""


def mount(app: FastAPI, service: Service) -> None:
    """Serve the console's pages below ``/console``.

    The pages live in the process that drew them: with several worker processes, give the console
    a process of its own. One console per process: mounting again replaces what went before.

    Args:
        app: The HTTP service.
        service: What the pages show.
    """
    from nicegui import core, ui

    from foretaste.console.pages import register
    from foretaste.console.parts.icons import FAVICON

    core.app.middleware_stack = None
    core.app.user_middleware.clear()
    ui.run_with(
        app,
        mount_path=MOUNT,
        title="Foretaste",
        favicon=FAVICON,
        language="en-US",
        binding_refresh_interval=None,  # nothing is bound: every change is an event
        reconnect_timeout=20.0,
        tailwind=False,
        show_welcome_message=False,
    )
    static = Path(str(resources.files("foretaste.console"))) / "static"
    register(core.app, static, _version(static))
    inner = app.router.routes[-1]
    assert isinstance(inner, Mount) and inner.path == MOUNT
    app.router.routes[-1] = Mount(MOUNT, app=Gate(core.app, service), name="console")
    app.router.routes.append(Route(MOUNT, _with_slash, include_in_schema=False))


async def _with_slash(request: Request) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}{MOUNT}/", 307)


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
