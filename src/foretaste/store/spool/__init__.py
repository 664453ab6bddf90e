"""Events kept on this machine's disk while the database is gone."""

from foretaste.store.spool.folder import Spool

__all__ = ["Spool"]
