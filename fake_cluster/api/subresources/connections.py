"""`pods/exec`, `pods/attach` and `pods/portforward`: whether a client may, and what it then talks to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.sessions import Command, CommandSession, Containers, Peer, PortSession
from fake_cluster.api.subresources.logs import container_of
from fake_cluster.errors import ApiError, bad_request, not_found
from fake_cluster.kinds.refs import PODS
from fake_cluster.objects import Object

_Start = Callable[[Containers], Command]
SEPARATOR = "\x00"
"""Between the values of a parameter that is given several times; no argument of a program contains it."""
_REFUSED = (
    "error forwarding port {port} to pod {uid}, uid : failed to connect to localhost:{port} inside namespace "
    '"{uid}", IPv4: dial tcp4 127.0.0.1:{port}: connect: connection refused IPv6 dial tcp6 [::1]:{port}: '
    "connect: connection refused"
)


def execute(core: Core, call: Call) -> Answer:
    """Run a command in a container."""
    pod, query = _pod(core, call), call.options.query
    container = container_of(pod, query.get("container", ""))
    argv = query.get("command", "").split(SEPARATOR) if query.get("command") else []
    if not argv:
        raise bad_request("you must specify at least one command for the container")
    stdin, tty = _is_true(query, "stdin"), _is_true(query, "tty")

    def start(containers: Containers) -> Command:
        return containers.command(pod, container, argv, stdin=stdin, tty=tty)

    return _commanded(core, call, pod, container, start)


def attach(core: Core, call: Call) -> Answer:
    """Listen to a container."""
    pod = _pod(core, call)
    container = container_of(pod, call.options.query.get("container", ""))
    return _commanded(core, call, pod, container, lambda containers: containers.attach(pod, container))


def _commanded(core: Core, call: Call, pod: Object, container: str, start: _Start) -> Answer:
    _check_upgrade(call)
    containers, query = core.containers, call.options.query
    if containers is None or not containers.runs(pod, container):
        return Answer(404, text=f'container not found ("{container}")')
    tty = _is_true(query, "tty")
    session = CommandSession(
        lambda: start(containers),
        stdin=_is_true(query, "stdin"),
        stdout=_is_true(query, "stdout", default=True),
        stderr=_is_true(query, "stderr", default=True) and not tty,
        tty=tty,
    )
    return Answer(101, session=session)


def forward(core: Core, call: Call) -> Answer:
    """Connect to ports of a Pod."""
    pod = _pod(core, call)

    def connect(port: int) -> Peer:
        peer = core.containers.connect(pod, port) if core.containers is not None else None
        if peer is None:
            raise ApiError(500, "", _REFUSED.format(port=port, uid=pod["metadata"]["uid"]))
        return peer

    ports = _ports(call.options.query.get("ports", ""))
    _check_upgrade(call)
    return Answer(101, session=PortSession(connect, ports))


def _ports(text: str) -> tuple[int, ...]:
    named = [word for word in text.replace(SEPARATOR, ",").split(",") if word]
    if not all(word.isdecimal() and 0 < int(word) < 65536 for word in named):
        raise bad_request(f'invalid ports "{text}": must be between 1 and 65535')
    return tuple(int(word) for word in named)


def _check_upgrade(call: Call) -> None:
    if not call.upgrade:
        raise bad_request("Upgrade request required")


def _pod(core: Core, call: Call) -> Object:
    stored = core.store.table("", "pods").get(call.namespace, call.name)
    if stored is None:
        raise not_found(PODS, call.name)
    if not stored.obj["spec"].get("nodeName"):
        raise bad_request(f"pod {call.name} does not have a host assigned")
    return stored.obj


def _is_true(query: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    return query[name].lower() in ("true", "1") if name in query else default
