"""A registry that is to be explained: how its user knows its parts, and what texts can say of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fake_cluster.objects import Object
from quaysim.operator.bundle import CLAIR_CONFIG, CONFIG, TLS_CERTIFICATE, TLS_KEY, Bundle
from quaysim.operator.components import COMPONENTS, Component
from quaysim.operator.context import Surroundings, managed_kinds
from quaysim.operator.defaults import with_defaults
from quaysim.operator.goyaml import YamlError
from quaysim.operator.releases import Release, release
from quaysim.plan.setup import RegistryInput

KINDS = {component.kind: component for component in COMPONENTS}
Facts = Mapping[str, str]

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


@dataclass(frozen=True)
class Subject:
    """A registry that is to be explained."""

    given: RegistryInput

    @cached_property
    def release(self) -> Release:
        """The version of the operator that judges it."""
        return release(self.given.setup.operator_version)

    @property
    def kinds(self) -> Mapping[str, Component]:
        """The components of that version, by kind."""
        return {component.kind: component for component in self.release.components}

    @cached_property
    def contents(self) -> Bundle:
        """The bundle as the operator reads it; the one that it makes itself configures no component."""
        named = self.given.setup.bundle is not None or bool(self.given.bundle_name)
        return Bundle(self.given.bundle_data if named else {CONFIG: b"{}"})

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """The fields of config.yaml; none where it cannot be read."""
        try:
            return self.contents.config
        except YamlError:
            return {}

    @cached_property
    def clair_config(self) -> Mapping[str, Any]:
        """The fields of clair-config.yaml; none where it cannot be read."""
        try:
            return self.contents.clair_config
        except YamlError:
            return {}

    @cached_property
    def components(self) -> list[Object]:
        """`spec.components` with what the operator adds to it on this platform."""
        given, openshift = self.given, self.given.setup.platform == "openshift"
        surroundings = Surroundings(routes=openshift, claims=openshift, monitoring=openshift)
        possible = [entry if openshift else entry | {"managed": False} for entry in given.components]
        complete = with_defaults(possible, surroundings, self.contents, self.release)
        declared = {entry["kind"]: entry for entry in given.components if entry["kind"] != "quay"}
        return [declared.get(entry["kind"], entry) for entry in complete]

    @cached_property
    def managed(self) -> frozenset[str]:
        """The kinds of those that are managed."""
        return managed_kinds(self.components)

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
            "certificates": self._certificates(),
            "in_the_way": self._in_the_way(groups.get("what", ""), groups.get("object", "")),
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
            return self._certificates()
        if kind == "clairpostgres":
            found = [CLAIR_CONFIG]
        return ", ".join(found) or "its fields"

    def _certificates(self) -> str:
        found = [key for key in (TLS_CERTIFICATE, TLS_KEY) if key in self.given.bundle_data]
        return ", ".join(found) or "ssl.cert and ssl.key"

    def _in_the_way(self, kind: str, name: str) -> str:
        """A hint at an object of the user's that has the name of one of the operator's."""
        manifest = self.given.beside(kind, name)
        return (
            f" (remove {kind} {name} from {manifest.place}: the name is the operator's)" if manifest else ""
        )

    def _elsewhere(self) -> str:
        """A hint at a Secret of the right name in another namespace."""
        other = next(iter(self.given.bundle_secrets), None)
        return f" ({other.place} has one of that name, in another namespace)" if other else ""


def _similar(kind: str) -> str:
    close = difflib.get_close_matches(kind.lower(), KINDS, n=1, cutoff=0.5)
    return f': write "{close[0]}", if that is meant' if close else ""


def _accepting(override: str) -> str:
    kinds = sorted(kind for kind, component in KINDS.items() if override in component.overridable)
    return ", ".join(kinds) or "no component"
