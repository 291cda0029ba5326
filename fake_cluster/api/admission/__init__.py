"""What happens to an object on its way in, beyond the rules of its kind.

Each admission plugin is a function in a module of this package, and an entry in a table: kinds that it looks
at, and operations.
"""

from __future__ import annotations

from fake_cluster.api.admission import namespaces
from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.objects import Object


def admit_create(core: Core, call: Call, obj: Object) -> None:
    """All plugins that look at new objects; they may change `obj`, or refuse it."""
    namespaces.check(core, call, obj)


def admit_update(core: Core, call: Call, obj: Object, old: Object) -> None:
    """All plugins that look at changes."""


def admit_delete(core: Core, call: Call, obj: Object) -> None:
    """All plugins that look at deletions."""
    namespaces.check_deletable(core, call, obj)
