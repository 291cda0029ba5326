from __future__ import annotations

import pytest

from fake_cluster.api.render import Response
from fake_cluster.http import Server
from fake_cluster.http.connection import MAX_BODY, MAX_HEAD
from tests.http.conftest import Recorder
from tests.http.wire import connected, get, post


def test_a_request_reaches_the_api_in_its_parts(server: Server, handler: Recorder) -> None:
    with connected(server.port) as client:
        reply = client.ask(post("/api/v1/things%20x?a=1&b=%2F", b"{}", "X-Own: One", "x-own: two"))
    method, path, query, headers, body = handler.requests[0]
    assert (method, path, query, body) == ("POST", "/api/v1/things x", {"a": "1", "b": "/"}, b"{}")
    assert headers["x-own"] == "One, two"
    assert (reply.code, reply.headers["content-type"]) == (200, "application/json")


def test_a_connection_is_kept_for_the_next_request(server: Server) -> None:
    with connected(server.port) as client:
        first, second = client.ask(get("/one")), client.ask(get("/two"))
    assert [first.json["path"], second.json["path"]] == ["/one", "/two"]


def test_requests_sent_together_are_answered_in_their_order(server: Server) -> None:
    with connected(server.port) as client:
        client.send(b"".join(get(f"/{number}") for number in range(20)))
        paths = [client.reply().json["path"] for _ in range(20)]
    assert paths == [f"/{number}" for number in range(20)]


def test_a_request_may_come_byte_by_byte(server: Server) -> None:
    with connected(server.port) as client:
        for byte in post("/slow", b'{"a":1}'):
            client.send(bytes([byte]))
        assert client.reply().json == {"path": "/slow", "body": '{"a":1}'}


def test_a_chunked_body_is_put_together(server: Server) -> None:
    head = b"POST /c HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
    with connected(server.port) as client:
        reply = client.ask(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert reply.json["body"] == "abcde"


def test_the_connection_closes_where_the_client_asks_for_it(server: Server) -> None:
    with connected(server.port) as client:
        reply = client.ask(get("/last", "Connection: close"))
        assert reply.headers["connection"] == "close"
        assert client.is_closed()


def test_http_1_0_gets_one_answer_and_the_end(server: Server) -> None:
    with connected(server.port) as client:
        assert client.ask(get("/old", version="1.0")).json["path"] == "/old"
        assert client.is_closed()


def test_head_gets_no_body(server: Server) -> None:
    with connected(server.port) as client:
        reply = client.ask(b"HEAD /x HTTP/1.1\r\nHost: test\r\n\r\n", "HEAD")
        assert (reply.code, reply.body) == (200, b"")
        assert client.ask(get("/next")).json["path"] == "/next"


def test_an_answer_without_content_has_no_length(server: Server, handler: Recorder) -> None:
    handler.answers["/log"] = lambda: Response(204)
    with connected(server.port) as client:
        reply = client.ask(get("/log"))
        assert (reply.code, reply.headers.get("content-length")) == (204, None)
        assert client.ask(get("/next")).code == 200


def test_a_client_that_waits_for_permission_gets_it(server: Server) -> None:
    with connected(server.port) as client:
        client.send(post("/big", b"12345", "Expect: 100-continue")[:-5])
        assert client.reader.read(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert client.ask(b"12345").json["body"] == "12345"


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/1.1\r\nbroken header\r\n\r\n",
        b"\r\n\r\n\0",
    ],
)
def test_what_is_not_http_gets_a_status(server: Server, garbage: bytes) -> None:
    with connected(server.port) as client:
        reply = client.ask(garbage)
        assert (reply.code, reply.json["kind"], reply.json["reason"]) == (400, "Status", "BadRequest")
        assert client.is_closed()


@pytest.mark.parametrize("target", ["/%ff", "/%c3%28"])
def test_a_path_that_is_not_text_gets_a_status(server: Server, target: str) -> None:
    with connected(server.port) as client:
        assert client.ask(get(target)).json["reason"] == "BadRequest"
        assert client.ask(get("/next")).code == 200


def test_a_head_that_is_too_long_gets_a_status(server: Server) -> None:
    with connected(server.port) as client:
        reply = client.ask(get("/", f"X-Long: {'x' * MAX_HEAD}"))
    assert (reply.code, reply.json["kind"]) == (431, "Status")


def test_a_body_that_is_announced_too_long_gets_a_status(server: Server, handler: Recorder) -> None:
    with connected(server.port) as client:
        reply = client.ask(f"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n".encode())
    assert (reply.code, reply.json["reason"]) == (413, "RequestEntityTooLarge")
    assert handler.requests == []


def test_a_body_that_turns_out_too_long_gets_a_status(server: Server, handler: Recorder) -> None:
    head = b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    with connected(server.port) as client:
        assert client.ask(head + piece * 3 + b"1\r\nx").code == 413
    assert handler.requests == []


def test_a_fault_of_the_api_is_a_status_and_the_server_goes_on(
    server: Server, handler: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    def fault() -> Response:
        raise ZeroDivisionError

    handler.answers["/fault"] = fault
    with connected(server.port) as client:
        reply = client.ask(get("/fault"))
        assert (reply.code, reply.json["reason"]) == (500, "InternalError")
        assert client.ask(get("/next")).code == 200
    assert "ZeroDivisionError" in caplog.text


def test_a_client_that_wants_another_protocol_gets_one_answer_in_http(server: Server) -> None:
    with connected(server.port) as client:
        reply = client.ask(get("/ws", "Connection: Upgrade", "Upgrade: websocket"))
        assert reply.json["path"] == "/ws"
        assert client.is_closed()
