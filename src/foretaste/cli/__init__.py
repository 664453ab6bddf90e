"""The command line: the only place that prints."""

from foretaste.cli.main import main

__all__ = ["main"]
