"""Why Pods are not ready, in a line each: what a person would look for with `kubectl describe`."""

from __future__ import annotations

from collections.abc import Iterator

from fake_cluster.kinds.refs import PODS
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object, condition, condition_is_true, is_terminating


def unready_pods(client: Client, namespace: str = "") -> list[str]:
    """A line for each Pod that is neither ready nor done, with the reason; in all namespaces or in one."""
    pods = client.list(PODS, namespace)
    waiting = [pod for pod in pods if not condition_is_true(pod, "Ready") and _phase(pod) != "Succeeded"]
    return [f"pod {_name(pod)}: {'; '.join(_reasons(pod))}" for pod in waiting]


def _name(pod: Object) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def _phase(pod: Object) -> str:
    return str((pod.get("status") or {}).get("phase", "Pending"))


def _reasons(pod: Object) -> Iterator[str]:
    status = pod.get("status") or {}
    yield _phase(pod) + (", terminating" if is_terminating(pod) else "")
    scheduled = condition(pod, "PodScheduled")
    if scheduled is not None and scheduled["status"] == "False":
        yield f"{scheduled.get('reason', '')}: {scheduled.get('message', '')}"
    for container in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        for kind in ("waiting", "terminated"):
            state = (container.get("state") or {}).get(kind)
            if state is not None and state.get("reason") != "Completed":
                text = f": {state['message']}" if state.get("message") else ""
                yield f"{container['name']} {kind}, {state.get('reason', '')}{text}"
        if "running" in (container.get("state") or {}) and not container["ready"]:
            yield f"{container['name']} runs, not ready"
