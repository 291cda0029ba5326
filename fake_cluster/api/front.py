"""The HTTP-shaped door: a method, a path, a query, headers and bytes into a call, and its answer into bytes.

Whatever comes in, what goes out is an answer of the API: a request that cannot be understood gets a Status
with a 4xx code, and a fault of our own a Status with 500.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import cast
from urllib.parse import parse_qsl

import orjson

from fake_cluster.api import options as option_parsing
from fake_cluster.api.access.guard import Access
from fake_cluster.api.bodies import read_body, read_patch
from fake_cluster.api.call import Answer, Call, Options, PatchKind, Verb
from fake_cluster.api.documents import Documents
from fake_cluster.api.render import JSON, Pending, Response, render, wanted_form
from fake_cluster.api.routing import NoSuchPathError, Place, find_place
from fake_cluster.api.subresources.connections import SEPARATOR
from fake_cluster.api.subresources.proxies import PATH
from fake_cluster.api.suspension import Suspended
from fake_cluster.api.webhooks.hooks import Memory, Webhooks
from fake_cluster.errors import ApiError, bad_request, internal
from fake_cluster.machinery.clock import Clock

_log = logging.getLogger(__name__)
_NOT_ALLOWED = "the server does not allow this method on the requested resource"
_WRITES: dict[str, Verb] = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
PROXY = "proxy"
CONNECTING = frozenset({"exec", "attach", "portforward"})
_LISTS = frozenset({"command", "ports"})
WAITS = ":waits"
"""The header of a caller that can wait for a response (`Response.pending`); none that HTTP can carry."""
_TRUE = frozenset({"true", "1", "True", "t", "T", "TRUE"})


@dataclass(slots=True, eq=False)
class Request:
    """One HTTP request. Header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    memory: Memory | None = None
    struck: bool = False


class Front:
    """Parses requests, has them done, renders the answers."""

    def __init__(
        self,
        dispatch: Callable[[Call], Answer],
        documents: Documents,
        access: Access,
        webhooks: Webhooks,
        clock: Clock,
    ) -> None:
        self._dispatch = dispatch
        self._webhooks = webhooks
        self._admit = access.admit
        self._documents = documents
        self._kinds = documents.kinds
        self._clock = clock
        self._second = -1
        self._date = ""

    def handle(self, request: Request) -> Response:
        """The response to a request; never raises for what a client can do wrong."""
        try:
            response = self._response(request)
        except ApiError as error:
            response = refusal(error)
        except Suspended as suspended:
            request.struck = True
            pending = Pending(lambda: self.handle(request), suspended.work, suspended.seconds)
            response = Response(0, pending=pending)
        except NoSuchPathError:
            response = Response(404, b"404 page not found\n", "text/plain; charset=utf-8")
        except Exception as error:  # noqa: BLE001 - a fault of ours is an answer too, and logged
            _log.exception("%s %s", request.method, request.path)
            response = refusal(internal(f"{type(error).__name__}: {error}"))
        response.headers.append(("Date", self.date()))
        return response

    def date(self) -> str:
        """The cluster's clock, as the `Date` header has it."""
        second = int(self._clock.now())
        if second != self._second:
            self._second, self._date = second, formatdate(second, usegmt=True)
        return self._date

    def _response(self, request: Request) -> Response:
        user = self._admit(request.method, request.path, request.query, request.headers)
        accept = request.headers.get("accept", "")
        document = self._documents.find(request.path, accept)
        if document is not None:
            return document if request.method in ("GET", "HEAD") else _not_allowed()
        call = self.call(request)
        call.user, call.waits, call.struck = user, WAITS in request.headers, request.struck
        form = wanted_form("" if call.subresource == PROXY else accept)
        if self._webhooks.active and call.waits:
            request.memory = request.memory or self._webhooks.memory()
            answer = self._webhooks.attempt(call, request.memory, self._dispatch)
        else:
            answer = self._dispatch(call)
        if form.shape == "Table":
            include = request.query.get("includeObject", "")
            form = replace(form, include=include, now=self._clock.now())
        return render(call.resource, answer, form)

    def call(self, request: Request) -> Call:
        """The call that a request makes."""
        place = find_place(self._kinds, request.path.rstrip("/"))
        verb = _verb(request, place)
        if not (place.subresource or verb in place.resource.verbs):
            raise _method_error()
        call = Call(verb, place.resource, place.namespace, place.name, place.subresource)
        call.user_agent = request.headers.get("user-agent", "")
        if place.subresource in CONNECTING:
            call.upgrade = "upgrade" in request.headers
        if _is_proxied(place):
            call.subresource, call.options = PROXY, _passed_on(place, request)
        elif verb in ("get", "list", "watch"):
            call.options = option_parsing.parse(request.query, verb)
            _select_by_name(call)
        else:
            _read_write(call, request)
        return call


