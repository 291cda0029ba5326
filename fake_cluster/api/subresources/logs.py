"""`pods/log`: what a container has said. The node that runs it knows; the API asks `core.containers`."""

from __future__ import annotations

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.errors import bad_request, not_found
from fake_cluster.kinds.refs import PODS
from fake_cluster.objects import Object


def read(core: Core, call: Call) -> Answer:
    """The log of one container; 400 where there are several and none is named."""
    stored = core.store.table("", "pods").get(call.namespace, call.name)
    if stored is None:
        raise not_found(PODS, call.name)
    pod = stored.obj
    container = container_of(pod, call.options.query.get("container", ""))
    if not pod["spec"].get("nodeName"):
        return Answer(204, text="")
    _check_started(pod, container, previous=call.options.query.get("previous") == "true")
    query, containers = call.options.query, core.containers
    stream = (
        containers.follow(pod, container, query) if containers and query.get("follow") == "true" else None
    )
    if stream is not None:
        return Answer(200, lines=stream)
    return Answer(200, text=containers.logs(pod, container, query) if containers else "")


def _names(pod: Object, field: str) -> list[str]:
    return [item["name"] for item in pod["spec"].get(field) or ()]


def container_of(pod: Object, asked: str) -> str:
    """The container that is asked for, or the only one; 400 where that is not clear."""
    name = pod["metadata"]["name"]
    main, init = _names(pod, "containers"), _names(pod, "initContainers")
    known = main + init + _names(pod, "ephemeralContainers")
    if asked:
        if asked not in known:
            raise bad_request(f"container {asked} is not valid for pod {name}")
        return asked
    default = (pod["metadata"].get("annotations") or {}).get("kubectl.kubernetes.io/default-container")
    if default in main:
        return str(default)
    if len(known) > 1:
        text = f"a container name must be specified for pod {name}, choose one of: [{' '.join(main)}]"
        text += f" or one of the init containers: [{' '.join(init)}]" if init else ""
        raise bad_request(text)
    return main[0]


def _check_started(pod: Object, container: str, *, previous: bool) -> None:
    status = pod.get("status") or {}
    fields = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
    found = [item for name in fields for item in status.get(name) or () if item["name"] == container]
    state = found[0].get("state") or {} if found else {}
    name = pod["metadata"]["name"]
    if previous and not (found and (found[0].get("lastState") or {}).get("terminated")):
        raise bad_request(f'previous terminated container "{container}" in pod "{name}" not found')
    if "waiting" in state and not found[0].get("lastState"):
        reason = state["waiting"].get("reason", "ContainerCreating")
        raise bad_request(f'container "{container}" in pod "{name}" is waiting to start: {reason}')
