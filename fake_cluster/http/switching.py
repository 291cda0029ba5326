"""A connection that has left HTTP: the 101 response, and then whatever the session speaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from fake_cluster.api.sessions import Session
from fake_cluster.http.streaming import upgraded

logger = logging.getLogger(__name__)

LINGER = 2.0
"""Seconds that a client has to say goodbye before the connection is closed."""


class Switched:
    """A session on a transport. Raises CannotUpgradeError for a client that offers nothing that is spoken."""

    def __init__(
        self,
        session: Session,
        headers: Mapping[str, str],
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._lingers = False
        self._upgraded, answer = upgraded(session, headers, transport.write, self._end)
        lines = [f"{name}: {value}\r\n" for name, value in [("Connection", "Upgrade"), *answer]]
        transport.write(f"HTTP/1.1 101 Switching Protocols\r\n{''.join(lines)}\r\n".encode())
        self._guarded(self._upgraded.begin)

    def _end(self) -> None:
        """All is said: closing at once could lose it, so the client closes first, or time does."""
        if self._lingers:
            self._transport.close()
        else:
            self._lingers = True
            self._loop.call_later(LINGER, self._transport.close)

    def feed(self, data: bytes) -> None:
        """Bytes of the client."""
        self._guarded(self._upgraded.feed, data)

    def lost(self) -> None:
        """The connection is gone, or is to go."""
        self._guarded(self._upgraded.lost)

    def _guarded(self, action: Callable[..., None], *data: bytes) -> None:
        try:
            action(*data)
        except Exception:
            logger.exception("a session has stumbled")
            self._transport.abort()
