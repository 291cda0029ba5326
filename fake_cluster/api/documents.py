"""What a server says of itself: version, health, discovery, and where its schemas are.

Discovery is made from the kinds, in both forms: one document a group and version, and the aggregated one
that newer clients ask for with their Accept header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

import orjson

from fake_cluster.api import openapi
from fake_cluster.api.render import JSON, Response, wanted_form
from fake_cluster.kinds import Kinds, Resource
from fake_cluster.objects import Object

VERSION = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.0",
    "gitCommit": "0" * 40,
    "gitTreeState": "clean",
    "buildDate": "2026-04-01T00:00:00Z",
    "goVersion": "go1.26.1",
    "compiler": "gc",
    "platform": "linux/amd64",
}
HEALTH = ("/healthz", "/livez", "/readyz")
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
_SCOPES = {True: "Namespaced", False: "Cluster"}


class Documents:
    """Everything under a URL that is not a resource."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds

    def find(self, path: str, accept: str) -> Response | None:
        """The document of a path, None where the path is not one of a document."""
        if path.startswith("/api/v1/") and len(path) > len("/api/v1/"):
            return None
        path = path.rstrip("/") or "/"
        made = _FIXED.get(path)
        if made is not None:
            return made(self.kinds, accept)
        if path.startswith(tuple(f"{root}/" for root in HEALTH)):
            return _ok()
        if path.startswith(("/apis/", "/api/")) and path.count("/") < 4:
            return self._of_group(path)
        if path.startswith("/openapi/v3/"):
            document = openapi.document_v3(self.kinds, path.removeprefix("/openapi/v3/"))
            return _json(document) if document is not None else None
        return None

    def _of_group(self, path: str) -> Response | None:
        _, root, *parts = path.split("/")
        group, version = ("", parts[0]) if root == "api" else (parts[0], parts[1] if len(parts) > 1 else "")
        found = [resource for resource in self.kinds.resources() if resource.ref.group == group]
        if root == "apis" and not version:
            return _json(_group(group, found)) if found and group else None
        found = [resource for resource in found if resource.ref.version == version]
        return _json(_resource_list(found)) if found else None


def _json(content: Any, content_type: str = JSON) -> Response:
    return Response(200, orjson.dumps(content), content_type)


def _ok() -> Response:
    return Response(200, b"ok", "text/plain; charset=utf-8")


def _version(kinds: Kinds, accept: str) -> Response:
    del kinds, accept
    return _json(VERSION)


def _health(kinds: Kinds, accept: str) -> Response:
    del kinds, accept
    return _ok()


def _openapi_index(kinds: Kinds, accept: str) -> Response:
    del accept
    return _json(openapi.index(kinds))


def _openapi_v2(kinds: Kinds, accept: str) -> Response:
    """Version 2 exists as JSON only; clients that want protobuf are told so and do without."""
    wanted_form(accept)
    return _json(openapi.document_v2(kinds))


# --- one document a group and version -----------------------------------------------------------------


def _groups(kinds: Kinds) -> list[tuple[str, list[Resource]]]:
    """The groups in discovery order, each with its resources."""
    found: dict[str, list[Resource]] = {}
    for resource in kinds.resources():
        found.setdefault(resource.ref.group, []).append(resource)
    return list(found.items())


def _versions(resources: Iterable[Resource]) -> list[str]:
    return list(dict.fromkeys(resource.ref.version for resource in resources))


def _group(group: str, resources: list[Resource]) -> Object:
    versions = [{"groupVersion": f"{group}/{name}", "version": name} for name in _versions(resources)]
    head = {"kind": "APIGroup", "apiVersion": "v1", "name": group}
    return head | {"versions": versions, "preferredVersion": versions[0]}


def _resource_list(resources: list[Resource]) -> Object:
    api_version = resources[0].ref.api_version
    listed = [entry for resource in resources for entry in _entries(resource)]
    head = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version}
    return head | {"resources": listed}


def _entries(resource: Resource) -> list[Object]:
    ref = resource.ref
    entry: Object = {
        "name": ref.plural,
        "singularName": resource.singular,
        "namespaced": ref.namespaced,
        "kind": ref.kind,
        "verbs": sorted(resource.verbs),
    }
    entry |= {"shortNames": list(resource.short_names)} if resource.short_names else {}
    entry |= {"categories": list(resource.categories)} if resource.categories else {}
    return [entry, *(_subresource(resource, name) for name in sorted(resource.subresources))]


