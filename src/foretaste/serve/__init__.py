"""HTTP: versioned routes, Gorse's routes, limits, metrics, and what listens."""

from foretaste.serve.app import make_app
from foretaste.serve.running import run

__all__ = ["make_app", "run"]
