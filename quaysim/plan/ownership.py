"""Which component an object belongs to, among those that the operator creates for a registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fake_cluster.objects import Object, annotations_of, is_owned_by, labels_of
from quaysim.operator.bundle import bundle_of

REGISTRY_LABEL = "quay-operator/quayregistry"
_CONFIG_VARIABLE = "QE_K8S_CONFIG_SECRET"
_ANNOTATION = "quay-component"
_ANNOTATED = {"clair-postgres": "clairpostgres", "base": "quay"}
_BY_KIND = {"HorizontalPodAutoscaler": "horizontalpodautoscaler"}
_BY_NAME = {
    "clair-postgres": "clairpostgres",
    "clair-": "clair",
    "postgres-": "postgres",
    "quay-config-tls": "tls",
    "quay-datastore": "objectstorage",
    "grafana-": "monitoring",
}
"""What the names of objects begin with that carry no annotation, after the registry's own name."""


def created_for(registry: Object, objects: Iterable[Object]) -> list[Object]:
    """What the operator creates for a registry."""
    name = registry["metadata"]["name"]
    return [obj for obj in objects if is_owned_by(obj, registry) or _is_dashboard(obj, name)]


def component_of(registry: Object, obj: Object) -> str:
    """The kind of the component that an object belongs to."""
    if obj["kind"] in _BY_KIND:
        return _BY_KIND[obj["kind"]]
    annotation = annotations_of(obj).get(_ANNOTATION)
    if annotation:
        return _ANNOTATED.get(annotation, annotation)
    base = obj["metadata"]["name"].removeprefix(f"{registry['metadata']['name']}-")
    return next((kind for start, kind in _BY_NAME.items() if base.startswith(start)), "quay")


def _is_dashboard(obj: Object, registry: str) -> bool:
    """The Grafana dashboard lives in another namespace, so that it cannot have an owner."""
    return obj["kind"] == "ConfigMap" and labels_of(obj).get(REGISTRY_LABEL) == registry


def merged_config(registry: Object, created: Iterable[Object]) -> Mapping[str, Any]:
    """The `config.yaml` that Quay runs with: in the Secret that its Deployment names. Empty where there is none."""
    by_name = {(obj["kind"], obj["metadata"]["name"]): obj for obj in created}
    deployment = by_name.get(("Deployment", f"{registry['metadata']['name']}-quay-app"))
    if deployment is None:
        return {}
    env = deployment["spec"]["template"]["spec"]["containers"][0].get("env") or ()
    name = next((item.get("value") for item in env if item["name"] == _CONFIG_VARIABLE), None)
    secret = by_name.get(("Secret", str(name)))
    return {} if secret is None else bundle_of(secret).config
