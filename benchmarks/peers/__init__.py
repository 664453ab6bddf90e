"""Other people's systems, each in an environment of its own, scored by our metrics."""

from benchmarks.peers.implicit_als import ImplicitALS

__all__ = ["ImplicitALS"]
