"""All tips, by subject."""

from __future__ import annotations

from quaysim.plan.advice import access, builders, configuration, databases, georeplication, overrides, storage
from quaysim.plan.advice.looking import Tip

TIPS: tuple[Tip, ...] = (
    *configuration.TIPS,
    *overrides.TIPS,
    *databases.TIPS,
    *storage.TIPS,
    *access.TIPS,
    *builders.TIPS,
    *georeplication.TIPS,
)
