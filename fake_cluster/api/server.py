"""The API server: one front for every request.

In-process clients hand their calls to `dispatch`; HTTP and the transport under the official client hand
bytes to `handle`, which parses them into the same calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from fake_cluster.api import subresources
from fake_cluster.api.access.aggregation import Aggregation
from fake_cluster.api.access.guard import Access
from fake_cluster.api.admission import Admission
from fake_cluster.api.call import Answer, Call
from fake_cluster.api.components import Components
from fake_cluster.api.computed import Computation, Computed
from fake_cluster.api.core import Core
from fake_cluster.api.definitions import Definitions
from fake_cluster.api.deleting import delete, delete_collection
from fake_cluster.api.documents import Documents
from fake_cluster.api.faults import Faults
from fake_cluster.api.front import Front, Request
from fake_cluster.api.patching import patch
from fake_cluster.api.reading import get, list_, watch
from fake_cluster.api.render import Response
from fake_cluster.api.reviews import REVIEWS
from fake_cluster.api.webhooks.hooks import Webhooks
from fake_cluster.api.writing import create, update
from fake_cluster.errors import method_not_supported, no_such_resource
from fake_cluster.kinds import Kinds, Resource
from fake_cluster.kinds.refs import COMPONENT_STATUSES
from fake_cluster.machinery.clock import Clock
from fake_cluster.objects import ResourceRef
from fake_cluster.store import Store

Handler = Callable[[Core, Call], Answer]
VERBS: dict[str, Handler] = {
    "get": get,
    "list": list_,
    "watch": watch,
    "create": create,
    "update": update,
    "patch": patch,
    "delete": delete,
    "deletecollection": delete_collection,
}


class Api:
    """A Kubernetes API in memory."""

    def __init__(self, kinds: Kinds, store: Store, clock: Clock, rng: Random) -> None:
        self.core = Core(kinds, store, clock, rng)
        self.core.admission = Admission()
        self.access = self.core.access = Access(self.core)
        self.faults = Faults(clock)
        self.webhooks = self.core.webhooks = Webhooks(self.core)
        self._computation = Computation()
        self._computation.add(COMPONENT_STATUSES, Components())
        Definitions(self.core)
        Aggregation(self.core)
        self.kinds = kinds
        self.store = store
        self.clock = clock
        self.attachments: dict[object, Any] = {}  # what clients of this API keep with it
        self.front = Front(self.dispatch, Documents(kinds), self.access, self.webhooks, clock)

    def serve(self, ref: ResourceRef, source: Computed) -> None:
        """Serve one of the kinds that only some clusters have; `source` computes its objects."""
        self.kinds.add(ref)
        self._computation.add(ref, source)

    def resource(self, ref: ResourceRef) -> Resource:
        """The resource of a ref; 404 where it is not served."""
        found = self.kinds.find(ref.group, ref.version, ref.plural)
        if found is None:
            raise no_such_resource()
        return found

    def dispatch(self, call: Call) -> Answer:
        """Do what a call asks for. Raises `ApiError` for what is refused."""
        return self.faults.dispatch(call, self._dispatch) if self.faults.active else self._dispatch(call)

    def _dispatch(self, call: Call) -> Answer:
        if call.subresource:
            return subresources.dispatch(self.core, call)
        resource = call.resource
        if call.verb not in resource.verbs:
            raise method_not_supported(resource.ref, call.verb)
        if call.verb == "create":
            review = REVIEWS.get((resource.ref.group, resource.ref.plural))
            if review is not None:
                return review(self.core, call)
        elif resource.is_computed:
            return self._computation.dispatch(self.core, call)
        return VERBS[call.verb](self.core, call)

    def handle(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        """An HTTP request, header names in lower case; the response is ready but for a watch's stream."""
        return self.front.handle(Request(method, path, query or {}, headers or {}, body))
