"""Proving stores: a suite that runs on any database, and a real PostgreSQL that starts by itself.

Not imported with :mod:`foretaste.testing`, because it brings SQLAlchemy along::

    from foretaste.testing.stores import LocalPostgres, StoreConformance
"""

import sys

if "pytest" in sys.modules:
    import pytest

    pytest.register_assert_rewrite("foretaste.testing.stores.conformance")

from foretaste.testing.stores.conformance import StoreConformance
from foretaste.testing.stores.postgres import LocalPostgres

__all__ = ["LocalPostgres", "StoreConformance"]
