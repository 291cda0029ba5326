"""The router's door: HTTPS for the hosts of the cluster's Routes, with its wildcard certificate.

What runs in the Pods here speaks no HTTP, so a Route that is admitted answers as HAProxy does for one whose
Pods do not: 503, "Application is not available". Whoever asks for the certificate gets the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from email.utils import formatdate

from fake_cluster.api.render import Response
from fake_cluster.objects import Object

_PAGE = """<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>\n"""


class Router:
    """Answers for the hosts of Routes. `routes` gives them all, `now` is the cluster's clock."""

    def __init__(self, routes: Callable[[], Iterable[Object]], now: Callable[[], float]) -> None:
        self._routes = routes
        self._now = now

    def handle(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Response:
        """The response of the Route that the Host header names, or that of no Route."""
        del method, path, query, body
        host = (headers or {}).get("host", "").rsplit(":", 1)[0].lower()
        text = (
            "The Pods of this Route do not answer." if self._is_admitted(host) else "No Route has this host."
        )
        page = _PAGE.format(title="Application is not available", text=text)
        date = ("Date", formatdate(self._now(), usegmt=True))
        return Response(
            503, page.encode(), "text/html", [date, ("Cache-Control", "private, max-age=0, no-cache")]
        )

    def _is_admitted(self, host: str) -> bool:
        ingresses = (ingress for route in self._routes() for ingress in _ingresses(route))
        return any(ingress.get("host") == host and _admitted(ingress) for ingress in ingresses)


def _ingresses(route: Object) -> Iterable[Object]:
    return (route.get("status") or {}).get("ingress") or ()


def _admitted(ingress: Object) -> bool:
    conditions = ingress.get("conditions") or ()
    return any(item["type"] == "Admitted" and item["status"] == "True" for item in conditions)
