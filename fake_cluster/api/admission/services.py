"""Services: cluster addresses and node ports, each given to one Service at a time.

What is in use is read off the Services themselves: the registry of addresses listens to their table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, ip_address

from fake_cluster.api.call import Call
from fake_cluster.api.core import Core
from fake_cluster.errors import FieldError, invalid, invalid_value
from fake_cluster.kinds.refs import SERVICES
from fake_cluster.objects import Object
from fake_cluster.store import Change

ADDRESSES = IPv4Network("10.96.0.0/12")
NODE_PORTS = range(30000, 32768)
_WITH_NODE_PORTS = frozenset({"NodePort", "LoadBalancer"})


class Allocations:
    """The addresses and node ports that Services hold."""

    def __init__(self, core: Core) -> None:
        self.addresses: Counter[str] = Counter()
        self.ports: Counter[int] = Counter()
        self._core = core
        table = core.store.table("", "services")
        table.subscribers.insert(0, self._hear)
        for entry in table.entries():
            self._count(entry.obj, 1)

    def _hear(self, change: Change) -> None:
        if change.old is not None:
            self._count(change.old.obj, -1)
        if change.type != "DELETED":
            self._count(change.stored.obj, 1)

    def _count(self, service: Object, step: int) -> None:
        spec = service["spec"]
        for address in spec.get("clusterIPs") or ():
            if address != "None":
                self.addresses[address] += step
        for port in spec.get("ports") or ():
            if port.get("nodePort"):
                self.ports[port["nodePort"]] += step

    def address(self) -> str:
        """An address that is free."""
        first = int(ADDRESSES.network_address)
        while True:
            found = str(IPv4Address(first + self._core.rng.randrange(2, ADDRESSES.num_addresses - 1)))
            if not self.addresses[found]:
                return found

    def port(self, taken: Iterable[int]) -> int:
        """A node port that is free."""
        excluded = set(taken)
        while True:
            found = self._core.rng.choice(NODE_PORTS)
            if not self.ports[found] and found not in excluded:
                return found


def _allocations(core: Core) -> Allocations:
    if core.allocations is None:
        core.allocations = Allocations(core)
    return core.allocations


def allocate(core: Core, call: Call, obj: Object) -> None:
    """Give a new Service what it needs, or what it asks for where that is free."""
    del call
    spec = obj.setdefault("spec", {})
    if spec.get("type") == "ExternalName":
        return
    _give_address(core, obj)
    if spec.get("type") in _WITH_NODE_PORTS and spec.get("allocateLoadBalancerNodePorts", True):
        _give_ports(core, obj, held=())


def _give_address(core: Core, obj: Object) -> None:
    spec, allocations = obj["spec"], _allocations(core)
    asked = spec.get("clusterIP") or next(iter(spec.get("clusterIPs") or ()), "")
    if asked and asked != "None":
        _check_address(allocations, obj, asked)
    spec["clusterIP"] = asked or allocations.address()
    spec["clusterIPs"] = [spec["clusterIP"]]
    if asked != "None" or spec.get("selector"):
        spec.setdefault("ipFamilies", ["IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
    else:
        spec.setdefault("ipFamilies", ["IPv4", "IPv6"])
        spec.setdefault("ipFamilyPolicy", "RequireDualStack")


def _check_address(allocations: Allocations, obj: Object, asked: str) -> None:
    why = ""
    try:
        if ip_address(asked) not in ADDRESSES:
            why = (
                f"the provided IP ({asked}) is not in the valid range. The range of valid IPs is {ADDRESSES}"
            )
        elif allocations.addresses[asked]:
            why = "provided IP is already allocated"
    except ValueError:
        return  # the rules of the kind have words for this
    if why:
        text = f"failed to allocate IP {asked}: {why}"
        raise _invalid(obj, invalid_value("spec.clusterIPs", [asked], text))


def _invalid(obj: Object, error: FieldError) -> Exception:
    return invalid(SERVICES, obj["metadata"]["name"], [error])


def _give_ports(core: Core, obj: Object, held: Iterable[int]) -> None:
    """Node ports for all ports; those in `held` are this Service's already."""
    allocations, own = _allocations(core), set(held)
    ports = obj["spec"].get("ports") or ()
    taken = {port["nodePort"]: port.get("protocol") for port in ports if port.get("nodePort")}
    for index, port in enumerate(ports):
        asked = port.get("nodePort")
        if not asked:
            port["nodePort"] = allocations.port(taken)
            taken[port["nodePort"]] = port.get("protocol")
        elif asked not in own:
            _check_port(allocations, obj, index, asked)


def _check_port(allocations: Allocations, obj: Object, index: int, asked: int) -> None:
    path = f"spec.ports[{index}].nodePort"
    if asked not in NODE_PORTS:
        why = "provided port is not in the valid range. The range of valid ports is 30000-32767"
        raise _invalid(obj, invalid_value(path, asked, why))
    if allocations.ports[asked]:
        raise _invalid(obj, invalid_value(path, asked, "provided port is already allocated"))


def reallocate(core: Core, call: Call, obj: Object, old: Object) -> None:
    """Keep what a Service has where an update leaves it out, and give or take what its new type needs."""
    if call.subresource:
        return
    spec, before = obj.setdefault("spec", {}), old["spec"]
    if spec.get("type") == "ExternalName":
        _release(spec, before)
        return
    if before.get("type") != "ExternalName":
        _keep_address(spec, before)
    if not spec.get("clusterIP"):
        _give_address(core, obj)
    if spec.get("type") in _WITH_NODE_PORTS:
        _keep_ports(spec, before)
        held = [port["nodePort"] for port in before.get("ports") or () if port.get("nodePort")]
        _give_ports(core, obj, held)
    elif before.get("type") in _WITH_NODE_PORTS:
        _drop_ports(spec, before)


def _release(spec: Object, before: Object) -> None:
    for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if spec.get(name) == before.get(name):
            spec.pop(name, None)


def _keep_address(spec: Object, before: Object) -> None:
    for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if not spec.get(name) and name in before:
            spec[name] = before[name]


def _keep_ports(spec: Object, before: Object) -> None:
    """A port without a node port gets back the one that a port of the same name had."""
    had = {port.get("name", ""): port.get("nodePort") for port in before.get("ports") or ()}
    used = {port.get("nodePort") for port in spec.get("ports") or ()}
    for port in spec.get("ports") or ():
        value = had.get(port.get("name", ""))
        if not port.get("nodePort") and value and value not in used:
            port["nodePort"] = value
            used.add(value)


def _drop_ports(spec: Object, before: Object) -> None:
    """Node ports go with the type that needed them, unless somebody has just asked for others."""
    held = {port.get("nodePort") for port in before.get("ports") or ()}
    for port in spec.get("ports") or ():
        if port.get("nodePort") in held:
            port.pop("nodePort", None)
