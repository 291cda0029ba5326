"""Addresses of nodes and Pods."""

from __future__ import annotations

from collections import deque
from ipaddress import ip_address, ip_network

from fake_cluster.objects import Object

FALLBACK_RANGE = "10.244.0.0/16"
"""Pod addresses on a node that does not say which are its own."""
REUSED_AFTER = 1024
"""Addresses that rest before one of them is given away again."""


def node_address(node: Object) -> str:
    """The node's InternalIP; empty where it has none yet."""
    addresses = (node.get("status") or {}).get("addresses") or ()
    return next((str(entry["address"]) for entry in addresses if entry["type"] == "InternalIP"), "")


class PodAddresses:
    """The addresses that one node gives to its Pods."""

    def __init__(self, node: Object) -> None:
        network = ip_network((node.get("spec") or {}).get("podCIDR") or FALLBACK_RANGE)
        self._next = int(network.network_address) + 2  # the first one is the bridge's
        self._last = int(network.broadcast_address) - 1
        self._free: deque[str] = deque()

    def take(self) -> str:
        """An address that no Pod of the node has."""
        if self._free and (len(self._free) > REUSED_AFTER or self._next > self._last):
            return self._free.popleft()
        self._next += 1
        return str(ip_address(self._next - 1))

    def give_back(self, address: str) -> None:
        """The Pod of that address is gone."""
        self._free.append(address)
