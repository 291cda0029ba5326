"""Where in the user's files things stand: `FILE:LINE` and the field."""

from __future__ import annotations

import re
from collections.abc import Callable

from quaysim.plan.bundle import secret_place
from quaysim.plan.documents import Document, read_documents
from quaysim.plan.manifests import Manifest
from quaysim.plan.problems import UnreadableInput
from quaysim.plan.subject import Facts, Subject

_LINE = re.compile(r":\d+$")
Place = tuple[str, str]
"""`FILE:LINE` and the field."""
Where = Callable[[Subject, Facts], Place]


def at_registry(field: str) -> Where:
    """A field of the QuayRegistry."""

    def where(subject: Subject, facts: Facts) -> Place:
        del facts
        document = subject.given.document
        return f"{document.file}:{document.line(field)}", field

    return where


def at_manifest(manifest: Manifest, field: str) -> Where:
    """A field of any object."""

    def where(subject: Subject, facts: Facts) -> Place:
        del subject, facts
        return f"{manifest.document.file}:{manifest.document.line(field)}", field

    return where


def at_object() -> Where:
    """The user's object that the message names; where it is none of the user's, the components."""

    def where(subject: Subject, facts: Facts) -> Place:
        manifest = subject.given.beside(facts.get("what", ""), facts.get("object", ""))
        found = at_registry("spec.components") if manifest is None else at_manifest(manifest, "metadata.name")
        return found(subject, facts)

    return where


def at_component(part: str = "", *, kind: str = "") -> Where:
    """The entry of a component (the one that the message names), or a part of it."""

    def where(subject: Subject, facts: Facts) -> Place:
        field = subject.given.component_field(kind or facts.get("kind", ""))
        return at_registry(f"{field}.{part}" if part and field.endswith("]") else field)(subject, facts)

    return where


def at_override(name: str) -> Where:
    """The override of that name, in whichever component it stands, with the value that the message has."""

    def where(subject: Subject, facts: Facts) -> Place:
        for kind, overrides in subject.given.overrides.items():
            if name in overrides and str(overrides[name]) == facts.get("to", str(overrides[name])):
                return at_component(f"overrides.{name}", kind=kind)(subject, facts)
        return at_component()(subject, facts)

    return where


def in_bundle(key: str) -> Where:
    """A key of the bundle."""

    def where(subject: Subject, facts: Facts) -> Place:
        name = key.format_map(facts)
        bundle = subject.given.setup.bundle
        if bundle is not None:
            return bundle.place(name)
        manifest = subject.given.bundle_manifest
        if manifest is None:
            return at_registry("spec.configBundleSecret")(subject, facts)
        return secret_place(manifest.document, name)

    return where


def in_config(field: str, key: str = "config.yaml") -> Where:
    """A field of config.yaml, or of another YAML file in the bundle, where its lines can be counted."""

    def where(subject: Subject, facts: Facts) -> Place:
        place, inside = in_bundle(key)(subject, facts)
        first = _first_line(subject, key)
        data = subject.given.bundle_data.get(key)
        if first and data is not None:
            text = data.decode(errors="replace")
            line = next((item.line(field) for item in _documents(text)), 1)
            place = f"{_LINE.sub('', place)}:{first + line - 1}"
        return place, f"{inside}: {field}" if inside else field

    return where


def _first_line(subject: Subject, key: str) -> int:
    """The line on which a file of the bundle begins; 0 where it is encoded."""
    bundle = subject.given.setup.bundle
    document = bundle.document if bundle is not None else None
    if bundle is not None and document is None:
        return 1
    manifest = subject.given.bundle_manifest
    document = document or (manifest.document if manifest else None)
    if document is None:
        return 0
    node = document.part("stringData", None).part(f"[{key}]", None).node
    return int(node.start_mark.line) + 2 if getattr(node, "style", None) == "|" else 0


def _documents(text: str) -> list[Document]:
    try:
        return read_documents(text, "")
    except UnreadableInput:
        return []
