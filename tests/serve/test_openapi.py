"""The document says what the service does: complete, with examples that work, and fuzzed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from foretaste.app.service import Service
from foretaste.core.errors import UnknownIdError
from foretaste.serve import make_app
from foretaste.serve.gorse import GORSE
from foretaste.serve.guard import RIGHT_FIELD
from foretaste.serve.reference.document import role_of
from foretaste.serve.reference.examples import ANSWERS, BODIES
from foretaste.serve.routes import METRICS, ROUTES

from .shop import Caller, live, settings_for

DECLARED = {
    one["endpoint"].__name__: one
    for group in (*ROUTES, METRICS, *GORSE)
    for one in group.declared
    if one["include_in_schema"]
}


@pytest.fixture(scope="module")
def document(app: Any) -> dict[str, Any]:
    return json.loads(json.dumps(app.openapi()))


def test_every_route_is_in_the_document_with_words_problems_and_keys(document: Any) -> None:
    found = {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert set(found) == set(DECLARED)
    for name, operation in found.items():
        assert operation["summary"] and operation["description"], name
        assert operation["tags"] and "x-right" not in operation, name
        open_to_all = "health" in name or name.endswith(("live", "ready"))
        assert bool(operation["security"]) != open_to_all, name
        assert ("401" in operation["responses"]) == bool(operation["security"]), name
        assert ("requestBody" in operation) <= ("415" in operation["responses"]), name
        for status, response in operation["responses"].items():
            if status[0] in "45":
                media = next(iter(response["content"]))
                assert media == "application/problem+json" or "health" in str(operation["tags"]), (
                    name
                )
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), (name, parameter["name"])
    assert {tag["name"] for tag in document["tags"]} >= {
        tag for operation in found.values() for tag in operation["tags"]
    }


def test_every_body_has_an_example_and_every_example_is_for_a_route() -> None:
    with_body = {
        name
        for name, one in DECLARED.items()
        if one["methods"][0] in ("POST", "PUT", "PATCH")
        and any(
            word in str(one["endpoint"].__annotations__)
            for word in ("In'", "Put'", "Patch'", "Asking'", "Explaining'", "Searching'", "List'")
        )
    }
    assert set(BODIES) <= set(DECLARED) and set(ANSWERS) <= set(DECLARED)
    assert with_body - set(BODIES) == set()


@pytest.mark.parametrize("name", sorted(set(BODIES) - {"make_workspace", "roll_back"}))
def test_examples_can_be_sent_as_they_are(call: Caller, name: str) -> None:
    one = DECLARED[name]
    path = one["path"].replace("{item_id}", "item-1").replace("{user_id}", "ann")
    path = path.replace("{name}", "example")
    if "{session_id}" in path:
        path = path.replace("{session_id}", call.post("/v1/sessions").json()["session_id"])
    call.post("/v1/people", {"user_id": "ann"})
    for body in BODIES[name].values():
        body = json.loads(json.dumps(body).replace("heat-1995", "item-1"))
        body = json.loads(json.dumps(body).replace("gattaca-1997", "item-2"))
        reply = call(one["methods"][0], path, json=body)
        assert reply.is_success, (name, reply.text)
        model = one["responses"][one["status_code"]]["model"]
        TypeAdapter(model).validate_python(reply.json())


def test_examples_of_answers_have_the_shape_of_answers() -> None:
    for name, answer in ANSWERS.items():
        model = DECLARED[name]["responses"][DECLARED[name]["status_code"]]["model"]
        TypeAdapter(model).validate_python(answer)


@pytest.fixture(scope="module")
def fuzzed(
    shop_bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, str]]:
    home = tmp_path_factory.mktemp("fuzzed")
    with Service.open(settings_for(home, shop_bundle)) as service:
        made = service.access.create_key("default", "admin", "fuzzer")
        _protect(service, made.key_id, shop_bundle)
        yield make_app(service), made.key


def _protect(service: Service, key_id: str, bundle: Path) -> None:
    """The fuzzer may end every key but its own, and its workspaces are small ones."""
    revoke = service.access.revoke

    def spared(which: str, **more: Any) -> None:
        if which == key_id:
            raise UnknownIdError("this key is spared")
        revoke(which, **more)

    service.access.revoke = spared  # type: ignore[method-assign]
    service.create_workspace = partial(service.create_workspace, source=bundle)  # type: ignore


@pytest.mark.slow
def test_no_request_of_a_fuzzer_finds_a_fault(fuzzed: tuple[Any, str], tmp_path: Path) -> None:
    app, key = fuzzed
    with live(app) as url:
        command = [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis as run; run()"),
            *("run", f"{url}/openapi.json", "-H", f"X-API-Key: {key}", "--checks", "all"),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", "1", "--no-color"),
            *("--generation-deterministic", "--request-timeout", "30"),
        ]
        here = Path(__file__).parent
        more = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(here)}
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, **more},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    assert f"Tested: {len(DECLARED)}" in done.stdout


def test_the_page_about_http_names_every_route_and_who_may_call_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "http.md").read_text()
    lines = {line for line in page.splitlines() if line.startswith("| `")}
    for one in DECLARED.values():
        words = one["endpoint"].__doc__.strip().splitlines()[0]
        role = role_of(one["openapi_extra"][RIGHT_FIELD])
        line = f"| `{one['methods'][0]} {one['path']}` | {words} | {role} |"
        assert line in lines, f"docs/http.md lacks: {line}"
