"""Which of several possible nodes is best, by the default weights of the scheduler's plugins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fake_cluster.node.scheduling.cluster_state import NodeState, owner_of
from fake_cluster.node.scheduling.filters import Candidate
from fake_cluster.node.scheduling.node_matching import preference, untolerated

BEST = 100.0
Score = Callable[[Candidate, NodeState], float]


def _free(it: Candidate, state: NodeState) -> float:
    """How much would stay free, in per cent, of CPU and memory on average."""
    total = 0.0
    for name in ("cpu", "memory"):
        capacity = state.allocatable[name] or 1
        total += BEST * (capacity - state.requested[name] - it.requests[name]) / capacity
    return total / 2


def _siblings(it: Candidate, state: NodeState) -> float:
    """Pods of the same controller on this node."""
    owner = owner_of(it.pod)
    return state.owners[owner] if owner else 0


def _crowding(it: Candidate, state: NodeState) -> float:
    explicit = it.pod["spec"].get("topologySpreadConstraints")
    return it.matcher.crowding(state) if explicit else _siblings(it, state)


def _prefers(it: Candidate, state: NodeState) -> float:
    return preference(it.pod, state.present)


def _likes(it: Candidate, state: NodeState) -> float:
    return it.matcher.liking(state)


def _disliked_taints(it: Candidate, state: NodeState) -> float:
    return len(untolerated(it.pod, state.present, ("PreferNoSchedule",)))


_RELATIVE: tuple[tuple[Score, float], ...] = (
    (_prefers, 2.0),
    (_likes, 2.0),
    (_crowding, -2.0),
    (_disliked_taints, -3.0),
)
"""Scores that count in relation to those of the other nodes, with their weights."""


def best(candidate: Candidate, states: Sequence[NodeState]) -> NodeState:
    """The best of the possible nodes; of equal ones the first."""
    if len(states) == 1:
        return states[0]
    totals = [_free(candidate, state) for state in states]
    for score, weight in _RELATIVE:
        values = [score(candidate, state) for state in states]
        low, high = min(values), max(values)
        if low != high:
            totals = [
                total + weight * BEST * (value - low) / (high - low)
                for total, value in zip(totals, values, strict=True)
            ]
    return states[max(range(len(states)), key=totals.__getitem__)]
