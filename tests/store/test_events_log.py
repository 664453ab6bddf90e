"""The event log on both databases: the suites of core and of the store."""

import pytest

from foretaste.testing import EventLogConformance
from foretaste.testing.stores import StoreConformance


@pytest.fixture(scope="module")
def opened():
    """Stores that the module's suites share: each test takes a new workspace."""
    stores = {}
    yield stores
    for store in stores.values():
        store.close()


class OnSqlite:
    @pytest.fixture(autouse=True)
    def _open(self, opened, tmp_path_factory):
        from foretaste.store import open_store

        if "sqlite" not in opened:
            folder = tmp_path_factory.mktemp("suite")
            opened["sqlite"] = open_store(f"sqlite:///{folder}/store.db")
        self.store = opened["sqlite"]


@pytest.mark.postgres
class OnPostgres:
    @pytest.fixture(autouse=True)
    def _open(self, opened, postgres):
        from foretaste.store import open_store

        if "postgres" not in opened:
            opened["postgres"] = open_store(postgres.fresh())
        self.store = opened["postgres"]


class Log(EventLogConformance):
    number = 0

    def make(self):
        Log.number += 1
        return self.store.space(f"log {Log.number}").events


class Whole(StoreConformance):
    def make(self):
        return self.store


class TestLogOnSqlite(OnSqlite, Log):
    pass


class TestLogOnPostgres(OnPostgres, Log):
    pass


class TestStoreOnSqlite(OnSqlite, Whole):
    pass


class TestStoreOnPostgres(OnPostgres, Whole):
    pass
