"""The seam to the database itself: connections, transactions, timeouts, errors."""

from foretaste.store.engine.database import Database
from foretaste.store.engine.failing import translated
from foretaste.store.engine.opening import Address, address_of

__all__ = ["Address", "Database", "address_of", "translated"]
