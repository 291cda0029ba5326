"""A hand-made schema that has one of everything: the parts of a Deployment that patch and apply care about."""

from __future__ import annotations

from fake_cluster.kinds.schema import ListOf, MapOf, Node, Scalar, Struct

STRING, NUMBER, BOOLEAN = Scalar("string"), Scalar("int32"), Scalar("boolean")
QUANTITY, INT_OR_STRING = Scalar("quantity"), Scalar("int-or-string")


def list_map(item: Node, *keys: str, merge_key: str = "") -> ListOf:
    """A list whose elements are told apart by keys."""
    return ListOf(item, "map", keys, merges=True, merge_key=merge_key or keys[0])


def string_set() -> ListOf:
    """A list of distinct strings."""
    return ListOf(STRING, "set", merges=True)


def strings(*names: str) -> dict[str, Node]:
    """Fields that are strings."""
    return dict.fromkeys(names, STRING)


OWNER = Struct(strings("apiVersion", "kind", "name", "uid") | {"controller": BOOLEAN}, atomic=True)
METADATA = Struct({
    "name": STRING, "namespace": STRING, "generateName": STRING, "uid": STRING, "resourceVersion": STRING,
    "creationTimestamp": Scalar("time"), "generation": NUMBER, "managedFields": ListOf(Struct({})),
    "labels": MapOf(STRING), "annotations": MapOf(STRING), "finalizers": string_set(),
    "ownerReferences": list_map(OWNER, "uid"),
})  # fmt: skip
KEY_REF = Struct({"name": STRING, "key": STRING}, atomic=True)
ENV = Struct({"name": STRING, "value": STRING, "valueFrom": Struct({"secretKeyRef": KEY_REF})})
PORT = Struct({"name": STRING, "containerPort": NUMBER, "protocol": STRING}, defaults={"protocol": "TCP"})
PROBE = Struct({
    "httpGet": Struct({"path": STRING, "port": INT_OR_STRING, "scheme": STRING}),
    "periodSeconds": NUMBER, "failureThreshold": NUMBER, "timeoutSeconds": NUMBER,
})  # fmt: skip
RESOURCES = Struct({"limits": MapOf(QUANTITY), "requests": MapOf(QUANTITY)})
CONTAINER = Struct({
    "name": STRING, "image": STRING, "imagePullPolicy": STRING, "command": ListOf(STRING), "args": ListOf(STRING),
    "env": list_map(ENV, "name"), "ports": list_map(PORT, "containerPort", "protocol", merge_key="containerPort"),
    "resources": RESOURCES, "livenessProbe": PROBE, "readinessProbe": PROBE,
    "volumeMounts": list_map(Struct({"name": STRING, "mountPath": STRING}), "mountPath"),
    "terminationMessagePath": STRING, "terminationMessagePolicy": STRING, "tty": BOOLEAN,
})  # fmt: skip
VOLUME = Struct({
    "name": STRING, "emptyDir": Struct({"medium": STRING}), "secret": Struct({"secretName": STRING}),
    "configMap": Struct({"name": STRING}),
}, retain_keys=True)  # fmt: skip
POD_SPEC = Struct(always={"containers": None}, fields={
    "containers": list_map(CONTAINER, "name"), "initContainers": list_map(CONTAINER, "name"),
    "volumes": list_map(VOLUME, "name"), "nodeSelector": MapOf(STRING, atomic=True), "restartPolicy": STRING,
    "securityContext": Struct({"runAsUser": NUMBER, "fsGroup": NUMBER}), "serviceAccountName": STRING,
    "tolerations": ListOf(Struct({"key": STRING, "operator": STRING})), "dnsPolicy": STRING,
    "terminationGracePeriodSeconds": NUMBER, "schedulerName": STRING,
})  # fmt: skip
TEMPLATE = Struct({"metadata": METADATA, "spec": POD_SPEC}, always={"metadata": {}, "spec": {}})
STRATEGY = Struct(
    {"type": STRING, "rollingUpdate": Struct({"maxSurge": INT_OR_STRING, "maxUnavailable": INT_OR_STRING})},
    retain_keys=True,
)
CONDITION = Struct(strings("type", "status", "reason", "message", "lastTransitionTime"))
STATUS = Struct({
    "replicas": NUMBER, "readyReplicas": NUMBER, "updatedReplicas": NUMBER, "observedGeneration": NUMBER,
    "conditions": list_map(CONDITION, "type"),
})  # fmt: skip
DEPLOYMENT = Struct(always={"metadata": {}, "spec": {}, "status": {}}, fields={
    "apiVersion": STRING, "kind": STRING, "metadata": METADATA,
    "spec": Struct(always={"strategy": {}, "template": {}, "selector": None}, fields={
        "replicas": NUMBER, "paused": BOOLEAN, "strategy": STRATEGY, "template": TEMPLATE,
        "selector": Struct({"matchLabels": MapOf(STRING)}, atomic=True),
        "revisionHistoryLimit": NUMBER, "progressDeadlineSeconds": NUMBER,
    }),
    "status": STATUS,
})  # fmt: skip
CONFIG_MAP = Struct({"apiVersion": STRING, "kind": STRING, "metadata": METADATA, "data": MapOf(STRING)})
CUSTOM = Struct({
    "apiVersion": STRING, "kind": STRING, "metadata": METADATA,
    "spec": Struct({"bundle": STRING, "components": ListOf(Struct({"kind": STRING, "managed": BOOLEAN})),
                    "free": Struct(preserve_unknown=True)}),
    "status": Struct({"phase": STRING}),
})  # fmt: skip
