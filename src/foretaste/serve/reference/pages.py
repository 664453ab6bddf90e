"""What a browser may fetch: the reference as a page, the document, the snippet."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from importlib import resources

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from foretaste.serve.guard import PUBLIC
from foretaste.serve.problems import PROBLEMS
from foretaste.serve.replies import as_json
from foretaste.serve.routing import Routes

__all__ = ["ELSEWHERE", "PAGES"]

PAGES = Routes("pages")
ELSEWHERE = Routes("pages")
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SHORT = "public, max-age=300"


@lru_cache
def _file(name: str) -> bytes:
    return resources.files("foretaste.serve").joinpath("static", name).read_bytes()


@lru_cache
def _docs() -> bytes:
    problems = "".join(
        f'<dt id="problem-{name}">{status} {name}</dt><dd>{escape(title)}.</dd>'
        for status, (name, title) in PROBLEMS.items()
    )
    return _file("docs.html").replace(b"{problems}", problems.encode())


@PAGES.add("GET", "/openapi.json", PUBLIC, None, hidden=True)
async def read_openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return Response(as_json(request.app.openapi()), media_type="application/json")


@PAGES.add("GET", "/docs", PUBLIC, None, hidden=True)
async def read_docs() -> Response:
    """The reference as a page; nothing of it comes from elsewhere."""
    return Response(
        _docs(),
        media_type="text/html",
        headers={"Content-Security-Policy": _PAGE_POLICY},
    )


@PAGES.add("GET", "/", PUBLIC, None, hidden=True)
async def read_root(request: Request) -> Response:
    """The way to the console; where there is none, to the reference."""
    return RedirectResponse(request.app.state.front, 307)


@PAGES.add("GET", "/static/docs.css", PUBLIC, None, hidden=True)
async def read_docs_style() -> Response:
    """Its style."""
    return Response(_file("docs.css"), media_type="text/css", headers={"Cache-Control": _SHORT})


@PAGES.add("GET", "/static/docs.js", PUBLIC, None, hidden=True)
async def read_docs_script() -> Response:
    """Its script."""
    return Response(
        _file("docs.js"), media_type="text/javascript", headers={"Cache-Control": _SHORT}
    )


@PAGES.add("GET", "/static/foretaste.js", PUBLIC, None, hidden=True)
async def read_snippet() -> Response:
    """The snippet that shops put into their pages, from any origin."""
    return Response(
        _file("foretaste.js"),
        media_type="text/javascript",
        headers={
            "Cache-Control": _SHORT,
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )


@ELSEWHERE.add("GET", "/console", PUBLIC, None, hidden=True)
async def read_console(request: Request) -> Response:
    """Where the console is, when it is in another process."""
    return RedirectResponse(request.app.state.front, 307)
