"""How the simulated operator sees the certificate of the cluster's router: by calling it, as the real one does.

Where the router's hosts cannot be reached, which is so for every router that only writes the status of Routes,
a certificate for the apps domain is shown instead.
"""

from __future__ import annotations

import socket
import ssl

from fake_cluster.platform.certificates import wildcard_chain
from quaysim.standins.brought import SEED

DIAL_SECONDS = 10.0


def dial(host: str, port: int, timeout: float = DIAL_SECONDS) -> str:
    """The certificates (PEM) that a server presents, unverified. Raises OSError in the words of Go."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout) as connection,
            context.wrap_socket(connection, server_hostname=host) as secure,
        ):
            return ssl.DER_cert_to_PEM_cert(secure.getpeercert(binary_form=True) or b"")
    except socket.gaierror as error:
        raise OSError(f"dial tcp: lookup {host}: no such host") from error
    except OSError as error:
        raise OSError(f"dial tcp {host}:{port}: {(error.strerror or str(error)).lower()}") from error


def answers(host: str, timeout: float = DIAL_SECONDS) -> bool:
    """Whether a TLS server can be reached there on port 443."""
    try:
        dial(host, 443, timeout)
    except OSError:
        return False
    return True


class StandInDoor:
    """Shows the certificate of the apps domain for its hosts; all others are dialled."""

    def __init__(self, apps_domain: str) -> None:
        self._domain = apps_domain
        self._chain = ""

    def __call__(self, host: str, port: int) -> str:
        """The certificates (PEM) of a host. Raises OSError in the words of Go."""
        if port != 443 or not host.endswith(f".{self._domain}"):
            return dial(host, port)
        self._chain = self._chain or wildcard_chain(SEED, self._domain)
        return self._chain
