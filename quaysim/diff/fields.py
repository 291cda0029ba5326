"""An object as its fields: each path with its value, without what chance or the cluster decides.

Items of lists are called by what tells them apart, so that an item too many does not make all others
differ; the order of such a list is a field of its own, except in a status, which grows as time goes by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fake_cluster.objects import Object
from quaysim.diff.secrets import decoded

Fields = dict[str, Any]

# Set by the cluster, or moving while nothing happens.
_IGNORED = frozenset({
    "completionTime",
    "creationTimestamp",
    "lastHeartbeatTime",
    "lastProbeTime",
    "lastScaleTime",
    "lastTransitionTime",
    "lastUpdateTime",
    "lastUpdated",
    "managedFields",
    "observedGeneration",
    "resourceVersion",
    "selfLink",
    "startTime",
    "uid",
})  # fmt: skip
_IGNORED_PATHS = frozenset({
    "metadata.generateName",
    "metadata.generation",
    'metadata.annotations["deployment.kubernetes.io/revision"]',
    'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
})  # fmt: skip
_KEYS = ("name", "type", "kind", "key", "containerPort", "mountPath", "host")
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")

Write = Callable[[str], str]


def fields_of(obj: Object, write: Write) -> Fields:
    """The fields of an object by path. `write` makes a string comparable.

    The conditions of a QuayRegistry are left out: they are compared by themselves.
    """
    shown = dict(obj)
    shown.pop("apiVersion", None)
    if obj["kind"] == "Secret":
        shown["data"] = decoded(obj)
    if obj["kind"] == "QuayRegistry":
        shown["status"] = {
            key: item for key, item in (obj.get("status") or {}).items() if key != "conditions"
        }
    return {
        path: write(value) if isinstance(value, str) else value
        for path, value in _walk(shown, "", write)
        if path not in _IGNORED_PATHS
    }


def _joined(path: str, key: str) -> str:
    if not _PLAIN.fullmatch(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


def _walk(value: Any, path: str, write: Write) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            if key not in _IGNORED:
                yield from _walk(item, _joined(path, write(str(key))), write)
    elif isinstance(value, list) and value:
        yield from _items(value, path, write)
    else:
        yield path, value


def _items(items: Sequence[Any], path: str, write: Write) -> Iterator[tuple[str, Any]]:
    key = _telling(items)
    names = [write(str(item[key])) if key else str(index) for index, item in enumerate(items)]
    if key and len(names) > 1 and not path.startswith("status."):
        yield f"{path}[] (order)", names
    for name, item in zip(names, items, strict=True):
        place = f"{path}[{key}={name}]" if key else f"{path}[{name}]"
        yield from _walk(item, place, write)


def _telling(items: Sequence[Any]) -> str:
    """The field that tells the items of a list apart, or nothing."""
    if not all(isinstance(item, dict) for item in items):
        return ""
    for key in _KEYS:
        values = [item.get(key) for item in items]
        if None not in values and len({str(value) for value in values}) == len(items):
            return key
    return ""
