"""What a request asks for, as access rules see it: read off its method and its path alone.

Whether the resource exists is not asked here: who may not list anything does not learn what there is.
Source: documentation "Authorization", Request attributes; the request info of apiserver.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from fake_cluster.objects import Object

_VERBS = {
    "GET": "get",
    "HEAD": "get",
    "POST": "create",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}
_OF_NAMESPACES = ("status", "finalize")
_TRUE = frozenset({"true", "1"})


class Attributes(NamedTuple):
    """One thing that somebody wants to do: to a resource, or to a `path` that is none."""

    verb: str
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def full_resource(self) -> str:
        """`pods/log`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource

    def described(self, user: str) -> str:
        """`User "jane" cannot list resource "pods" in API group "" in the namespace "shop"`."""
        if self.path:
            return f'User "{user}" cannot {self.verb} path "{self.path}"'
        where = f'in the namespace "{self.namespace}"' if self.namespace else "at the cluster scope"
        return (
            f'User "{user}" cannot {self.verb} resource "{self.full_resource}" '
            f'in API group "{self.group}" {where}'
        )


def of_request(method: str, path: str, query: Mapping[str, str]) -> Attributes:
    """What an HTTP request asks for."""
    parts = [unquote(part) for part in path.split("/") if part]
    root, *rest = parts or [""]
    group = rest.pop(0) if root == "apis" and rest else ""
    if root not in ("api", "apis") or len(rest) < 2:
        return Attributes(method.lower(), path=path)
    version, *rest = rest
    verb = _VERBS.get(method, method.lower())
    if rest[0] == "watch" and len(rest) > 1:
        verb, rest = "watch", rest[1:]
    namespace, rest = _namespace(rest)
    resource, name, *more = [*rest, "", ""][: max(len(rest), 2)]
    name = name or _selected_name(query, verb)
    subresource = more[0] if more else ""
    verb = _on_collection(verb, query) if len(rest) < 2 else verb
    if verb == "get" and query.get("watch") in _TRUE and not subresource:
        verb = "watch"
    return Attributes(verb, group, version, resource, subresource, namespace, name)


def _namespace(rest: list[str]) -> tuple[str, list[str]]:
    """The namespace, and what comes behind it; a Namespace is in itself."""
    if rest[0] != "namespaces" or len(rest) < 2:
        return "", rest
    behind = rest[2:]
    return rest[1], behind if behind and behind[0] not in _OF_NAMESPACES else rest


def _selected_name(query: Mapping[str, str], verb: str) -> str:
    """A list of one name is a request for that name."""
    if verb not in ("get", "watch", "delete"):
        return ""
    terms = query.get("fieldSelector", "").split(",")
    names = [term.partition("=")[2].lstrip("=") for term in terms if term.startswith("metadata.name=")]
    return names[0] if len(names) == 1 else ""


def _on_collection(verb: str, query: Mapping[str, str]) -> str:
    if verb == "get":
        return "watch" if query.get("watch") in _TRUE else "list"
    return "deletecollection" if verb == "delete" else verb


def of_review(spec: Object) -> Attributes:
    """What the spec of an access review asks about."""
    asked = spec.get("resourceAttributes")
    if asked is None:
        other = spec.get("nonResourceAttributes") or {}
        return Attributes(other.get("verb", ""), path=other.get("path", ""))
    fields = ("verb", "group", "version", "resource", "subresource", "namespace", "name")
    return Attributes(*(str(asked.get(field) or "") for field in fields))
