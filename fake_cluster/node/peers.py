"""What listens in simulated containers: a web server that says whose it is."""

from __future__ import annotations

import httptools

from fake_cluster.node.program import Peer


class WebPeer(Peer):
    """Answers every HTTP request with 200 and one line of text."""

    def __init__(self, text: str) -> None:
        self._body = f"{text}\n".encode()
        self._answers = bytearray()
        self._parser = httptools.HttpRequestParser(self)

    def received(self, data: bytes) -> bytes:
        """The responses to the requests that are complete."""
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.closed = True
            return b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        answers, self._answers = bytes(self._answers), bytearray()
        return answers

    def on_message_complete(self) -> None:
        """A request is complete."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
        without_body = self._parser.get_method() == b"HEAD"
        self._answers += head % len(self._body) + (b"" if without_body else self._body)
        self.closed = not self._parser.should_keep_alive()
