"""What an object of a built-in kind has before anybody has set anything.

Go structs that are not pointers are always there, so nobody owns them as such: a created Deployment has an
owner of `.spec.strategy.type`, but none of `.spec` or `.spec.strategy`. Custom resources start from
nothing: their creator owns `.spec` itself.
Source: the types of k8s.io/api.
"""

from __future__ import annotations

from typing import Any

from fake_cluster.objects import Object

_TEMPLATE: Object = {"metadata": {}, "spec": {"containers": []}}
_ROOT: Object = {"metadata": {}, "spec": {}, "status": {}}

_SPECS: dict[str, Object] = {
    "CronJob": {"jobTemplate": {"metadata": {}, "spec": {"template": _TEMPLATE}}},
    "CustomResourceDefinition": {"names": {}},
    "DaemonSet": {"template": _TEMPLATE, "updateStrategy": {}},
    "Deployment": {"template": _TEMPLATE, "strategy": {}},
    "Job": {"template": _TEMPLATE},
    "PersistentVolumeClaim": {"resources": {}},
    "Pod": {"containers": []},
    "ReplicaSet": {"template": _TEMPLATE},
    "StatefulSet": {"template": _TEMPLATE, "updateStrategy": {}},
}
_STATUSES: dict[str, Object] = {
    "CustomResourceDefinition": {"acceptedNames": {}, "conditions": []},
    "Ingress": {"loadBalancer": {}},
    "Node": {"daemonEndpoints": {"kubeletEndpoint": {}}, "nodeInfo": {}},
    "Service": {"loadBalancer": {}},
}
_OTHERS: dict[str, Object] = {"Event": {"source": {}}}


def zero_object(kind: str) -> Object:
    """The parts of a built-in kind that are always there, empty."""
    more: dict[str, Any] = {"spec": _SPECS.get(kind, {}), "status": _STATUSES.get(kind, {})}
    return _ROOT | more | _OTHERS.get(kind, {})
