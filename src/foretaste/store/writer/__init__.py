"""Appending: one thread that joins what many callers bring into few transactions."""

from foretaste.store.writer.grouping import GroupWriter
from foretaste.store.writer.inserting import Inserter
from foretaste.store.writer.keeping import Write, lock_log

__all__ = ["GroupWriter", "Inserter", "Write", "lock_log"]
