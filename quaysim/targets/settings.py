"""What the command line says of a run on a foreign cluster, and what one process of it tells the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from quaysim.targets.clock import Edge

Operator = Literal["real", "simulated"]


@dataclass(frozen=True)
class Settings:
    """`stand_ins` is None for `auto`; `declared` overrides capabilities; `apps_domain` is empty if unknown."""

    operator: Operator = "real"
    stand_ins: frozenset[str] | None = frozenset()
    declared: Mapping[str, bool] = field(default_factory=dict)
    apps_domain: str = ""
    keep: bool = False
    require_containers: bool = False


@dataclass(frozen=True)
class Known:
    """What has been found out about a cluster: measured once, by the process that prepares it."""

    capabilities: frozenset[str]
    apps_domain: str
    clock: tuple[Edge, float]

    def as_plain(self) -> dict[str, Any]:
        """In types that can be sent to another process."""
        edge, speed = self.clock
        return {
            "capabilities": sorted(self.capabilities),
            "apps_domain": self.apps_domain,
            "clock": [edge.here, edge.there, speed],
        }


def known_from(plain: Mapping[str, Any]) -> Known:
    """What `as_plain` has made."""
    here, there, speed = plain["clock"]
    return Known(frozenset(plain["capabilities"]), plain["apps_domain"], (Edge(here, there), speed))
