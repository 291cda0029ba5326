"""Who may talk to the server: whoever brings the bearer token, where there is one.

The health endpoints and the version are open, as `system:public-info-viewer` makes them on a real one.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping

from fake_cluster.api.render import Response
from fake_cluster.http.wire import Handler, refusal

OPEN_PATHS = frozenset({"/healthz", "/livez", "/readyz", "/version"})


def guarded(handle: Handler, token: str, now: Callable[[], float]) -> Handler:
    """`handle` behind a bearer token: 401 without it."""
    expected = f"Bearer {token}".encode()

    def guard(
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        given = (headers or {}).get("authorization", "").encode()
        if path in OPEN_PATHS or hmac.compare_digest(given, expected):
            return handle(method, path, query, headers, body)
        response = refusal(401, "Unauthorized", "Unauthorized", now())
        response.headers.append(("WWW-Authenticate", "Bearer"))
        return response

    return guard
