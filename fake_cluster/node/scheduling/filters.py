"""Why a Pod cannot run on a node: the scheduler's filters, in its order and its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from fake_cluster.node.scheduling.cluster_state import NodeState
from fake_cluster.node.scheduling.node_matching import selects, tolerates, untolerated
from fake_cluster.node.scheduling.pod_matching import PodMatcher
from fake_cluster.node.scheduling.requests import Amounts, host_ports
from fake_cluster.objects import Object

UNSCHEDULABLE_TAINT = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


class Reason(NamedTuple):
    """Why not. `final`: not even the removal of other Pods would help."""

    text: str
    final: bool = True


class Candidate(NamedTuple):
    """A Pod that is to be placed, with what the filters want to know of it."""

    pod: Object
    requests: Amounts
    matcher: PodMatcher


def _unschedulable(it: Candidate, state: NodeState) -> Iterable[Reason]:
    if (state.present.get("spec") or {}).get("unschedulable") and not tolerates(it.pod, UNSCHEDULABLE_TAINT):
        yield Reason("node(s) were unschedulable")


def _taints(it: Candidate, state: NodeState) -> Iterable[Reason]:
    for taint in untolerated(it.pod, state.present, ("NoSchedule", "NoExecute"))[:1]:
        yield Reason(f"node(s) had untolerated taint {{{taint['key']}: {taint.get('value', '')}}}")


def _affinity(it: Candidate, state: NodeState) -> Iterable[Reason]:
    if not selects(it.pod, state.present):
        yield Reason("node(s) didn't match Pod's node affinity/selector")


def _ports(it: Candidate, state: NodeState) -> Iterable[Reason]:
    if any(state.ports[port] > 0 for port in host_ports(it.pod)):
        yield Reason("node(s) didn't have free ports for the requested pod ports", final=False)


def _resources(it: Candidate, state: NodeState) -> Iterable[Reason]:
    for name, wanted in it.requests.items():
        if wanted and wanted > state.allocatable[name] - state.requested[name]:
            text = "Too many pods" if name == "pods" else f"Insufficient {name}"
            yield Reason(text, final=wanted > state.allocatable[name])


def _spread(it: Candidate, state: NodeState) -> Iterable[Reason]:
    if it.matcher.is_uneven(state):
        yield Reason("node(s) didn't match pod topology spread constraints", final=False)


def _company(it: Candidate, state: NodeState) -> Iterable[Reason]:
    if not it.matcher.has_company(state):
        yield Reason("node(s) didn't match pod affinity rules")
    elif it.matcher.avoids(state):
        yield Reason("node(s) didn't match pod anti-affinity rules", final=False)
    elif it.matcher.is_repelled(state):
        yield Reason("node(s) didn't satisfy existing pods anti-affinity rules", final=False)


_FILTERS: tuple[Callable[[Candidate, NodeState], Iterable[Reason]], ...] = (
    _unschedulable, _taints, _affinity, _ports, _resources, _spread, _company,
)  # fmt: skip


def reasons_against(candidate: Candidate, state: NodeState) -> list[Reason]:
    """What the first filter that rules the node out says; empty if none does."""
    for against in _FILTERS:
        reasons = list(against(candidate, state))
        if reasons:
            return reasons
    return []
