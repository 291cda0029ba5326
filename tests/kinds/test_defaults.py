"""What comes back from a create has the defaults that a real server fills in."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.kinds import Kinds, refs
from fake_cluster.objects import Object, ResourceRef

CONTAINER: Object = {"name": "app", "image": "registry.test/app:1.0"}
FILLED: Object = CONTAINER | {
    "imagePullPolicy": "IfNotPresent",
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "resources": {},
}
POD_SPEC: Object = {
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "securityContext": {},
    "schedulerName": "default-scheduler",
}


def defaulted(ref: ResourceRef, spec: Object, **fields: Any) -> Object:
    resource = Kinds().find(ref.group, ref.version, ref.plural)
    assert resource is not None
    obj = resource.decode({"metadata": {"name": "x"}, "spec": spec, **fields}).obj
    resource.default(obj)
    return obj


def template(**spec: Any) -> Object:
    return {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [CONTAINER], **spec}}


def test_a_deployment_rolls_a_quarter_at_a_time_and_has_ten_minutes() -> None:
    spec = defaulted(refs.DEPLOYMENTS, {"template": template()})["spec"]

    assert spec["replicas"] == 1
    assert spec["progressDeadlineSeconds"] == 600
    assert spec["revisionHistoryLimit"] == 10
    quarter = {"maxUnavailable": "25%", "maxSurge": "25%"}
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": quarter}
    assert spec["template"]["spec"] == POD_SPEC | {"containers": [FILLED]}


def test_a_deployment_that_recreates_has_no_rolling_update() -> None:
    spec = defaulted(refs.DEPLOYMENTS, {"strategy": {"type": "Recreate"}, "template": template()})["spec"]

    assert spec["strategy"] == {"type": "Recreate"}


def test_zero_replicas_stay_zero() -> None:
    assert defaulted(refs.DEPLOYMENTS, {"replicas": 0, "template": template()})["spec"]["replicas"] == 0


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("app", "Always"),
        ("app:latest", "Always"),
        ("localhost:5000/app", "Always"),
        ("app:1.0", "IfNotPresent"),
        ("app@sha256:" + "0" * 64, "IfNotPresent"),
        ("localhost:5000/app:1.0", "IfNotPresent"),
    ],
)
def test_only_moving_tags_are_always_pulled(image: str, policy: str) -> None:
    pod = defaulted(refs.PODS, {"containers": [{"name": "app", "image": image}]})

    assert pod["spec"]["containers"][0]["imagePullPolicy"] == policy


def test_a_pod_takes_requests_from_limits_but_a_template_does_not() -> None:
    limited = CONTAINER | {
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}
    }

    pod = defaulted(refs.PODS, {"containers": [limited]})
    deployment = defaulted(refs.DEPLOYMENTS, {"template": {"spec": {"containers": [limited]}}})

    assert pod["spec"]["containers"][0]["resources"]["requests"] == {"cpu": "500m", "memory": "1Gi"}
    inner = deployment["spec"]["template"]["spec"]["containers"][0]
    assert inner["resources"]["requests"] == {"cpu": "500m"}


def test_service_links_belong_to_pods_and_not_to_templates() -> None:
    pod = defaulted(refs.PODS, {"containers": [CONTAINER]})
    deployment = defaulted(refs.DEPLOYMENTS, {"template": template()})

    assert pod["spec"]["enableServiceLinks"] is True
    assert "enableServiceLinks" not in deployment["spec"]["template"]["spec"]


def test_the_old_name_of_the_service_account_follows_the_new_one() -> None:
    spec = defaulted(refs.DEPLOYMENTS, {"template": template(serviceAccountName="builder")})["spec"]

    assert spec["template"]["spec"]["serviceAccount"] == "builder"


def test_volumes_get_file_modes_and_a_volume_without_source_is_an_empty_directory() -> None:
    volumes = [
        {"name": "a", "secret": {"secretName": "s"}},
        {"name": "b", "configMap": {"name": "c"}},
        {"name": "c", "projected": {"sources": [{"secret": {"name": "s"}}]}},
        {"name": "d"},
    ]

    pod = defaulted(refs.PODS, {"containers": [CONTAINER], "volumes": volumes})

    found = pod["spec"]["volumes"]
    assert found[0]["secret"]["defaultMode"] == 420
    assert found[1]["configMap"]["defaultMode"] == 420
    assert found[2]["projected"]["defaultMode"] == 420
    assert found[3]["emptyDir"] == {}


def test_probes_run_every_ten_seconds_and_fail_at_the_third_time() -> None:
    probed = CONTAINER | {"readinessProbe": {"httpGet": {"port": 8080}}}

    pod = defaulted(refs.PODS, {"containers": [probed]})

    assert pod["spec"]["containers"][0]["readinessProbe"] == {
        "httpGet": {"port": 8080, "path": "/", "scheme": "HTTP"},
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }


def test_a_service_forwards_to_the_port_itself() -> None:
    spec = defaulted(refs.SERVICES, {"ports": [{"port": 80}]})["spec"]

    assert spec["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert spec["type"] == "ClusterIP"
    assert spec["sessionAffinity"] == "None"
    assert spec["internalTrafficPolicy"] == "Cluster"


def test_a_job_runs_once_and_is_retried_six_times() -> None:
    job = defaulted(refs.JOBS, {"template": template(restartPolicy="OnFailure")})

    spec = job["spec"]
    assert (spec["completions"], spec["parallelism"], spec["backoffLimit"]) == (1, 1, 6)
    assert spec["completionMode"] == "NonIndexed"
    assert job["metadata"]["labels"] == {"app": "x"}


def test_a_job_with_parallelism_alone_has_no_number_of_completions() -> None:
    spec = defaulted(refs.JOBS, {"parallelism": 3, "template": template(restartPolicy="Never")})["spec"]

    assert "completions" not in spec


def test_an_autoscaler_without_metrics_looks_at_the_processor() -> None:
    target = {"kind": "Deployment", "name": "x", "apiVersion": "apps/v1"}

    spec = defaulted(refs.HORIZONTAL_POD_AUTOSCALERS, {"maxReplicas": 3, "scaleTargetRef": target})["spec"]

    assert spec["minReplicas"] == 1
    wanted = {"type": "Utilization", "averageUtilization": 80}
    assert spec["metrics"] == [{"type": "Resource", "resource": {"name": "cpu", "target": wanted}}]


def test_a_claim_is_pending_and_for_a_file_system() -> None:
    claim = defaulted(refs.PERSISTENT_VOLUME_CLAIMS, {"accessModes": ["ReadWriteOnce"]})

    assert claim["spec"]["volumeMode"] == "Filesystem"
    assert claim["status"] == {"phase": "Pending"}


def test_a_binding_refers_to_the_rbac_group() -> None:
    resource = Kinds().find("rbac.authorization.k8s.io", "v1", "rolebindings")
    assert resource is not None
    subjects = [{"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "s", "namespace": "n"}]
    body = {"metadata": {"name": "x"}, "roleRef": {"kind": "Role", "name": "r"}, "subjects": subjects}
    obj = resource.decode(body).obj

    resource.default(obj)

    assert obj["roleRef"]["apiGroup"] == "rbac.authorization.k8s.io"
    assert obj["subjects"][0]["apiGroup"] == "rbac.authorization.k8s.io"
    assert "apiGroup" not in obj["subjects"][1]
