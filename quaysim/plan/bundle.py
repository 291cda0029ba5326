"""The configuration bundle: the files that go into the Secret named by `spec.configBundleSecret`.

Given as a directory (each file is a key, `extra_ca_certs/NAME` becomes `extra_ca_cert_NAME`), as a
Secret manifest, or as a bare `config.yaml`. Documentation 1.5 and 3.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fake_cluster.objects import Object
from quaysim.plan.documents import Document, read_documents
from quaysim.plan.manifests import read_text
from quaysim.plan.problems import UnreadableInput

CONFIG = "config.yaml"


@dataclass(frozen=True)
class Bundle:
    """The keys of a bundle and where it was read from; `document` is the Secret, if it was one."""

    path: str
    data: Mapping[str, bytes]
    document: Document | None = None

    def place(self, key: str) -> tuple[str, str]:
        """`FILE:LINE` of a key, and how the key is called there."""
        if self.document is not None:
            return secret_place(self.document, key)
        if Path(self.path).is_dir():
            name = key.replace("extra_ca_cert_", "extra_ca_certs/", 1)
            found = next((name for name in (key, name) if (Path(self.path) / name).is_file()), "")
            return str(Path(self.path) / found), "" if found else key
        return self.path, "" if key == CONFIG else key

    def secret(self, name: str, namespace: str) -> Object:
        """The Secret that holds it."""
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": namespace},
            "type": "Opaque",
            "data": {key: base64.b64encode(value).decode() for key, value in self.data.items()},
        }


def secret_place(document: Document, key: str) -> tuple[str, str]:
    """`FILE:LINE` of a key in a Secret, and the field."""
    part = "stringData" if key in (document.value.get("stringData") or {}) else "data"
    node = document.part(part, None).part(f"[{key}]", None)
    return f"{document.file}:{node.line()}", f"{part}[{key}]"


def read_bundle(path: str) -> Bundle:
    """The bundle at `path`, checked: its config.yaml is there and is a mapping. Raises UnreadableInput."""
    place = Path(path)
    if place.is_dir():
        return _checked(Bundle(path, dict(_files(place))), str(place / CONFIG))
    text = read_text(place)
    secret = _secret(text, path)
    if secret is not None:
        return _checked(Bundle(path, dict(_keys(secret)), secret), path)
    return _checked(Bundle(path, {CONFIG: text.encode()}), path)


def _files(directory: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(directory.iterdir()):
        if path.name == "extra_ca_certs" and path.is_dir():
            yield from ((f"extra_ca_cert_{name}", content) for name, content in _files(path))
        elif path.is_file() and not path.name.startswith("."):
            yield path.name, path.read_bytes()


def _secret(text: str, file: str) -> Document | None:
    """The Secret manifest in a file; None if the file is a config.yaml."""
    documents = read_documents(text, file)
    secrets = [
        item for item in documents if isinstance(item.value, dict) and item.value.get("kind") == "Secret"
    ]
    if not secrets:
        return None
    if len(documents) > 1:
        raise secrets[-1].problem("a bundle is one Secret; give further objects as manifests")
    return secrets[0]


def _keys(secret: Document) -> Iterator[tuple[str, bytes]]:
    for field, decode in (("data", _base64), ("stringData", str.encode)):
        content = secret.value.get(field) or {}
        if not isinstance(content, dict):
            raise secret.problem("a mapping is expected here", field)
        for key, value in content.items():
            if not isinstance(value, str):
                raise secret.problem("text is expected here", f"{field}.{key}")
            try:
                yield key, decode(value)
            except (binascii.Error, ValueError) as error:
                raise secret.problem("not base64", f"{field}.{key}") from error


def _base64(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)


def _checked(bundle: Bundle, file: str) -> Bundle:
    content = bundle.data.get(CONFIG)
    if content is None:
        raise UnreadableInput(f"the bundle has no {CONFIG}; it must have one", file=bundle.path)
    try:
        documents = read_documents(content.decode(), file)
    except UnicodeDecodeError as error:
        raise UnreadableInput("not text: it is not UTF-8", file=file) from error
    if not documents:
        raise UnreadableInput("config.yaml is empty; it must be a mapping of Quay's fields", file=file)
    if len(documents) > 1 or not isinstance(documents[0].value, dict):
        raise documents[-1].problem("config.yaml must be one mapping of Quay's fields")
    return bundle
