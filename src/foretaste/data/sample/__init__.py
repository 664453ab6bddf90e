"""The packaged sample world: real films, described by us, and a simulated audience."""

from foretaste.data.sample.catalogue import COLD_ITEMS
from foretaste.data.sample.loading import SIMULATED, load_sample
from foretaste.data.sample.parameters import WorldSettings
from foretaste.data.sample.simulate import HiddenTastes, Simulation, hidden_tastes, simulate

__all__ = [
    "COLD_ITEMS",
    "SIMULATED",
    "HiddenTastes",
    "Simulation",
    "WorldSettings",
    "hidden_tastes",
    "load_sample",
    "simulate",
]
