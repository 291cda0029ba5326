"""Answers into bytes: JSON as it is, or YAML, a Table or PartialObjectMetadata where the client asks for it.

The JSON of an object is made once for each version (`Stored.json`); lists and watch events are put together
from it. Items of lists of built-in kinds carry no kind and no apiVersion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import yaml

from fake_cluster.api.call import Answer
from fake_cluster.api.sessions import Session, Stream
from fake_cluster.api.tables import partial, table_of
from fake_cluster.errors import ApiError
from fake_cluster.kinds import Resource
from fake_cluster.objects import Object
from fake_cluster.store import Stored

JSON = "application/json"
YAML = "application/yaml"
_ONLY = "only the following media types are accepted: application/json, application/yaml"
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Pending:
    """A response that is not there yet: after `work`, in a thread, and `seconds` of the cluster's time."""

    resume: Callable[[], Response]
    work: Callable[[], None] | None = None
    seconds: float = 0.0


@dataclass(slots=True, eq=False)
class Response:
    """What goes back over the wire: `body`, or the `stream` of lines of a watch or a log.

    With a `session` (code 101) the connection is to be upgraded, and carries that from then on.
    """

    code: int
    body: bytes = b""
    content_type: str = JSON
    headers: Headers = field(default_factory=list)
    stream: Stream | None = None
    session: Session | None = None
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The form that a client wants: `shape` is empty, "Table" or "PartialObjectMetadata"(List).

    `include` says what of an object a Table's rows carry, `now` is the time from which ages are counted.
    """

    content_type: str = JSON
    shape: str = ""
    include: str = ""
    now: float = 0.0


PLAIN = Form()
_SHAPES = frozenset({"Table", "PartialObjectMetadata", "PartialObjectMetadataList"})
_known_forms: dict[str, Form] = {"": PLAIN, "*/*": PLAIN, JSON: PLAIN}


def wanted_form(accept: str) -> Form:
    """The first form of an Accept header that can be given; 406 if there is none."""
    found = _known_forms.get(accept)
    if found is None:
        found = _first_possible(accept)
        if len(_known_forms) < 1000:
            _known_forms[accept] = found
    return found


def _first_possible(accept: str) -> Form:
    for clause in accept.split(","):
        media, *parameters = (part.strip() for part in clause.split(";"))
        given = dict(part.partition("=")[::2] for part in parameters)
        content_type = _CONTENT_TYPES.get(media.lower())
        shape = given.get("as", "")
        if content_type and (not shape or (shape in _SHAPES and given.get("g") == "meta.k8s.io")):
            return Form(content_type, shape)
    raise ApiError(406, "NotAcceptable", _ONLY)


_CONTENT_TYPES = {JSON: JSON, "*/*": JSON, "application/*": JSON, YAML: YAML}


def render(resource: Resource, answer: Answer, form: Form) -> Response:
    """The response of an answer."""
    headers = [("Warning", f"299 - {_quoted(text)}") for text in answer.warnings]
    if answer.stream is not None:
        answer.stream.encode = _event_encoder(resource, form)
        content_type = f"{form.content_type};stream=watch" if form.content_type != JSON else JSON
        return Response(200, b"", content_type, headers, answer.stream)
    if answer.proxied is not None:
        content_type, content = answer.proxied
        return Response(answer.code, content, content_type, headers)
    if answer.text is not None:
        return Response(answer.code, answer.text.encode(), "text/plain", headers)
    if answer.lines is not None or answer.session is not None:
        return Response(answer.code, b"", "text/plain", headers, answer.lines, answer.session)
    body = _SHAPERS.get(form.shape, _plain)(resource, answer, form)
    if form.content_type == YAML:
        body = yaml.safe_dump(orjson.loads(body), sort_keys=False, allow_unicode=True).encode()
    return Response(answer.code, body, form.content_type, headers)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- as it is -----------------------------------------------------------------------------------------


def _plain(resource: Resource, answer: Answer, form: Form) -> bytes:
    del form
    if answer.entries is not None:
        return list_json(resource, answer)
    return answer.stored.json if answer.stored is not None else orjson.dumps(answer.obj)


def list_json(resource: Resource, answer: Answer) -> bytes:
    """A list, put together from the JSON of its items."""
    ref = resource.ref
    items = _items(resource, answer.entries or ())
    head = orjson.dumps(
        {"kind": resource.list_kind, "apiVersion": ref.api_version, "metadata": list_meta(answer)}
    )
    return b'%s,"items":[%s]}' % (head[:-1], b",".join(items))


def _items(resource: Resource, entries: Sequence[Stored]) -> list[bytes]:
    if resource.is_custom:
        return [entry.json for entry in entries]
    ref = resource.ref
    head = b'{"kind":"%s","apiVersion":"%s",' % (ref.kind.encode(), ref.api_version.encode())
    return [b"{" + entry.json.removeprefix(head).removeprefix(b"{") for entry in entries]


def list_meta(answer: Answer) -> Object:
    """`metadata` of a list."""
    metadata: Object = {"resourceVersion": str(answer.revision)}
    if answer.continue_token:
        metadata["continue"] = answer.continue_token
    if answer.remaining is not None:
        metadata["remainingItemCount"] = answer.remaining
    return metadata


# --- as metadata --------------------------------------------------------------------------------------


def _partial(resource: Resource, answer: Answer, form: Form) -> bytes:
    if answer.entries is None:
        content = answer.content
        return _plain(resource, answer, form) if _is_status(content) else orjson.dumps(partial(content))
    return orjson.dumps(
        {
            "kind": "PartialObjectMetadataList",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": list_meta(answer),
            "items": [partial(entry.obj) for entry in answer.entries],
        }
    )


def _is_status(obj: Mapping[str, object]) -> bool:
    return obj.get("kind") == "Status"


# --- as a table ---------------------------------------------------------------------------------------


def _table(resource: Resource, answer: Answer, form: Form) -> bytes:
    if answer.entries is None and _is_status(answer.content):
        return _plain(resource, answer, form)
    objects = [answer.content] if answer.entries is None else [entry.obj for entry in answer.entries]
    version = answer.content.get("metadata", {}).get("resourceVersion", "")
    metadata = list_meta(answer) if answer.entries is not None else {"resourceVersion": version}
    return orjson.dumps(table_of(resource, objects, metadata, form.include, form.now))


_SHAPERS: dict[str, Callable[[Resource, Answer, Form], bytes]] = {
    "": _plain,
    "PartialObjectMetadata": _partial,
    "PartialObjectMetadataList": _partial,
    "Table": _table,
}

# --- as events ----------------------------------------------------------------------------------------


def _event_encoder(resource: Resource, form: Form) -> Callable[[str, Stored], bytes]:
    def shaped(stored: Stored) -> bytes:
        if form.shape == "Table":
            metadata = {"resourceVersion": stored.obj["metadata"]["resourceVersion"]}
            return orjson.dumps(table_of(resource, [stored.obj], metadata, form.include, form.now))
        return orjson.dumps(partial(stored.obj)) if form.shape else stored.json

    def encode(kind: str, stored: Stored) -> bytes:
        content = stored.json if kind == "ERROR" else shaped(stored)
        return b'{"type":"%s","object":%s}\n' % (kind.encode(), content)

    return encode
