"""The API server as a process sees it: a port, connections, and the controllers behind them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import signal
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass

import uvloop

from fake_cluster.http.access import guarded
from fake_cluster.http.connection import Connection, Service
from fake_cluster.http.driver import Driver
from fake_cluster.http.wire import Handler
from fake_cluster.machinery.manager import Manager

BACKLOG = 1024
LONGEST_FAREWELL = 2.0
"""Seconds that clients get to read the end of their responses when the server stops."""


class CannotListenError(Exception):
    """The address cannot be listened on; the text says why, in one sentence."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises CannotListenError."""
    if not 0 <= port < 65536:
        raise CannotListenError(f"{port} is not a port")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        raise CannotListenError(_why(error, host, port)) from error


def _why(error: Exception, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror | UnicodeError):
        return f"{host}:{port} is not an address of this machine"
    code = error.errno if isinstance(error, OSError) else 0
    reasons = {
        errno.EADDRINUSE: f"port {port} of {host} is in use",
        errno.EACCES: f"port {port} of {host} may not be used without privileges",
        errno.EADDRNOTAVAIL: f"{host} is not an address of this machine",
    }
    return reasons.get(code or 0, f"cannot listen on {host}:{port}: {error}")


class Server:
    """Serves requests and runs the controllers until it is told to stop.

    `speed` is that of the manager's clock. With a `token`, requests must carry it.
    """

    def __init__(
        self,
        handle: Handler,
        manager: Manager,
        listener: socket.socket,
        *,
        context: ssl.SSLContext | None = None,
        token: str = "",
    ) -> None:
        clock = manager.clock
        speed = float(getattr(clock, "speed", 1.0))
        guard = guarded(handle, token, clock.now) if token else handle
        self.service = Service(guard, clock.now, speed)
        self._doors = [_Door(self.service, listener, context)]
        self._manager = manager
        self._listener = listener
        self.loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._listener.getsockname()[1])

    def add(self, handle: Handler, listener: socket.socket, context: ssl.SSLContext | None = None) -> None:
        """Serve something else as well, at an address of its own."""
        service = Service(handle, self.service.now, self.service.speed)
        self._doors.append(_Door(service, listener, context))

    def run(self, ready: Callable[[], None], *, signals: bool = True) -> None:
        """Serve until `stop` or, with `signals`, SIGINT or SIGTERM. `ready` is called when it answers."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve(ready, signals=signals))

    def stop(self) -> None:
        """End `run`, from any thread."""
        if self.loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self.loop.call_soon_threadsafe(self._stop.set)

    async def _serve(self, ready: Callable[[], None], *, signals: bool) -> None:
        loop = self.loop = asyncio.get_running_loop()
        stop = self._stop = asyncio.Event()
        if signals:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, stop.set)
        servers = [await door.open(loop) for door in self._doors]
        driver = Driver(self._manager, loop, self.service.speed)
        driver.start()
        ready()
        await stop.wait()
        driver.stop()
        for server in servers:
            server.close()
        await asyncio.gather(*(door.close() for door in self._doors))


@dataclass(frozen=True)
class _Door:
    """An address, and what is served there."""

    service: Service
    listener: socket.socket
    context: ssl.SSLContext | None

    async def open(self, loop: asyncio.AbstractEventLoop) -> asyncio.AbstractServer:
        """Let clients in."""
        return await loop.create_server(
            lambda: Connection(self.service, loop), sock=self.listener, ssl=self.context
        )

    async def close(self) -> None:
        """Close the connections in order, and wait for what is still to be sent."""
        self.service.closing = True
        connections, drained = self.service.connections, self.service.drained
        for connection in list(connections):
            connection.close()
        if connections:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(drained.wait(), LONGEST_FAREWELL)
        for connection in list(connections):
            connection.cut()
        if connections:
            await drained.wait()


class BackgroundServer:
    """A server in a thread of its own, for tests and for programs that do other things too."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fake-cluster-http", daemon=True)

    def _run(self) -> None:
        try:
            self.server.run(self._ready.set, signals=False)
        finally:
            self._ready.set()

    def start(self) -> None:
        """Serve; returns when it answers."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Stop serving; returns when it has."""
        self.server.stop()
        self._thread.join()
