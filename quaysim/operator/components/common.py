"""What every component of a registry is made of: a table of its rules, and helpers to render objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fake_cluster.objects import Object
from quaysim.operator.bundle import Bundle
from quaysim.operator.context import Context
from quaysim.operator.health import Health, Verdict
from quaysim.operator.keys import REGISTRY_LABEL
from quaysim.operator.kustomize import Data
from quaysim.operator.overrides import apply_overrides
from quaysim.operator.overrides import replicas as wanted_replicas

Fields = Mapping[str, Any]


def nothing(_: Context) -> Fields:
    """No fields of `config.yaml`, no Secrets."""
    return {}


def no_objects(_: Context) -> Iterable[Object]:
    """No objects."""
    return ()


@dataclass(frozen=True, slots=True)
class Component:
    """One kind of component, as `spec.components` has it.

    `required`: where it is unmanaged, the bundle must configure it.
    `fields`: one of these in `config.yaml` counts as configuration; `configured` is the rule where the
    fields do not tell. `configurable_when_managed`: its configuration may stay when it is managed.
    `overridable`: the checked overrides that it supports. `field_group`: the config editor's name for it.
    `config`, `secrets`, `objects`: what a managed one adds to `config.yaml` and to the cluster.
    `condition`, `unmanaged`, `check`: how the status controller reports on it.
    `declarable`: whether it stands in `spec.components`; what does not is always there.
    """

    kind: str
    condition: str
    check: Callable[[Health], Verdict]
    unmanaged: str = ""
    required: bool = False
    fields: frozenset[str] = frozenset()
    configured: Callable[[Bundle], bool] | None = None
    configurable_when_managed: bool = False
    overridable: frozenset[str] = frozenset()
    field_group: str = ""
    config: Callable[[Context], Fields] = nothing
    secrets: Callable[[Context], Mapping[str, Data]] = nothing
    objects: Callable[[Context], Iterable[Object]] = no_objects
    declarable: bool = True

    def has_configuration(self, bundle: Bundle) -> bool:
        """Whether the bundle configures this component. Raises `YamlError`."""
        if self.configured is not None:
            return self.configured(bundle)
        return not self.fields.isdisjoint(bundle.config)


def metadata(  # noqa: PLR0913 - these are the parts of the metadata that differ
    context: Context,
    base: str,
    *,
    label: str = "",
    component: str = "",
    app: bool = False,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Object:
    """Metadata as kustomize completes it: prefix, namespace, common labels and annotations, owner.

    `label` and `component` are the values of label and annotation `quay-component`; they differ.
    """
    return {
        "name": f"{context.name}-{base}",
        "namespace": context.namespace,
        "labels": {**component_labels(context, label, app=app), **(labels or {})},
        "annotations": {
            **context.hostname_annotations,
            **({"quay-component": component} if component else {}),
            **(annotations or {}),
        },
        "ownerReferences": [context.owner],
    }


def component_labels(context: Context, label: str, *, app: bool = False) -> dict[str, str]:
    """The labels that objects, selectors and Pod templates share."""
    labels = {REGISTRY_LABEL: context.name}
    if app:
        labels["app"] = "quay"
    if label:
        labels["quay-component"] = label
    return labels


def service_account(context: Context, base: str, component: str, *, app: bool = False) -> Object:
    """A ServiceAccount without anything special."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(context, base, component=component, app=app),
    }


def port(number: int, target: int, name: str = "") -> Object:
    """A port of a Service."""
    named = {"name": name} if name else {}
    return named | {"protocol": "TCP", "port": number, "targetPort": target}


def service(metadata: Object, selector: Mapping[str, str], *ports: Object) -> Object:
    """A Service inside the cluster."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {"type": "ClusterIP", "ports": list(ports), "selector": dict(selector)},
    }


def config_map(metadata: Object, data: Mapping[str, str] | None = None) -> Object:
    """A ConfigMap."""
    content: Object = {"data": dict(data)} if data else {}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata} | content


def resources(requests: tuple[str, str], limits: tuple[str, str] | None = None) -> Object:
    """What a container asks for: (cpu, memory)."""
    asked: Object = {"requests": dict(zip(("cpu", "memory"), requests, strict=True))}
    return asked | ({"limits": dict(zip(("cpu", "memory"), limits, strict=True))} if limits else {})


def value(name: str, text: str) -> Object:
    """An environment variable."""
    return {"name": name, "value": text}


def secret_value(name: str, secret: str, key: str) -> Object:
    """An environment variable from a Secret."""
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}


def field_value(name: str, path: str) -> Object:
    """An environment variable from the Pod itself."""
    return {"name": name, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": path}}}


def proxy_variables(context: Context) -> list[Object]:
    """How the programs reach the outside."""
    if not context.manifests.proxy:
        return []
    secret = context.secrets["quay-proxy-config"]
    return [secret_value(name, secret, name) for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")]


def projected(name: str, *sources: Object) -> Object:
    """A volume made of several Secrets and ConfigMaps."""
    return {"name": name, "projected": {"sources": list(sources)}}


def from_secret(name: str) -> Object:
    """A Secret in a projected volume."""
    return {"secret": {"name": name}}


def from_config_map(name: str) -> Object:
    """A ConfigMap in a projected volume."""
    return {"configMap": {"name": name}}


def mount(name: str, path: str, *, read_only: bool = False, sub_path: str = "") -> Object:
    """Where a container finds a volume."""
    mounted: Object = {"name": name, "mountPath": path}
    mounted |= {"readOnly": True} if read_only else {}
    return mounted | ({"subPath": sub_path} if sub_path else {})


def spread_over_nodes(context: Context, label: str) -> Object:
    """Pods of one kind rather not on one node: a part of the Pod's spec."""
    if not context.manifests.spread:
        return {}
    terms = [{"key": "quay-component", "operator": "In", "values": [label]}]
    affinity_term = {"labelSelector": {"matchExpressions": terms}, "topologyKey": "kubernetes.io/hostname"}
    preferred = [{"weight": 100, "podAffinityTerm": affinity_term}]
    return {"affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}}


def without_requests(context: Context, pod: Object) -> None:
    """Take the resources out of every container where the operator is told to, in place."""
    if context.settings.skip_resource_requests:
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            container.pop("resources", None)


def scaled(context: Context, kind: str) -> Object:
    """The replicas of a component that the autoscaler may decide about, as a part of the spec."""
    if kind in context.manifests.replicas:
        return {"replicas": context.manifests.replicas[kind]}
    if "horizontalpodautoscaler" in context.managed:
        return {}
    return {"replicas": wanted_replicas(context.overrides.get(kind, {}))}


def deployment(  # noqa: PLR0913 - these are the parts in which the Deployments differ
    context: Context,
    metadata: Object,
    pod: Object,
    *,
    label: str,
    spec: Object,
    app: bool = False,
    pod_annotations: Mapping[str, str] | None = None,
) -> Object:
    """A Deployment with the overrides of its component. `spec` is what stands beside selector and template.

    `pod_annotations` are those of the Pod template, the common ones where there is nothing special.
    """
    annotations = context.hostname_annotations if pod_annotations is None else pod_annotations
    labels = component_labels(context, label, app=app)
    without_requests(context, pod)
    template: Object = {"metadata": {"labels": labels}, "spec": pod}
    if annotations:
        template["metadata"]["annotations"] = dict(annotations)
    made = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {**spec, "selector": {"matchLabels": labels}, "template": template},
    }
    overrides = context.overrides.get(metadata["annotations"]["quay-component"])
    if overrides:
        apply_overrides(made, overrides)
    return made
