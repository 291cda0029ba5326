"""What all verbs work on: the kinds, the store, the clock and the source of randomness."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from fake_cluster.api.apply import Configurations
from fake_cluster.api.sessions import Containers
from fake_cluster.kinds import Kinds, Resource
from fake_cluster.machinery.clock import Clock, timestamp
from fake_cluster.objects import Object
from fake_cluster.store import Store, Stored, Table

if TYPE_CHECKING:
    from fake_cluster.api.access.guard import Access
    from fake_cluster.api.admission import Admission
    from fake_cluster.api.admission.services import Allocations
    from fake_cluster.api.webhooks.hooks import Webhooks

SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""What generated names end in: no vowels and nothing that looks like one."""
LONGEST_BASE = 58


class Core:
    """The parts of one API server."""

    admission: Admission
    access: Access
    webhooks: Webhooks
    allocations: Allocations | None = None
    token_key: bytes = b""
    containers: Containers | None = None

    def __init__(self, kinds: Kinds, store: Store, clock: Clock, rng: Random) -> None:
        self.kinds = kinds
        self.store = store
        self.clock = clock
        self.rng = rng
        self.configurations = Configurations()
        self._second = -1
        self._timestamp = ""

    def table(self, resource: Resource) -> Table:
        """Where the objects of a resource are."""
        storage = resource.storage
        return self.store.table(storage.group, storage.plural)

    def view(self, resource: Resource, stored: Stored) -> Stored:
        """A stored version as this resource shows it: the same one, where it was stored in that form."""
        if resource.is_custom:
            if stored.origin is resource:
                return stored
            return stored.view(resource, lambda obj: _reread(resource, obj))
        if resource.ref == resource.storage:
            return stored
        return stored.view(resource.ref, resource.from_storage)

    def put(self, resource: Resource, obj: Object) -> Stored:
        """Store an object of a resource, in its storage version; the answer is as the resource shows it."""
        origin: Resource | None = resource
        if resource.ref != resource.storage:
            obj = resource.to_storage(obj)
            origin = self.kinds.find(*resource.storage[:3])
        return self.view(resource, self.store.put(self.table(resource), obj, origin))

    def shows_stored(self, resource: Resource) -> bool:
        """Whether the resource's objects are always shown as they are stored."""
        return not resource.is_custom and resource.ref == resource.storage

    def timestamp(self) -> str:
        """Now, as `creationTimestamp` has it."""
        second = int(self.clock.now())
        if second != self._second:
            self._second, self._timestamp = second, timestamp(second)
        return self._timestamp

    def uid(self) -> str:
        """A new random UUID."""
        bits = f"{self.rng.getrandbits(128):032x}"
        variant = "89ab"[int(bits[16], 16) & 3]
        return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"

    def generated_name(self, base: str) -> str:
        """`base` with five random letters, together at most 63."""
        return base[:LONGEST_BASE] + "".join(self.rng.choices(SUFFIX_LETTERS, k=5))

    def namespace(self, name: str) -> Object | None:
        """The Namespace of that name."""
        found = self.store.table("", "namespaces").get("", name)
        return None if found is None else found.obj


def _reread(resource: Resource, obj: Object) -> Object:
    """A stored custom object as today's definition has it: with its defaults, without what it has dropped."""
    read = resource.decode(resource.from_storage(obj), strict="Ignore").obj
    resource.default(read)
    return read
