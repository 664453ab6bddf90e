"""Web pages on the service: what it answers, to whom, why, how well, and how it runs."""

from foretaste.console.mounting import MOUNT, mount

__all__ = ["MOUNT", "mount"]
