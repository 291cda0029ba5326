from __future__ import annotations

import base64
import ssl
import stat
import threading
from pathlib import Path

import pytest
import yaml

from fake_cluster.http import (
    BackgroundServer,
    CannotListenError,
    Server,
    is_loopback,
    kubeconfig,
    listen,
    write_kubeconfig,
)
from fake_cluster.http.tls import make_tls
from fake_cluster.machinery.clock import RealClock
from fake_cluster.machinery.controller import Controller, Result, Source
from fake_cluster.machinery.manager import Manager
from fake_cluster.objects import Key, ResourceRef
from tests.http.conftest import Recorder
from tests.http.wire import connected, get


def test_a_port_in_use_is_named_in_one_sentence() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CannotListenError, match=f"^port {port} of 127.0.0.1 is in use$"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("no such host.invalid", 0)])
def test_an_address_of_another_machine_is_refused(host: str, port: int) -> None:
    with pytest.raises(CannotListenError, match="is not an address of this machine"):
        listen(host, port)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - it is what must not pass
        ("::", False),
        ("10.0.0.1", False),
        ("example.com", False),
    ],
)
def test_only_loopback_counts_as_private(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_over_tls_a_client_needs_the_authority_and_the_token(handler: Recorder, manager: Manager) -> None:
    tls = make_tls(["127.0.0.1", "localhost"])
    trusting = ssl.create_default_context(cadata=tls.authority.decode())
    with listen("127.0.0.1", 0) as listener:
        background = BackgroundServer(
            Server(handler, manager, listener, context=tls.context, token="open sesame")
        )
        background.start()
        port = background.server.port
        with connected(port, trusting) as client:
            assert client.ask(get("/api")).json["reason"] == "Unauthorized"
            assert client.ask(get("/api", "Authorization: Bearer wrong")).code == 401
            assert client.ask(get("/healthz")).code == 200
            assert client.ask(get("/api", "Authorization: Bearer open sesame")).code == 200
        with pytest.raises(ssl.SSLCertVerificationError), connected(port, ssl.create_default_context()):
            pass
        background.stop()


def test_the_controllers_run_in_the_servers_loop(handler: Recorder) -> None:
    seen, done = [], threading.Event()

    def reconcile(key: Key) -> Result:
        seen.append((key.name, threading.current_thread().name))
        if len(seen) == 3:
            done.set()
        return Result(requeue_after=20.0)

    manager = Manager(RealClock(speed=1000.0))
    ref = ResourceRef("", "v1", "things", "Thing")
    with listen("127.0.0.1", 0) as listener:
        background = BackgroundServer(Server(handler, manager, listener))
        manager.add(Controller("counter", reconcile, [Source(ref)]), _NoClient())  # type: ignore[arg-type]
        background.start()
        manager.enqueue("counter", Key("", "x"))
        assert done.wait(10)
        background.stop()
    assert set(seen) == {("x", "fake-cluster-http")}


class _NoClient:
    """Nothing to watch."""

    def watch(self, ref: ResourceRef, sink: object) -> None:
        pass


def test_a_kubeconfig_leads_to_the_server_and_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "config"
    write_kubeconfig(path, kubeconfig("https://127.0.0.1:6443", "lab", "secret", b"PEM"))
    config = yaml.safe_load(path.read_text())
    assert config["current-context"] == "lab"
    assert config["contexts"][0]["context"]["cluster"] == config["clusters"][0]["name"]
    assert config["contexts"][0]["context"]["user"] == config["users"][0]["name"]
    assert config["users"][0]["user"] == {"token": "secret"}
    assert base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"]) == b"PEM"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
