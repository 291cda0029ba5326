"""Creates, updates and deletes: codes, canonical answers, validation."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.objects import Object
from tests.api.conformance.probes import ABSENT, YAML, Ask, Probe, Server, check, contains, has_keys, present

MAPS = "/api/v1/namespaces/{ns}/configmaps"
PODS = "/api/v1/namespaces/{ns}/pods"
SECRETS = "/api/v1/namespaces/{ns}/secrets"
SERVICES = "/api/v1/namespaces/{ns}/services"
CLAIMS = "/api/v1/namespaces/{ns}/persistentvolumeclaims"
DEPLOYMENTS = "/apis/apps/v1/namespaces/{ns}/deployments"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/{ns}/leases"


def named(name: str, **rest: Any) -> Object:
    return {"metadata": {"name": name}} | rest


def pod(name: str, container: Object | None = None, **spec: Any) -> Object:
    first = {"name": "main", "image": "example.com/app:1"} | (container or {})
    return named(name, spec={"containers": [first]} | spec)


def deployment(name: str, container: Object | None = None, **spec: Any) -> Object:
    template = {"metadata": {"labels": {"app": name}}, "spec": pod(name, container)["spec"]}
    return named(name, spec={"selector": {"matchLabels": {"app": name}}, "template": template} | spec)


def post(path: str, body: Any, **query: str) -> Ask:
    return Ask("POST", path, body, query)


MAP = post(MAPS, named("a", data={"k": "v"}))
CLAIM: Object = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1024Mi"}}}
HELD = {"metadata": {"name": "a", "finalizers": ["example.com/hold"]}}
ASIDE = deployment("a", {"resources": {"limits": {"memory": "1024Mi", "cpu": "0.5"}}}, replicas=0)
CONTAINER = "spec.template.spec.containers.0"

PROBES = (
    # 1: codes and what a delete answers
    Probe("a create answers 201 with the object", MAP, 201, {"kind": "ConfigMap", "data.k": "v"}),
    Probe(
        "a delete answers Success with details",
        Ask("DELETE", f"{MAPS}/a"),
        200,
        {
            "kind": "Status",
            "status": "Success",
            "details.name": "a",
            "details.kind": "configmaps",
            "details.uid": present,
            "details.group": ABSENT,
        },
        (MAP,),
    ),
    Probe(
        "of a group, the details name it",
        Ask("DELETE", f"{LEASES}/a"),
        200,
        {"details.group": "coordination.k8s.io"},
        (post(LEASES, named("a", spec={})),),
    ),
    Probe("a deleted Service is answered whole", Ask("DELETE", f"{SERVICES}/a"), 200, {"kind": "Service"},
          (post(SERVICES, named("a", spec={"ports": [{"port": 80}]})),)),
    Probe(
        "what a finalizer holds is answered whole, with its time",
        Ask("DELETE", f"{MAPS}/a"),
        200,
        {"kind": "ConfigMap", "metadata.deletionTimestamp": present, "metadata.deletionGracePeriodSeconds": 0},
        (post(MAPS, HELD),),
    ),
    Probe("a deleted collection is answered as a list", Ask("DELETE", MAPS, query={"labelSelector": "a=b"}), 200,
          {"kind": "ConfigMapList", "items.0.metadata.name": "a", "items.1": ABSENT},
          (post(MAPS, {"metadata": {"name": "a", "labels": {"a": "b"}}}),)),
    Probe("a delete with another uid is a conflict",
          Ask("DELETE", f"{MAPS}/a", {"preconditions": {"uid": "00000000-0000-0000-0000-000000000000"}}), 409,
          {"reason": "Conflict", "message": contains("Operation cannot be fulfilled", "the UID in the precondition")},
          (MAP,)),
    Probe("what is not there cannot be deleted", Ask("DELETE", f"{MAPS}/none"), 404,
          {"message": 'configmaps "none" not found', "details.name": "none", "details.kind": "configmaps"}),
    # 2: canonical answers
    Probe("the namespace comes from the URL", MAP, 201, {"metadata.namespace": "{ns}"}),
    Probe("empty maps and lists are dropped", post(MAPS, {"metadata": {"name": "a", "labels": {}}, "data": {}}), 201,
          {"data": ABSENT, "metadata.labels": ABSENT}),
    Probe("defaults are filled in", post(DEPLOYMENTS, ASIDE), 201,
          {"spec.strategy.type": "RollingUpdate", "spec.progressDeadlineSeconds": 600,
           "spec.revisionHistoryLimit": 10, f"{CONTAINER}.imagePullPolicy": "IfNotPresent",
           f"{CONTAINER}.terminationMessagePath": "/dev/termination-log"}),
    Probe("quantities are canonical", post(DEPLOYMENTS, ASIDE), 201,
          {f"{CONTAINER}.resources.limits": {"memory": "1Gi", "cpu": "500m"}}),
    Probe("requests are copied from limits", post(PODS, pod("a", ASIDE["spec"]["template"]["spec"]["containers"][0])), 201,
          {"spec.containers.0.resources.requests": {"memory": "1Gi", "cpu": "500m"},
           "status.qosClass": "Guaranteed"}),
    Probe("string data of a Secret becomes data", post(SECRETS, named("a", stringData={"k": "v"})), 201,
          {"data.k": "dg==", "stringData": ABSENT, "type": "Opaque"}),
    Probe("a Service gets an address", post(SERVICES, named("a", spec={"ports": [{"port": 80}]})), 201,
          {"spec.clusterIP": present, "spec.ports.0.targetPort": 80, "spec.ports.0.protocol": "TCP",
           "spec.sessionAffinity": "None", "spec.type": "ClusterIP", "status": {"loadBalancer": {}}}),
    Probe("a name is generated", post(MAPS, {"metadata": {"generateName": "a-"}}), 201,
          {"metadata.name": lambda name: len(name) == 7 and name.startswith("a-")}),
    # 6: validation
    Probe("an unknown field is dropped with a warning", post(MAPS, named("a", colour="red")), 201,
          {"colour": ABSENT}, headers={"warning": '299 - "unknown field \\"colour\\""'}),
    Probe("an unknown field may be refused", post(MAPS, named("a", colour="red"), fieldValidation="Strict"), 400,
          {"reason": "BadRequest", "message": contains("strict decoding error: unknown field", "colour")}),
    Probe("an unknown field may be ignored", post(MAPS, named("a", colour="red"), fieldValidation="Ignore"), 201,
          {"colour": ABSENT}),
    Probe("an unknown kind of validation is refused", post(MAPS, named("a"), fieldValidation="Perhaps"), 422,
          {"reason": "Invalid", "details.causes.0.field": "fieldValidation"}),
    Probe("a wrong JSON type is a bad request", post(MAPS, named("a", data={"k": 1})), 400,
          {"reason": "BadRequest", "message": contains("cannot be handled as a ConfigMap", "cannot unmarshal number")}),
    Probe("the kind may be missing", post(MAPS, {"metadata": {"name": "a"}}), 201, {"kind": "ConfigMap"}),
    Probe("another kind is refused", post(MAPS, {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "a"}}), 400,
          {"reason": "BadRequest"}),
    Probe("a resourceVersion on create is refused", post(MAPS, {"metadata": {"name": "a", "resourceVersion": "1"}}), 500,
          {"message": contains("resourceVersion should not be set on objects to be created")}),
    Probe("a second create is a conflict", MAP, 409,
          {"reason": "AlreadyExists", "message": 'configmaps "a" already exists'}, (MAP,)),
    Probe("a name has rules", post(MAPS, named("A_b")), 422,
          {"reason": "Invalid", "details.kind": "ConfigMap", "details.causes.0.field": "metadata.name",
           "message": contains('ConfigMap "A_b" is invalid: metadata.name: Invalid value: "A_b":', "RFC 1123 subdomain")}),
    Probe("a name is required", post(MAPS, {"metadata": {}}), 422,
          {"message": contains("metadata.name: Required value: name or generateName is required")}),
    Probe("labels have rules", post(MAPS, {"metadata": {"name": "a", "labels": {"k": "-"}}}), 422,
          {"details.causes.0.field": "metadata.labels"}),
    Probe("all that is wrong is told", post(DEPLOYMENTS, named("a", spec={"template": {}})), 422,
          {"details.causes": lambda causes: len(causes) >= 2, "message": contains("is invalid: [")}),
    Probe("the selector must match the template",
          post(DEPLOYMENTS, deployment("a", selector={"matchLabels": {"app": "b"}})), 422,
          {"message": contains("`selector` does not match template `labels`")}),
    Probe("another namespace in the body is refused", post(MAPS, {"metadata": {"name": "a", "namespace": "x"}}), 400,
          {"message": "the namespace of the provided object does not match the namespace sent on the request"}),
    Probe("a create in no namespace is 404", post("/api/v1/namespaces/nowhere/configmaps", named("a")), 404,
          {"message": 'namespaces "nowhere" not found', "details.kind": "namespaces"}),
    Probe("an empty body is refused", Ask("POST", MAPS), 400, {"kind": "Status"}),
    Probe("a body that is no JSON is refused", Ask("POST", MAPS, b"{"), 400, {"reason": "BadRequest"}),
    Probe("another media type is refused", Ask("POST", MAPS, b"a", type="text/csv"), 415,
          {"reason": "UnsupportedMediaType"}),
    Probe("a dry run leaves nothing", Ask("GET", f"{MAPS}/a"), 404, before=(post(MAPS, named("a"), dryRun="All"),)),
    Probe("another dry run is refused", post(MAPS, named("a"), dryRun="Some"), 422, {"details.causes.0.field": "dryRun"}),
    Probe("a field manager has a longest name", post(MAPS, named("a"), fieldManager="m" * 129), 422,
          {"details.causes.0.field": "fieldManager"}),
    # 7: PUT
    Probe("a ConfigMap is replaced without its version", Ask("PUT", f"{MAPS}/a", named("a", data={"k": "w"})), 200,
          {"data.k": "w"}, (MAP,)),
    Probe("a Lease is not", Ask("PUT", f"{LEASES}/a", named("a", spec={})), 422,
          {"message": contains("metadata.resourceVersion: Invalid value: 0x0: must be specified for an update")},
          (post(LEASES, named("a", spec={})),)),
    Probe("a PUT to a missing ConfigMap is 404", Ask("PUT", f"{MAPS}/a", named("a")), 404),
    Probe("a PUT to a missing Lease creates it", Ask("PUT", f"{LEASES}/a", named("a", spec={})), 201),
    Probe("an old version is a conflict",
          Ask("PUT", f"{MAPS}/a", {"metadata": {"name": "a", "resourceVersion": "1"}}), 409,
          {"message": contains('Operation cannot be fulfilled on configmaps "a": the object has been modified')}, (MAP,)),
    Probe("another name is refused", Ask("PUT", f"{MAPS}/a", named("b")), 400,
          {"message": "the name of the object (b) does not match the name on the URL (a)"}, (MAP,)),
    Probe("the selector of a Deployment stays",
          Ask("PUT", f"{DEPLOYMENTS}/a", deployment("b") | {"metadata": {"name": "a"}}), 422,
          {"message": contains("spec.selector: Invalid value", "field is immutable")}, (post(DEPLOYMENTS, ASIDE),)),
    Probe("an immutable ConfigMap stays", Ask("PUT", f"{MAPS}/a", named("a", data={"k": "w"}, immutable=True)), 422,
          {"message": contains("Forbidden: field is immutable when `immutable` is set")},
          (post(MAPS, named("a", data={"k": "v"}, immutable=True)),)),
    # 12: claims and namespaces
    Probe("a claim is protected", post(CLAIMS, named("a", spec=CLAIM)), 201,
          {"metadata.finalizers": ["kubernetes.io/pvc-protection"], "spec.resources.requests.storage": "1Gi",
           "spec.volumeMode": "Filesystem", "status.phase": "Pending"}),
    Probe("finalizers of a namespace do not go by PUT", Ask("PUT", "/api/v1/namespaces/{ns}", named("{ns}", spec={})), 200,
          {"spec.finalizers": ["kubernetes"]}),
    Probe("the default namespace stays", Ask("DELETE", "/api/v1/namespaces/default"), 403,
          {"message": 'namespaces "default" is forbidden: this namespace may not be deleted'}),
    Probe("a namespace has its name as a label", Ask("GET", "/api/v1/namespaces/{ns}"), 200,
          {"metadata.labels.kubernetes~io/metadata~name": "{ns}", "status.phase": "Active"}),
    # 11: Pods
    Probe("a Pod gets what admission adds", post(PODS, pod("a")), 201,
          {"spec.tolerations.0.tolerationSeconds": 300, "spec.priority": 0, "spec.preemptionPolicy": "PreemptLowerPriority",
           "spec.serviceAccountName": "default", "spec.volumes.0.projected.defaultMode": 420, "status.phase": "Pending"}),
    Probe("a missing ServiceAccount is forbidden", post(PODS, pod("a", serviceAccountName="ghost")), 403,
          {"message": 'pods "a" is forbidden: error looking up service account {ns}/ghost: serviceaccount "ghost" not found'}),
    Probe("an unbound Pod vanishes at once", Ask("GET", f"{PODS}/a"), 404,
          before=(post(PODS, pod("a", nodeSelector={"no": "where"})), Ask("DELETE", f"{PODS}/a"))),
    # 14: absent zeros
    Probe("a fresh Deployment has an empty status", post(DEPLOYMENTS, ASIDE), 201, {"status": {}}),
    Probe("a Scale of zero says nothing", Ask("GET", f"{DEPLOYMENTS}/a/scale"), 200,
          {"kind": "Scale", "spec": {}, "status.replicas": 0}, (post(DEPLOYMENTS, ASIDE),)),
    # 17: YAML 1.1
    Probe("y is a boolean in YAML", Ask("POST", MAPS, b"metadata:\n  name: y\n", type=YAML), 400, {"reason": "BadRequest"}),
    Probe("YAML is understood", Ask("POST", MAPS, b"metadata:\n  name: a\ndata: {k: 'y'}\n", type=YAML), 201, {"data.k": "y"}),
    # generation
    Probe("a ConfigMap has no generation", MAP, 201, {"metadata.generation": ABSENT}),
    Probe("a Deployment begins with generation 1", post(DEPLOYMENTS, ASIDE), 201, {"metadata.generation": 1}),
    Probe("the creator owns its fields", post(MAPS, named("a", data={"k": "v"})), 201,
          {"metadata.managedFields.0": has_keys("manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1"),
           "metadata.managedFields.0.manager": "prober",
           "metadata.managedFields.0.fieldsV1": {"f:data": {".": {}, "f:k": {}}}}),
)  # fmt: skip


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.says)
def test_writes(probe: Probe, server: Server, namespace: str) -> None:
    check(probe, server, namespace)
