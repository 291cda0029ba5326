"""`componentstatuses`: what old clients ask to see whether the control plane is well.

They are made up for each request, as on a real server, which looks at its parts at that moment.
"""

from __future__ import annotations

from collections.abc import Callable

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.errors import not_found
from fake_cluster.objects import Object
from fake_cluster.store import Stored

WARNING = "v1 ComponentStatus is deprecated in v1.19+"
_SAID = {"controller-manager": "ok", "etcd-0": "ok", "scheduler": "ok"}


def _component(name: str) -> Object:
    healthy = {"type": "Healthy", "status": "True", "message": _SAID[name]}
    metadata = {"name": name, "creationTimestamp": None}
    return {"kind": "ComponentStatus", "apiVersion": "v1", "metadata": metadata, "conditions": [healthy]}


def _get(core: Core, call: Call) -> Answer:
    del core
    if call.name not in _SAID:
        raise not_found(call.resource.ref, call.name)
    return Answer(200, obj=_component(call.name), warnings=(WARNING,))


def _list(core: Core, call: Call) -> Answer:
    del call
    entries = [Stored(_component(name), 0) for name in _SAID]
    return Answer(200, entries=entries, revision=core.store.revision, warnings=(WARNING,))


VERBS: dict[str, Callable[[Core, Call], Answer]] = {"get": _get, "list": _list}
"""What may be asked of components."""
