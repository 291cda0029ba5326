"""What a Project decides about the Pods in it: the nodes that they may use, and the taints that they tolerate.

Both stand in annotations of its Namespace. Source: OpenShift documentation "Placing pods on specific nodes
using node selectors" (project-wide node selectors) and the admission plugin PodTolerationRestriction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from fake_cluster.errors import ApiError, forbidden
from fake_cluster.kinds.refs import NAMESPACES, PODS
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object, annotations_of
from fake_cluster.platform.route_hosts import CreatePlugin

NODE_SELECTOR = "openshift.io/node-selector"
DEFAULT_TOLERATIONS = "scheduler.alpha.kubernetes.io/defaultTolerations"
_CONFLICT = "pod node label selector conflicts with its project node label selector"


def on_create(client: Client) -> dict[tuple[str, str], tuple[CreatePlugin, ...]]:
    """Admission of new Pods, by group and plural."""

    def admit(core: object, call: object, pod: Object) -> None:
        del core, call
        project = client.find(NAMESPACES, pod["metadata"]["namespace"])
        annotations = annotations_of(project) if project else {}
        for name, apply in _RULES.items():
            if name in annotations:
                apply(pod, annotations[name])

    return {(PODS.group, PODS.plural): (admit,)}


def select_nodes(pod: Object, text: str) -> None:
    """Add the Project's node selector to the Pod's, in place; raises ApiError where they disagree."""
    wanted = _labels(pod, text)
    own: Mapping[str, str] = pod["spec"].get("nodeSelector") or {}
    if any(own.get(key, value) != value for key, value in wanted.items()):
        raise _refused(pod, _CONFLICT)
    if wanted:
        pod["spec"]["nodeSelector"] = {**own, **wanted}


def _labels(pod: Object, text: str) -> dict[str, str]:
    """`a=1,b=` as a dict; raises ApiError for anything but equalities."""
    pairs = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    if not all(key and sign and not value.startswith("=") for key, sign, value in pairs):
        raise _refused(pod, f"invalid node selector of its project: {text}")
    return {key: value for key, _, value in pairs}


def tolerate_by_default(pod: Object, text: str) -> None:
    """Put the Project's tolerations before the Pod's, in place; raises ApiError if they cannot be read."""
    try:
        defaults = json.loads(text)
    except ValueError:
        defaults = None
    if not isinstance(defaults, list) or not all(isinstance(item, dict) for item in defaults):
        raise _refused(pod, f"invalid default tolerations of its project: {text}")
    merged = list(_merged([*defaults, *(pod["spec"].get("tolerations") or ())]))
    if merged:
        pod["spec"]["tolerations"] = merged


def _merged(tolerations: list[Object]) -> Iterable[Object]:
    """All of them but those that another one includes."""
    for number, item in enumerate(tolerations):
        others = [*tolerations[:number], *(other for other in tolerations[number + 1 :] if other != item)]
        if not any(_includes(other, item) for other in others):
            yield item


def _includes(wide: Object, narrow: Object) -> bool:
    """Whether one toleration tolerates all that another one does."""
    return (
        wide.get("key", narrow.get("key")) == narrow.get("key")
        and (wide.get("operator") == "Exists" or _value(wide) == _value(narrow))
        and wide.get("effect", narrow.get("effect")) == narrow.get("effect")
        and wide.get("tolerationSeconds", narrow.get("tolerationSeconds")) == narrow.get("tolerationSeconds")
    )


def _value(toleration: Object) -> tuple[str, str]:
    return toleration.get("operator") or "Equal", toleration.get("value") or ""


def _refused(pod: Object, why: str) -> ApiError:
    return forbidden(PODS, pod["metadata"].get("name", ""), why)


_RULES: dict[str, Callable[[Object, str], None]] = {
    NODE_SELECTOR: select_nodes,
    DEFAULT_TOLERATIONS: tolerate_by_default,
}