def _verb(request: Request, place: Place) -> Verb:
    method = request.method
    if method in ("GET", "HEAD"):
        if place.watch or (request.query.get("watch") in _TRUE and not place.subresource):
            return "watch"
        return "get" if place.name else "list"
    verb = _WRITES.get(method)
    if verb == "delete" and not place.name:
        verb = "deletecollection"
    needs_name = verb != "deletecollection" and (verb != "create" or bool(place.subresource))
    spans_namespaces = place.resource.ref.namespaced and not place.namespace
    if verb is None or bool(place.name) != needs_name or (spans_namespaces and verb == "create"):
        raise _method_error()
    return verb


def _is_proxied(place: Place) -> bool:
    return place.subresource.partition("/")[0] == PROXY and PROXY in place.resource.subresources


def _passed_on(place: Place, request: Request) -> Options:
    """Path and query of a request for somebody else: all of it is theirs."""
    path = "/" + place.subresource.partition("/")[2]
    slash = "/" if path != "/" and request.path.endswith("/") else ""
    return Options(query={**request.query, PATH: path + slash})


def _method_error() -> ApiError:
    return ApiError(405, "MethodNotAllowed", _NOT_ALLOWED)


def _not_allowed() -> Response:
    return refusal(_method_error())


def _select_by_name(call: Call) -> None:
    """A watch of one object is a watch of its collection with a field selector."""
    if call.verb == "watch" and call.name:
        options = call.options if call.options.query else Options()
        options.fields = ",".join(filter(None, (options.fields, f"metadata.name={call.name}")))
        call.options, call.name = options, ""


def _read_write(call: Call, request: Request) -> None:
    content_type = request.headers.get("content-type", "")
    if call.verb == "patch":
        kind, call.body = read_patch(request.body, content_type, custom=call.resource.is_custom)
        call.patch = cast("PatchKind", kind)
    elif request.body:
        call.body = read_body(request.body, content_type)
    elif call.verb in ("create", "update") and call.subresource not in CONNECTING:
        raise bad_request("couldn't get version/kind; json parse error: unexpected end of JSON input")
    call.options = option_parsing.parse(request.query, call.verb, call.patch)
    if call.verb.startswith("delete") and call.body is not None:
        call.options = option_parsing.read_delete_body(call.options, call.body, call.verb)


def refusal(error: ApiError) -> Response:
    """The Status of an error; a time to wait before the next try is a header too."""
    headers = list(error.headers.items())
    if error.details.get("retryAfterSeconds") and "Retry-After" not in error.headers:
        headers.append(("Retry-After", str(error.details["retryAfterSeconds"])))
    return Response(error.code, orjson.dumps(error.status()), JSON, headers)


def parse_query(text: str) -> dict[str, str]:
    """A query string; of a parameter that is given twice the first counts, but for lists like `command`."""
    query: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name in _LISTS and name in query:
            query[name] += SEPARATOR + value
        else:
            query.setdefault(name, value)
    return query
