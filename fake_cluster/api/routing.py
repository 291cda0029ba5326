"""URL paths into resources, namespaces, names and subresources.

Source: the API conventions; the two kinds of 404 as measured: an unknown group is nobody's path and gets
plain text, an unknown resource of a known group gets a Status.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote

from fake_cluster.errors import no_such_resource
from fake_cluster.kinds import Kinds, Resource

_OF_NAMESPACES = ("status", "finalize")


class NoSuchPathError(Exception):
    """A path that nobody serves: answered with plain text."""


class Place(NamedTuple):
    """What a path names; `watch` is set for the old form of watches, `/api/v1/watch/…`."""

    resource: Resource
    namespace: str
    name: str
    subresource: str
    watch: bool


def find_place(kinds: Kinds, path: str) -> Place:
    """What `path` names; a Status 404 for an unknown resource, `NoSuchPathError` for an unknown group."""
    parts = path.split("/")
    if "%" in path:
        parts = [unquote(part) for part in parts]
    root = parts[1] if len(parts) > 1 else ""
    if root == "api":
        return _place(kinds, "", parts[2:])
    if root == "apis":
        return _place(kinds, parts[2] if len(parts) > 2 else "", parts[3:])
    raise NoSuchPathError


def _place(kinds: Kinds, group: str, parts: list[str]) -> Place:
    watch = parts[1:2] == ["watch"]
    version, *rest = parts or [""]
    found = _in_version(kinds, group, version, rest[1:] if watch else rest, watch=watch)
    if found is not None:
        return found
    if group and all(resource.ref.group != group for resource in kinds.resources()):
        raise NoSuchPathError
    raise no_such_resource()


def _in_version(kinds: Kinds, group: str, version: str, rest: list[str], *, watch: bool) -> Place | None:
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces" and not (len(rest) == 3 and rest[2] in _OF_NAMESPACES):
        _, namespace, *rest = rest
        if not namespace:
            return None
    plural, name, *more = [*rest, "", ""][: max(len(rest), 2)]
    resource = kinds.find(group, version, plural)
    if resource is None or (len(rest) > 1 and not name) or not _fits(resource, namespace, name):
        return None
    return Place(resource, namespace, name, "/".join(more), watch)


def _fits(resource: Resource, namespace: str, name: str) -> bool:
    """Namespaced objects are in a namespace, others are not; only collections span all namespaces."""
    if not resource.ref.namespaced:
        return not namespace
    return bool(namespace) or not name
