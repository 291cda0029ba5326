"""The API over HTTP(S): a listener, connections, and the controllers in the same event loop."""

from fake_cluster.http.kubeconfig import kubeconfig, write_kubeconfig
from fake_cluster.http.server import BackgroundServer, CannotListenError, Server, is_loopback, listen

__all__ = [
    "BackgroundServer",
    "CannotListenError",
    "Server",
    "is_loopback",
    "kubeconfig",
    "listen",
    "write_kubeconfig",
]
