"""Experiments: drafts, running ones, results, and exploration."""

from foretaste.console.pages.lab.experiments import experiments

__all__ = ["experiments"]
