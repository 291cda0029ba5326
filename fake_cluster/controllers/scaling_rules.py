"""How fast an autoscaler may follow its metrics: stabilisation windows, policies and bounds.

Source: documentation "Horizontal Pod Autoscaling", configurable scaling behavior.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple

from fake_cluster.objects import Object

DOWN_WINDOW = 300.0
"""Seconds for which the highest recommendation counts, if nothing else is said."""
LONGEST_PERIOD = 1800.0
"""Seconds that a policy may look back (API reference, HPAScalingPolicy)."""
NEVER = float("inf")
_STABILIZED = "recent recommendations were {0}er than current one, applying the {0}est recent recommendation"
READY = ("ReadyForNewScale", "recommended size matches current size")
DOWN_STABILIZED = ("ScaleDownStabilized", _STABILIZED.format("high"))
UP_STABILIZED = ("ScaleUpStabilized", _STABILIZED.format("low"))
WITHIN = ("DesiredWithinRange", "the desired count is within the acceptable range")
TOO_FEW = ("TooFewReplicas", "the desired replica count is less than the minimum replica count")
TOO_MANY = ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
TOO_FAST = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
TOO_FAST_DOWN = (
    "ScaleDownLimit",
    "the desired replica count is decreasing faster than the maximum scale rate",
)
_UP = {"policies": ({"type": "Percent", "value": 100, "periodSeconds": 15}, {"type": "Pods", "value": 4, "periodSeconds": 15})}  # fmt: skip
_DOWN = {"policies": ({"type": "Percent", "value": 100, "periodSeconds": 15},)}

_Moments = list[tuple[float, int]]
"""When, and how many."""


@dataclass(slots=True)
class History:
    """What an autoscaler remembers: what was recommended, and by how much it has scaled."""

    recommendations: _Moments = field(default_factory=list)
    raised: _Moments = field(default_factory=list)
    lowered: _Moments = field(default_factory=list)

    def recommend(self, now: float, replicas: int, window: float) -> None:
        """Remember a recommendation, and forget those older than `window` seconds."""
        self.recommendations = [item for item in self.recommendations if item[0] > now - window]
        self.recommendations.append((now, replicas))

    def rest_until(self, moment: float) -> None:
        """Take it that the latest recommendation has been repeated until then."""
        if self.recommendations and self.recommendations[-1][0] < moment:
            self.recommendations.append((moment, self.recommendations[-1][1]))

    def scaled(self, now: float, change: int) -> None:
        """Remember that the size was changed."""
        changes = self.raised if change > 0 else self.lowered
        changes[:] = [item for item in changes if item[0] > now - LONGEST_PERIOD]
        changes.append((now, abs(change)))


class Decision(NamedTuple):
    """A size, why it is that one (of conditions, reason and message), and until when nothing else comes."""

    replicas: int
    able: tuple[str, str]
    limit: tuple[str, str]
    is_limited: bool
    changes_at: float


def decide(spec: Object, current: int, wanted: int, history: History, now: float) -> Decision:
    """The size for a target of `current` replicas whose metrics want `wanted`; remembers the latter."""
    behaviour = spec.get("behavior")
    up, down = (behaviour or {}).get("scaleUp") or {}, (behaviour or {}).get("scaleDown") or {}
    windows = up.get("stabilizationWindowSeconds", 0.0), down.get("stabilizationWindowSeconds", DOWN_WINDOW)
    least, most = _recent(history, wanted, now, windows)
    stable = min(max(current, least), most) if behaviour is not None else most
    able = (
        READY if stable == wanted else UP_STABILIZED if wanted >= current and behaviour else DOWN_STABILIZED
    )
    history.recommend(now, wanted, max(windows))
    limits = _limits(behaviour, current, history, now)
    replicas, limit = _bounded(spec, current, stable, limits)
    changes_at = _next_change(history, wanted, stable, now, windows)
    if limit in (TOO_FAST, TOO_FAST_DOWN):
        changes_at = min(changes_at, _end_of_periods(_UP | up, _DOWN | down, history, now))
    return Decision(replicas, able, limit, replicas != stable, changes_at)


# --- stabilisation ------------------------------------------------------------------------------------


def _recent(history: History, wanted: int, now: float, windows: tuple[float, float]) -> tuple[int, int]:
    """The lowest recommendation in the window for scaling up, and the highest in that for scaling down."""
    lows = [count for moment, count in history.recommendations if moment > now - windows[0]]
    highs = [count for moment, count in history.recommendations if moment > now - windows[1]]
    return min([wanted, *lows]), max([wanted, *highs])


def _next_change(
    history: History, wanted: int, stable: int, now: float, windows: tuple[float, float]
) -> float:
    """When a recommendation that holds back the present one is forgotten."""
    if stable == wanted:
        return NEVER
    window = windows[1] if stable > wanted else windows[0]
    moments = (moment for moment, count in history.recommendations if count != wanted)
    return min((moment + window for moment in moments if moment + window > now), default=NEVER)


# --- policies -----------------------------------------------------------------------------------------


def _limits(behaviour: Object | None, current: int, history: History, now: float) -> tuple[int, int]:
    """The sizes between which the policies let it go now."""
    if behaviour is None:
        return 0, max(2 * current, 4)
    up, down = _UP | (behaviour.get("scaleUp") or {}), _DOWN | (behaviour.get("scaleDown") or {})
    highest = _limit(up, current, history, now, _raised)
    lowest = _limit(down, current, history, now, _lowered)
    return min(lowest, current), max(highest, current)


def _raised(policy: Object, start: int) -> int:
    value: int = policy["value"]
    return start + value if policy["type"] == "Pods" else ceil(start * (1 + value / 100))


def _lowered(policy: Object, start: int) -> int:
    value: int = policy["value"]
    return start - value if policy["type"] == "Pods" else int(start * (1 - value / 100))


def _limit(
    rules: Object, current: int, history: History, now: float, apply: Callable[[Object, int], int]
) -> int:
    selected = rules.get("selectPolicy", "Max")
    if selected == "Disabled":
        return current
    limits = [apply(policy, _start(policy, current, history, now)) for policy in rules["policies"]]
    return max(limits) if (selected == "Max") == (apply is _raised) else min(limits)


def _start(policy: Object, current: int, history: History, now: float) -> int:
    """The size at the beginning of a policy's period."""
    since = now - policy["periodSeconds"]
    return current - _sum(history.raised, since) + _sum(history.lowered, since)


def _sum(moments: Iterable[tuple[float, int]], since: float) -> int:
    return sum(count for moment, count in moments if moment > since)


def _end_of_periods(up: Object, down: Object, history: History, now: float) -> float:
    """When a change of size is forgotten by one of the policies."""
    periods: Sequence[float] = [policy["periodSeconds"] for policy in (*up["policies"], *down["policies"])]
    ends = (moment + period for moment, _ in (*history.raised, *history.lowered) for period in periods)
    return min((end for end in ends if end > now), default=NEVER)


# --- bounds -------------------------------------------------------------------------------------------


def _bounded(spec: Object, current: int, wanted: int, limits: tuple[int, int]) -> tuple[int, tuple[str, str]]:
    lowest, highest = limits
    minimum, maximum = spec.get("minReplicas", 1), spec["maxReplicas"]
    if wanted > current and wanted > min(maximum, highest):
        return (highest, TOO_FAST) if maximum > highest else (maximum, TOO_MANY)
    if wanted < current and wanted < max(minimum, lowest):
        return (lowest, TOO_FAST_DOWN) if minimum < lowest else (minimum, TOO_FEW)
    return wanted, WITHIN
