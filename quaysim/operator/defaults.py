"""Which components a registry has: what its spec leaves out, and whether the bundle fits to them."""

from __future__ import annotations

from collections.abc import Sequence

from fake_cluster.objects import Object
from quaysim.operator.bundle import Bundle
from quaysim.operator.components import Component
from quaysim.operator.context import Surroundings, managed_kinds
from quaysim.operator.errors import OperatorCrash, UnsupportedComponentError
from quaysim.operator.goyaml import YamlError
from quaysim.operator.releases import Release

_NOT_AVAILABLE = {
    "route": "Route API not available",
    "tls": "Route API not available",
    "objectstorage": "ObjectBucketClaims API not available",
    "monitoring": "Prometheus API not available",
}


def _supported(kind: str, surroundings: Surroundings) -> bool:
    needs = {
        "route": surroundings.routes,
        "tls": surroundings.routes,
        "objectstorage": surroundings.claims,
        "monitoring": surroundings.monitoring,
    }
    return needs.get(kind, True)


def with_defaults(
    components: Sequence[Object], surroundings: Surroundings, bundle: Bundle, release: Release
) -> list[Object]:
    """The user's entries in their order, then the missing kinds, managed as far as the cluster allows.

    A complete certificate pair in the bundle makes tls unmanaged by default. Raises
    `UnsupportedComponentError` for a kind declared managed that the cluster cannot carry.
    """
    declared = {entry["kind"]: entry for entry in components}
    missing: list[Object] = []
    for component in (item for item in release.components if item.declarable):
        kind = component.kind
        supported, entry = _supported(kind, surroundings), declared.get(kind)
        if entry is None:
            managed = supported and not (kind == "tls" and bundle.certificate_pair is not None)
            missing.append({"kind": kind, "managed": managed})
        elif entry["managed"] and not supported:
            raise UnsupportedComponentError(f"error validating component {kind}: {_NOT_AVAILABLE[kind]}")
    kept = [entry | {"managed": True} if entry["kind"] == "quay" else entry for entry in components]
    return [*kept, *missing]


def same_components(one: Sequence[Object], other: Sequence[Object]) -> bool:
    """Whether two lists say the same of the same kinds; overrides do not count."""
    pairs = [[(entry["kind"], entry["managed"]) for entry in entries] for entries in (one, other)]
    return pairs[0] == pairs[1]


def _problem(entry: Object, component: Component, bundle: Bundle, managed: frozenset[str]) -> str:
    kind, configured = component.kind, component.has_configuration(bundle)
    if entry["managed"]:
        if not configured or component.configurable_when_managed:
            return ""
        return f"{kind} component marked as managed, but `configBundleSecret` contains required fields"
    if configured:
        return ""
    if component.required:
        return (
            f"required component `{kind}` marked as unmanaged, but `configBundleSecret` is missing "
            "necessary fields"
        )
    if kind == "clairpostgres" and "clair" in managed:
        return "clairpostgres component unmanaged but no clair postgres config provided"
    return ""


def problem_with_configuration(components: Sequence[Object], bundle: Bundle, release: Release) -> str:
    """What does not fit between the components and the bundle: the first in spec order, or nothing.

    Raises `OperatorCrash` where a version dies of a kind that it does not know.
    """
    managed = managed_kinds(list(components))
    for entry in components:
        component = release.component(entry["kind"])
        if component is None and release.traits.rules.panics_at_unknown_kinds:
            raise OperatorCrash(f"unknown component: {entry['kind']}")
        if component is None:
            return f"unable to verify component config: unknown component: {entry['kind']}"
        try:
            problem = _problem(entry, component, bundle, managed)
        except YamlError as error:
            problem = f"unable to verify component config: {error}"
        if problem:
            return problem
    return ""
