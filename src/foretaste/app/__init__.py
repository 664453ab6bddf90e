"""Settings, assembly and the use-cases as plain functions."""

from foretaste.app.bundles import load
from foretaste.app.fitting import fit, read
from foretaste.app.recommender import Recommender
from foretaste.app.sampling import sample
from foretaste.app.settings import FitSettings, load_settings

__all__ = ["FitSettings", "Recommender", "fit", "load", "load_settings", "read", "sample"]
