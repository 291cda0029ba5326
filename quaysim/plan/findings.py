"""Where a registry is blocked or not ready: the rule behind it, the field, and the fix.

`explain` looks a condition's reason and message up in the table of `quaysim.plan.rules`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from quaysim.operator.components import COMPONENTS
from quaysim.plan.setup import RegistryInput

KINDS = {component.kind: component for component in COMPONENTS}
DOCUMENTATION = "Deploying the Red Hat Quay Operator 3.7"


@dataclass(frozen=True)
class Finding:
    """One reason why a registry would not become available.

    `place` is `FILE:LINE` of the `field` that the user can change; `section` is the documentation's.
    """

    reason: str
    message: str
    rule: str
    place: str
    field: str
    fix: str
    section: str

    def as_json(self) -> dict[str, str]:
        """All parts by name."""
        return dict(vars(self))


Facts = Mapping[str, str]
Where = Callable[["Subject", Facts], "tuple[str, str]"]


@dataclass(frozen=True)
class Rule:
    """What a reason and a message mean. The texts may use the pattern's groups and the subject's facts."""

    reason: str
    pattern: re.Pattern[str]
    rule: str
    fix: str
    section: str
    where: Where


@dataclass(frozen=True)
class Subject:
    """A registry that is to be explained."""

    given: RegistryInput

    @property
    def bundle(self) -> str:
        """How its user knows the bundle."""
        setup = self.given.setup
        if setup.bundle is not None:
            return setup.bundle.path
        manifest, name = self.given.bundle_manifest, self.given.bundle_name
        if manifest is not None:
            return f'Secret "{name}" ({manifest.place})'
        return f'Secret "{name}"' if name else "a bundle of your own, named in spec.configBundleSecret"

    def facts(self, match: re.Match[str]) -> dict[str, str]:
        """What the texts of a rule can say."""
        groups = {name: value or "" for name, value in match.groupdict().items()}
        kind = groups.get("kind", "")
        return {
            "bundle": self.bundle,
            "bundle_name": self.given.bundle_name or "config-bundle-secret",
            "namespace": self.given.namespace,
            "registry": self.given.name,
            "needs": NEEDS.get(kind, "its configuration"),
            "or_manage": self._or_manage(kind),
            "present": self._present(kind),
            "similar": _similar(kind),
            "elsewhere": self._elsewhere(),
            "accepting": _accepting(groups.get("override", "")),
            **groups,
        }

    def _or_manage(self, kind: str) -> str:
        """The way out that only OpenShift has for some components."""
        possible = self.given.setup.platform == "openshift" or kind not in NEEDED_APIS
        return f"; or set `managed: true` for {kind}" if possible else ""

    def _present(self, kind: str) -> str:
        """The keys of the bundle that configure a component."""
        fields = KINDS[kind].fields if kind in KINDS else frozenset()
        config = self.given.bundle_data.get("config.yaml", b"").decode(errors="replace")
        found = [field for field in sorted(fields) if re.search(rf"(?m)^['\"]?{field}['\"]?\s*:", config)]
        if kind == "tls":
            found = [key for key in ("ssl.cert", "ssl.key") if key in self.given.bundle_data]
        if kind == "clairpostgres":
            found = ["clair-config.yaml"]
        return ", ".join(found) or "its fields"

    def _elsewhere(self) -> str:
        """A hint at a Secret of the right name in another namespace."""
        other = next(iter(self.given.bundle_secrets), None)
        return f" ({other.place} has one of that name, in another namespace)" if other else ""


def explain(subject: Subject, reason: str, message: str, rules: list[Rule]) -> Finding:
    """The first rule that knows this reason and message; else the message stands for itself."""
    for rule in rules:
        match = rule.pattern.search(message) if rule.reason in ("", reason) else None
        if match:
            facts = subject.facts(match)
            place, field = rule.where(subject, facts)
            section = SECTIONS.get(facts.get("kind", "")) if rule.section == BY_KIND else rule.section
            texts = [_line(text.format_map(facts)) for text in (rule.rule, rule.fix)]
            return Finding(reason, _line(message), texts[0], place, field, texts[1], section or "")
    place, field = at_registry("spec")(subject, {})
    return Finding(reason, _line(message), "", place, field, "", "")


def _line(text: str) -> str:
    """Without the line breaks that Go's YAML puts into its messages."""
    return " ".join(text.split())


