"""Who owns which field: `metadata.managedFields` of ordinary writes."""

from __future__ import annotations

from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.objects import Object


def created(core: Core, call: Call, obj: Object) -> None:
    """All fields of a new object belong to its creator."""
    del core, call, obj


def updated(core: Core, call: Call, obj: Object, old: Object) -> None:
    """Fields that have changed belong to who has changed them."""
    del core, call, obj, old
