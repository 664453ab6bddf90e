"""HTTP: versioned routes, Gorse's routes, limits, metrics, and what listens."""

from foretaste.serve.app import make_app
from foretaste.serve.running import ADDRESS_FILE, run

__all__ = ["ADDRESS_FILE", "make_app", "run"]
