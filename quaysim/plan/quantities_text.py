"""What a registry asks of the cluster, and where that fits, for people."""

from __future__ import annotations

from collections.abc import Iterator

from quaysim.plan.amounts import bytes_text
from quaysim.plan.demand import Demand, Total, Workload
from quaysim.plan.nodes import Homeless, NodeUse, Placement
from quaysim.plan.paper import BAD, OK, QUIET, Line, heading, labelled, line


def workload_text(workload: Workload) -> str:
    """`2 to 20 Pods of quay-app, each 2 CPU, 8Gi (at most 2 CPU, 8Gi)`."""
    most = f" to {workload.most}" if workload.most != workload.least else ""
    pods = "Pod" if workload.most == 1 else "Pods"
    requests = f"each {workload.requests}" if workload.requests else "without requests"
    limits = f" (limits {workload.limits})" if workload.limits else ""
    passing = ", for the migration" if workload.passing else ""
    return f"{workload.least}{most} {pods} of {workload.name}, {requests}{limits}{passing}"


def demand_lines(demand: Demand) -> Iterator[Line]:
    """The sums."""
    yield from heading("What it asks of the cluster")
    yield labelled("At the minimum", _total(demand.minimum))
    yield labelled("At the maximum", f"{_total(demand.maximum)}, with every autoscaler at its end")
    if demand.rolling.pods:
        yield labelled(
            "While it rolls", f"{_total(demand.rolling)} more for a while, when all Pods are replaced"
        )
    if demand.passing.pods:
        yield labelled("To migrate", f"{_total(demand.passing)}, before Quay starts")
    volumes = ", ".join(f"{bytes_text(item.size)} {item.component}" for item in demand.volumes)
    if volumes:
        yield labelled("Storage", f"{bytes_text(demand.storage)}: {volumes}")


def _total(total: Total) -> str:
    return f"{total.pods} {'Pod' if total.pods == 1 else 'Pods'}, {total.requests}"


def node_lines(title: str, placement: Placement) -> Iterator[Line]:
    """Whether the Pods fit, and what is where."""
    yield from heading(title)
    lost = sum(item.count for item in placement.homeless)
    if placement.fits:
        yield line("  ", ("Yes", OK), f": {placement.placed} Pods on {len(placement.nodes)} nodes")
    else:
        yield line("  ", ("No", BAD), f": {lost} of {placement.placed + lost} Pods find no place")
    yield from (_node(node) for node in placement.nodes)
    for item in placement.homeless:
        yield from _homeless(item)
    if not placement.fits:
        yield line(f"  {_enough(placement)}")


def _enough(placement: Placement) -> str:
    if placement.enough is None:
        return f"No number of nodes of {placement.size.name} would do: a Pod is larger than such a node."
    return f"{placement.enough} nodes of {placement.size.name} would do."


def _node(node: NodeUse) -> Line:
    pods = ", ".join(f"{count} {name}" if count > 1 else name for name, count in sorted(node.pods.items()))
    return line(f"  {node.name:<9} ", (f"{node.requested} of {node.room}", QUIET), f"  {pods or 'nothing'}")


def _homeless(item: Homeless) -> Iterator[Line]:
    yield line("  ", ("-", BAD), f" {item.count} {item.workload}, each {item.requests}")
    yield line((f"    {item.reason}", QUIET))
