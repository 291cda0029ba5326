"""Names of generated Secrets: a suffix made from their content.

A change of content gives a new name, and so a new Pod template wherever the Secret is used. Nobody
deletes the old ones.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

import orjson

Data = Mapping[str, bytes]

_LETTERS = str.maketrans("013ae", "ghkmt")
_COLUMNS = 70


def encoded(data: Data) -> dict[str, str]:
    """The data of a Secret as the wire has it."""
    return {key: b64encode(value).decode() for key, value in data.items()}


def _folded(value: str) -> str:
    if len(value) <= _COLUMNS:
        return value
    return "".join(f"{value[i : i + _COLUMNS]}\n" for i in range(0, len(value), _COLUMNS))


def hash_suffix(encoded_data: Mapping[str, str]) -> str:
    """The ten characters that follow the name of a Secret with this (base64) data.

    The name that goes into the hash is always empty, so equal contents have equal suffixes. Measured,
    operator 3.7.10.
    """
    data = {key: _folded(value) for key, value in encoded_data.items()}
    body = orjson.dumps(
        {"data": data, "kind": "Secret", "name": "", "type": "Opaque"}, option=orjson.OPT_SORT_KEYS
    )
    for character, escaped in ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026")):
        body = body.replace(character, escaped)
    return sha256(body).hexdigest()[:10].translate(_LETTERS)