SUBRESOURCE_KINDS = {
    "scale": ("autoscaling", "v1", "Scale"),
    "binding": ("", "v1", "Binding"),
    "eviction": ("policy", "v1", "Eviction"),
    "token": ("authentication.k8s.io", "v1", "TokenRequest"),
    "attach": ("", "v1", "PodAttachOptions"),
    "exec": ("", "v1", "PodExecOptions"),
    "portforward": ("", "v1", "PodPortForwardOptions"),
    "proxy": ("", "v1", "PodProxyOptions"),
}
"""Subresources whose objects are of another kind than their parents."""
SUBRESOURCE_VERBS = {
    "binding": ["create"],
    "eviction": ["create"],
    "token": ["create"],
    "log": ["get"],
    "finalize": ["update"],
    "attach": ["create", "get"],
    "exec": ["create", "get"],
    "portforward": ["create", "get"],
    "proxy": ["create", "delete", "get", "patch", "update"],
}
_READ_AND_WRITE = ["get", "patch", "update"]


def _subresource(resource: Resource, name: str) -> Object:
    ref = resource.ref
    entry: Object = {"name": f"{ref.plural}/{name}", "singularName": "", "namespaced": ref.namespaced}
    other = SUBRESOURCE_KINDS.get(name)
    if other:
        entry |= {"group": other[0], "version": other[1]} if other[0] else {}
    entry["kind"] = other[2] if other else ref.kind
    return entry | {"verbs": SUBRESOURCE_VERBS.get(name, _READ_AND_WRITE)}


# --- the aggregated document --------------------------------------------------------------------------


def _core_root(kinds: Kinds, accept: str) -> Response:
    if _wants_aggregated(accept):
        return _aggregated([group for group in _groups(kinds) if not group[0]], accept)
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1:6443"}]
    head = {"kind": "APIVersions", "versions": ["v1"]}
    return _json(head | {"serverAddressByClientCIDRs": addresses})


def _groups_root(kinds: Kinds, accept: str) -> Response:
    groups = [group for group in _groups(kinds) if group[0]]
    if _wants_aggregated(accept):
        return _aggregated(groups, accept)
    listed = [_without_head(_group(name, resources)) for name, resources in groups]
    return _json({"kind": "APIGroupList", "apiVersion": "v1", "groups": listed})


def _without_head(group: Object) -> Object:
    return {name: value for name, value in group.items() if name not in ("kind", "apiVersion")}


def _wants_aggregated(accept: str) -> bool:
    return "APIGroupDiscoveryList" in accept


def _aggregated(groups: list[tuple[str, list[Resource]]], accept: str) -> Response:
    version = "v2" if "v=v2;" in accept.replace(" ", "") + ";" else "v2beta1"
    content = {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": f"apidiscovery.k8s.io/{version}",
        "metadata": {},
        "items": [_group_discovery(name, resources) for name, resources in groups],
    }
    return _json(content, AGGREGATED.format(version=version))


def _group_discovery(group: str, resources: list[Resource]) -> Object:
    by_version = groupby(
        sorted(resources, key=lambda item: _versions(resources).index(item.ref.version)),
        key=lambda item: item.ref.version,
    )
    versions = [
        {"version": version, "resources": [_discovered(item) for item in found], "freshness": "Current"}
        for version, found in by_version
    ]
    metadata: Object = {"name": group} if group else {}
    return {"metadata": metadata | {"creationTimestamp": None}, "versions": versions}


def _discovered(resource: Resource) -> Object:
    ref = resource.ref
    entry: Object = {
        "resource": ref.plural,
        "responseKind": _response_kind(resource, ref.group, ref.version, ref.kind),
        "scope": _SCOPES[ref.namespaced],
        "singularResource": resource.singular,
        "verbs": sorted(resource.verbs),
    }
    entry |= {"shortNames": list(resource.short_names)} if resource.short_names else {}
    entry |= {"categories": list(resource.categories)} if resource.categories else {}
    subresources = [_discovered_subresource(resource, name) for name in sorted(resource.subresources)]
    return entry | ({"subresources": subresources} if subresources else {})


def _discovered_subresource(resource: Resource, name: str) -> Object:
    other = SUBRESOURCE_KINDS.get(name)
    kind = _response_kind(resource, *(other or ("", "", resource.ref.kind)))
    verbs = SUBRESOURCE_VERBS.get(name, _READ_AND_WRITE)
    return {"subresource": name, "responseKind": kind, "verbs": verbs}


def _response_kind(resource: Resource, group: str, version: str, kind: str) -> Object:
    """Group and version are empty for built-in kinds (measured on 1.36)."""
    if resource.is_custom:
        ref = resource.ref
        group, version = group or ref.group, version or ref.version
        return {"group": group, "version": version, "kind": kind}
    return {"group": "", "version": "", "kind": kind}


_FIXED: dict[str, Callable[[Kinds, str], Response]] = {
    "/version": _version,
    "/api": _core_root,
    "/apis": _groups_root,
    "/openapi/v2": _openapi_v2,
    "/openapi/v3": _openapi_index,
    **dict.fromkeys(HEALTH, _health),
}
