"""The tables besides the log on both databases: the suites that ship with the product."""

import pytest

for _module in ("catalogue", "jobs", "office"):
    pytest.register_assert_rewrite(f"foretaste.testing.stores.{_module}")

from foretaste.store import open_store  # noqa: E402
from foretaste.testing import FixedClock  # noqa: E402
from foretaste.testing.stores.catalogue import CatalogueConformance  # noqa: E402
from foretaste.testing.stores.jobs import JobConformance  # noqa: E402
from foretaste.testing.stores.office import OfficeConformance  # noqa: E402


@pytest.fixture(scope="module")
def sqlite_store(tmp_path_factory):
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('t')}/s.db", clock=FixedClock()) as store:
        yield store


@pytest.fixture(scope="module")
def postgres_store(postgres):
    with open_store(postgres.fresh(), clock=FixedClock()) as store:
        yield store


class TestOnSqlite(CatalogueConformance, JobConformance, OfficeConformance):
    @pytest.fixture(autouse=True)
    def _open(self, sqlite_store):
        self.store = sqlite_store

    def make(self):
        return self.store


@pytest.mark.postgres
class TestOnPostgres(CatalogueConformance, JobConformance, OfficeConformance):
    @pytest.fixture(autouse=True)
    def _open(self, postgres_store):
        self.store = postgres_store

    def make(self):
        return self.store
