"""The documented behaviours, and how many of them have scenarios."""

from quaysim.catalogue.behaviours import Behaviour, behaviours
from quaysim.catalogue.coverage import Coverage, Tally, coverage
from quaysim.catalogue.scenarios import Scenario, UnreadableFeatureError, features_directory, scenarios

__all__ = [
    "Behaviour",
    "Coverage",
    "Scenario",
    "Tally",
    "UnreadableFeatureError",
    "behaviours",
    "coverage",
    "features_directory",
    "scenarios",
]
