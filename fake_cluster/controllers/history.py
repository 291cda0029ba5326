"""Revisions and template hashes: how controllers recognise what they made from a template.

The hash is of our own making, but it looks like the real one (ten characters of the alphabet that
cannot spell words) and depends on nothing but the template.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from fake_cluster.objects import Key, Object, key_of

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_ENCODED = str.maketrans({digit: _ALPHABET[ord(digit) % len(_ALPHABET)] for digit in "0123456789"})
HASH_LABEL = "pod-template-hash"


def template_hash(value: Any, collisions: int = 0) -> str:
    """A short name for a value; `collisions` makes another one for the same value."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS) + (b"%d" % collisions if collisions else b"")
    number = int.from_bytes(hashlib.blake2s(text, digest_size=4).digest(), "big")
    return str(number).translate(_ENCODED)


class TemplateHashes:
    """The template hash of each owner, computed once per generation."""

    def __init__(self) -> None:
        self._known: dict[Key, tuple[str, int, int, str]] = {}

    def of(self, owner: Object) -> str:
        """The hash of `owner`'s Pod template."""
        key, meta = key_of(owner), owner["metadata"]
        collisions = (owner.get("status") or {}).get("collisionCount", 0)
        state = (meta["uid"], meta.get("generation", 0), collisions)
        known = self._known.get(key)
        if known is None or known[:3] != state:
            known = (*state, template_hash(owner["spec"]["template"], collisions))
            self._known[key] = known
        return known[3]

    def forget(self, key: Key) -> None:
        """The owner is gone."""
        self._known.pop(key, None)


def without_label(template: Object, label: str) -> Object:
    """A Pod template without one of its labels."""
    metadata = template.get("metadata") or {}
    labels = metadata.get("labels") or {}
    if label not in labels:
        return template
    rest = {key: value for key, value in labels.items() if key != label}
    return {**template, "metadata": {**metadata, "labels": rest}}


def with_label(template: Object, label: str, value: str) -> Object:
    """A Pod template with one more label."""
    metadata = template.get("metadata") or {}
    return {**template, "metadata": {**metadata, "labels": {**(metadata.get("labels") or {}), label: value}}}
