"""Subresources: the parts of an object, and the actions on it, that have a path of their own.

`HANDLERS` has an entry for each; what it does not name is reached through the verbs of the parent. A
subresource that needs a connection of its own (exec, attach, port-forward) is answered by the HTTP server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.patching import patch
from fake_cluster.api.reading import get
from fake_cluster.api.subresources import (
    bindings,
    connections,
    containers,
    eviction,
    logs,
    namespaces,
    proxies,
    scale,
    tokens,
)
from fake_cluster.api.writing import update
from fake_cluster.errors import ApiError, no_such_resource

Handler = Callable[[Core, Call], Answer]


_PART: Mapping[str, Handler] = {"get": get, "update": update, "patch": patch}

HANDLERS: dict[str, Mapping[str, Handler]] = {
    "status": _PART,
    "approval": _PART,
    "scale": {"get": scale.get, "update": scale.update, "patch": scale.patch},
    "binding": {"create": bindings.bind},
    "eviction": {"create": eviction.evict},
    "token": {"create": tokens.request},
    "finalize": {"update": namespaces.finalize},
    "log": {"get": logs.read},
    "ephemeralcontainers": {
        "get": get,
        "update": containers.update_ephemeral,
        "patch": containers.patch_ephemeral,
    },
    "resize": {"get": get, "update": containers.update_resize, "patch": containers.patch_resize},
    "exec": {"get": connections.execute, "create": connections.execute},
    "attach": {"get": connections.attach, "create": connections.attach},
    "portforward": {"get": connections.forward, "create": connections.forward},
    "proxy": {"get": proxies.pass_on},
}


def dispatch(core: Core, call: Call) -> Answer:
    """Do what a call on a subresource asks for; 404 for an unknown one, 405 for a verb that it lacks."""
    if call.subresource not in call.resource.subresources:
        raise no_such_resource()
    handler = HANDLERS.get(call.subresource, {}).get(call.verb)
    if handler is None:
        message = "the server does not allow this method on the requested resource"
        raise ApiError(405, "MethodNotAllowed", message)
    return handler(core, call)
