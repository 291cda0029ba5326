"""Defaults of Pods and of the Pod templates inside other kinds.

Source: SetDefaults_Pod, SetDefaults_PodSpec, SetDefaults_Container, SetDefaults_Probe and those of the
volume sources; and the conversion that keeps `serviceAccount` and `serviceAccountName` equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fake_cluster.objects import Object

_FILE_MODE = 420  # 0644


def pod(obj: Object) -> None:
    """A Pod: what its template's spec gets, requests from limits, and service links."""
    spec = obj.setdefault("spec", {})
    spec.setdefault("enableServiceLinks", True)
    for container in _containers(spec):
        _requests_from_limits(container)
    pod_spec(spec)


def pod_template(obj: Object) -> None:
    """The kind PodTemplate."""
    template(obj.setdefault("template", {}))


def template(obj: Object) -> None:
    """A template as Deployments and Jobs have it, in place."""
    obj.setdefault("metadata", {})
    pod_spec(obj.setdefault("spec", {}))


def pod_spec(spec: Object) -> None:
    """The spec of a Pod or a template, in place."""
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")
    _account(spec)
    for volume in spec.get("volumes") or ():
        _volume(volume)
    for container in _containers(spec):
        _container(container)
        if spec.get("hostNetwork"):
            _host_ports(container)
    for constraint in spec.get("topologySpreadConstraints") or ():
        constraint.setdefault("whenUnsatisfiable", "DoNotSchedule")


def _account(spec: Object) -> None:
    name = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if name:
        spec["serviceAccountName"] = spec["serviceAccount"] = name


def _containers(spec: Object) -> list[Object]:
    lists = (spec.get("initContainers"), spec.get("containers"), spec.get("ephemeralContainers"))
    return [container for items in lists for container in items or ()]


def _container(container: Object) -> None:
    if "imagePullPolicy" not in container:
        container["imagePullPolicy"] = _pull_policy(container.get("image") or "")
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("resources", {})
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
    for variable in container.get("env") or ():
        source = variable.get("valueFrom") or {}
        _field_reference(source.get("fieldRef"))
        if "fileKeyRef" in source:
            source["fileKeyRef"].setdefault("optional", False)
    for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
        if kind in container:
            _probe(container[kind])
    for hook in (container.get("lifecycle") or {}).values():
        _http_get(hook)


def _pull_policy(image: str) -> str:
    name = image.rsplit("/", 1)[-1]
    if "@" in name:
        return "IfNotPresent"
    tag = name.partition(":")[2]
    return "Always" if tag in {"", "latest"} else "IfNotPresent"


def _requests_from_limits(container: Object) -> None:
    resources = container.get("resources")
    if resources and resources.get("limits"):
        requests = resources.setdefault("requests", {})
        for name, quantity in resources["limits"].items():
            requests.setdefault(name, quantity)


def _host_ports(container: Object) -> None:
    for port in container.get("ports") or ():
        port.setdefault("hostPort", port.get("containerPort"))


def _probe(probe: Object) -> None:
    for field, value in _PROBE.items():
        probe[field] = probe.get(field) or value
    _http_get(probe)
    if "grpc" in probe:
        probe["grpc"].setdefault("service", "")


_PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}


def _http_get(handler: Any) -> None:
    if isinstance(handler, dict) and "httpGet" in handler:
        handler["httpGet"].setdefault("path", "/")
        handler["httpGet"].setdefault("scheme", "HTTP")


def _field_reference(reference: Object | None) -> None:
    if reference is not None:
        reference.setdefault("apiVersion", "v1")


# --- volumes --------------------------------------------------------------------------------------------


def _volume(volume: Object) -> None:
    if len(volume) <= 1:
        volume["emptyDir"] = {}
    for source, fill in _SOURCES.items():
        if source in volume:
            fill(volume[source])


def _with_mode(source: Object) -> None:
    source.setdefault("defaultMode", _FILE_MODE)


def _projected(source: Object) -> None:
    _with_mode(source)
    for entry in source.get("sources") or ():
        if "serviceAccountToken" in entry:
            entry["serviceAccountToken"].setdefault("expirationSeconds", 3600)
        _downward_items(entry.get("downwardAPI") or {})


def _downward(source: Object) -> None:
    _with_mode(source)
    _downward_items(source)


def _downward_items(source: Object) -> None:
    for item in source.get("items") or ():
        _field_reference(item.get("fieldRef"))


def _host_path(source: Object) -> None:
    source.setdefault("type", "")


def iscsi(source: Object) -> None:
    """iSCSI, as a volume of a Pod or a PersistentVolume."""
    source.setdefault("iscsiInterface", "default")


def rbd(source: Object) -> None:
    """Ceph RBD, as a volume of a Pod or a PersistentVolume."""
    source.setdefault("pool", "rbd")
    source.setdefault("user", "admin")
    source.setdefault("keyring", "/etc/ceph/keyring")


def azure_disk(source: Object) -> None:
    """Azure disks, as a volume of a Pod or a PersistentVolume."""
    source.setdefault("cachingMode", "ReadWrite")
    source.setdefault("kind", "Shared")
    source.setdefault("fsType", "ext4")
    source.setdefault("readOnly", False)


def scale_io(source: Object) -> None:
    """ScaleIO, as a volume of a Pod or a PersistentVolume."""
    source.setdefault("storageMode", "ThinProvisioned")
    source.setdefault("fsType", "xfs")


def _image(source: Object) -> None:
    source.setdefault("pullPolicy", _pull_policy(source.get("reference") or ""))


def _ephemeral(source: Object) -> None:
    claim = source.get("volumeClaimTemplate")
    if claim is not None:
        claim.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")


_SOURCES: dict[str, Callable[[Object], None]] = {
    "secret": _with_mode,
    "configMap": _with_mode,
    "projected": _projected,
    "downwardAPI": _downward,
    "hostPath": _host_path,
    "iscsi": iscsi,
    "rbd": rbd,
    "azureDisk": azure_disk,
    "ephemeral": _ephemeral,
    "image": _image,
    "scaleIO": scale_io,
}
