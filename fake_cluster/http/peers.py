"""Who a client is by its certificate: the common name is the user, the organizations are the groups.

Source: documentation "Authenticating", X.509 client certificates.
"""

from __future__ import annotations

import asyncio
from typing import Any

from fake_cluster.api.access.authentication import PEER, peer_header


def headers_of(transport: asyncio.BaseTransport) -> dict[str, str]:
    """The header that tells the API who is at the other end; none without a certificate."""
    certificate: dict[str, Any] | None = transport.get_extra_info("peercert")
    if not certificate:
        return {}
    subject = [pair for group in certificate.get("subject", ()) for pair in group]
    names = [value for key, value in subject if key == "commonName"]
    groups = tuple(value for key, value in subject if key == "organizationName")
    return {PEER: peer_header(names[0], groups)} if names else {}
