"""Generated names, made comparable: `skynet-quay-config-secret-9cbmm94444` is the first, second, … of its stem.

A name with the same suffix on both sides stays as it is. Everything else that has a random or hashed
suffix is numbered in the order of creation, wherever the name is mentioned.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from fake_cluster.objects import Object

_SUFFIX = re.compile(r"(.+)-([bcdfghjklmnpqrstvwxz2456789]{5}|[bcdfghkmt2456789]{10})")
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TEMPLATE_HASH = re.compile(r"(?<=[a-z0-9])-[bcdfghjklmnpqrstvwxz2456789]{8,10}\b")


def _age(obj: Object) -> tuple[str, int]:
    metadata = obj["metadata"]
    version = str(metadata.get("resourceVersion", ""))
    return str(metadata.get("creationTimestamp", "")), int(version) if version.isdigit() else 0


def _names(objects: Iterable[Object]) -> list[str]:
    """Names in the order of creation."""
    return [obj["metadata"]["name"] for obj in sorted(objects, key=_age) if obj["metadata"].get("name")]


def _numbered(names: Iterable[str], common: frozenset[str]) -> dict[str, str]:
    stems: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        found = _SUFFIX.fullmatch(name)
        if found and name not in common:
            stems[found[1]].append(name)
    return {name: f"{stem}-<{number}>" for stem, all_ in stems.items() for number, name in enumerate(all_, 1)}


class Names:
    """How one side's generated names are written in a comparison."""

    def __init__(self, objects: Iterable[Object], common: frozenset[str]) -> None:
        self._written = _numbered(_names(objects), common)
        ordered = sorted(self._written, key=len, reverse=True)
        self._mentioned = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        self._common = common

    def written(self, text: str) -> str:
        """A text with generated names, uids and hashes in their comparable forms."""
        if text in self._common:
            return text
        if self._mentioned:
            text = self._mentioned.sub(lambda found: self._written[found[0]], text)
        return _TEMPLATE_HASH.sub("-<hash>", _UID.sub("<uid>", text))


def common_names(recorded: Iterable[Object], simulated: Iterable[Object]) -> frozenset[str]:
    """The names that both sides have."""
    return frozenset(_names(recorded)) & frozenset(_names(simulated))
