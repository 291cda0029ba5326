"""`componentstatuses`: what old clients ask to see whether the control plane is well.

They are made up for each request, as on a real server, which looks at its parts at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.errors import not_found
from fake_cluster.kinds.refs import COMPONENT_STATUSES
from fake_cluster.objects import Object

WARNING = "v1 ComponentStatus is deprecated in v1.19+"
_SAID = {"controller-manager": "ok", "etcd-0": "ok", "scheduler": "ok"}


def _component(name: str) -> Object:
    healthy = {"type": "Healthy", "status": "True", "message": _SAID[name]}
    metadata = {"name": name, "creationTimestamp": None}
    return {"kind": "ComponentStatus", "apiVersion": "v1", "metadata": metadata, "conditions": [healthy]}


class Components:
    """The parts of the control plane, all of them well."""

    warnings = (WARNING,)

    def get(self, name: str, namespace: str) -> Object:
        """One of them."""
        del namespace
        if name not in _SAID:
            raise not_found(COMPONENT_STATUSES, name)
        return _component(name)

    def list(self, namespace: str) -> Iterable[Object]:
        """All of them."""
        del namespace
        return [_component(name) for name in _SAID]