# --- where things stand -------------------------------------------------------------------------------


def at_registry(field: str) -> Where:
    """A field of the QuayRegistry."""

    def where(subject: Subject, facts: Facts) -> tuple[str, str]:
        del facts
        document = subject.given.document
        return f"{document.file}:{document.line(field)}", field

    return where


def at_component(part: str = "", *, kind: str = "") -> Where:
    """The entry of a component (the one that the message names), or a part of it."""

    def where(subject: Subject, facts: Facts) -> tuple[str, str]:
        field = subject.given.component_field(kind or facts.get("kind", ""))
        return at_registry(f"{field}.{part}" if part and field.endswith("]") else field)(subject, facts)

    return where


def at_override(name: str) -> Where:
    """The override of that name, in whichever component it stands, with the value that the message has."""

    def where(subject: Subject, facts: Facts) -> tuple[str, str]:
        for kind, overrides in subject.given.overrides.items():
            if name in overrides and str(overrides[name]) == facts.get("to", str(overrides[name])):
                return at_component(f"overrides.{name}", kind=kind)(subject, facts)
        return at_component()(subject, facts)

    return where


def in_bundle(key: str) -> Where:
    """A key of the bundle."""

    def where(subject: Subject, facts: Facts) -> tuple[str, str]:
        name = key.format_map(facts)
        if subject.given.setup.bundle is not None:
            return subject.given.setup.bundle.path, name
        manifest = subject.given.bundle_manifest
        if manifest is None:
            return at_registry("spec.configBundleSecret")(subject, facts)
        part = "stringData" if name in (manifest.obj.get("stringData") or {}) else "data"
        node = manifest.document.part(part, None).part(f"[{name}]", None)
        return f"{manifest.document.file}:{node.line()}", f"{part}[{name}]"

    return where


# --- what the texts say of components -----------------------------------------------------------------

NEEDS = {
    "postgres": "DB_URI in config.yaml",
    "objectstorage": "DISTRIBUTED_STORAGE_CONFIG, DISTRIBUTED_STORAGE_PREFERENCE and "
    "DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS in config.yaml",
    "route": "SERVER_HOSTNAME in config.yaml",
    "redis": "BUILDLOGS_REDIS and USER_EVENTS_REDIS in config.yaml",
    "tls": "the certificate and its key under the keys ssl.cert and ssl.key",
    "clairpostgres": "clair-config.yaml with a connstring for indexer, matcher and notifier",
}
"""What the bundle must say of a component that is unmanaged. Documentation 3.2 to 3.5 and 8.5."""

NEEDED_APIS = {"route": "Route API", "tls": "Route API", "objectstorage": "ObjectBucketClaim API"}
"""The components that a managed one needs an API of OpenShift for."""

BY_KIND = "by kind"
SECTIONS = {
    "postgres": "3.3.1",
    "objectstorage": "3.2.1",
    "route": "3.5.3",
    "redis": "3.5.1",
    "tls": "5.4.1",
    "clair": "1.4",
    "clairpostgres": "8.5.1.1.2",
    "monitoring": "3.5.4",
    "horizontalpodautoscaler": "3.5.2",
    "mirror": "3.5.5",
    "quay": "1.3",
}


def _similar(kind: str) -> str:
    close = difflib.get_close_matches(kind.lower(), KINDS, n=1, cutoff=0.5)
    return f'write "{close[0]}", if that is meant; ' if close else ""


def _accepting(override: str) -> str:
    kinds = sorted(kind for kind, component in KINDS.items() if override in component.overridable)
    return ", ".join(kinds) or "no component"
