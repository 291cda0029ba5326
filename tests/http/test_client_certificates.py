"""Over TLS a client may show who it is with a certificate."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

from fake_cluster.cluster import FakeCluster
from fake_cluster.http import BackgroundServer, Server, listen
from fake_cluster.http.tls import make_tls
from fake_cluster.machinery.clock import RealClock
from tests.http.wire import connected, get, post

REVIEW = b'{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}'


def _client_context(authority: bytes, certificate: bytes = b"", path: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=authority.decode())
    if path is not None:
        path.write_bytes(certificate)
        context.load_cert_chain(path)
    return context


def test_a_certificate_says_who_a_client_is(tmp_path: Path) -> None:
    tls, cluster = make_tls(["127.0.0.1"]), FakeCluster(nodes=0, clock=RealClock(), rbac=True)
    certificate, key = tls.client_certificate("jane", ["dev", "system:masters"])
    known = _client_context(tls.authority, key + certificate, tmp_path / "jane.pem")
    with listen("127.0.0.1", 0) as listener:
        server = BackgroundServer(Server(cluster.api.handle, cluster.manager, listener, context=tls.context))
        server.start()
        port = server.server.port
        with connected(port, known) as client:
            path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
            info = client.ask(post(path, REVIEW)).json["status"]["userInfo"]
            nodes = client.ask(get("/api/v1/nodes"))
        with connected(port, _client_context(tls.authority)) as client:
            refused = client.ask(get("/api/v1/nodes", ':peer: ["root",[]]'))
            unknown = client.ask(get("/api/v1/nodes")) if refused.code != 400 else refused
        server.stop()
    assert info["username"] == "jane"
    assert info["groups"] == ["dev", "system:masters", "system:authenticated"]
    assert nodes.code == 200
    assert refused.code in (400, 403)
    assert json.loads(unknown.body)["status"] == "Failure"
