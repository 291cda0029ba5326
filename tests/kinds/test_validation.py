"""What is wrong with an object is said in the words of the real server, all of it at once."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.kinds import Kinds, refs
from fake_cluster.objects import Object, ResourceRef, copy_of

LABELS = {"app": "x"}


def prepared(ref: ResourceRef, body: Object) -> tuple[Any, Object]:
    resource = Kinds().find(ref.group, ref.version, ref.plural)
    assert resource is not None
    obj = resource.decode({"metadata": {"name": "x", "namespace": "n"}, **body}).obj
    resource.default(obj)
    return resource, obj


def complaints(ref: ResourceRef, **body: Any) -> list[str]:
    resource, obj = prepared(ref, body)
    return [str(error) for error in resource.validate_create(obj)]


def update_complaints(ref: ResourceRef, body: Object, change: Object) -> list[str]:
    resource, old = prepared(ref, body)
    new = copy_of(old)
    for path, value in change.items():
        *parents, last = path.split(".")
        place = new
        for parent in parents:
            place = place[parent]
        place[last] = value
    return [str(error) for error in resource.validate_update(new, old)]


def deployment(**spec: Any) -> Object:
    container = {"name": "app", "image": "app:1"}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    return {"spec": {"selector": {"matchLabels": LABELS}, "template": template, **spec}}


def pod(**container: Any) -> Object:
    return {"spec": {"containers": [{"name": "app", "image": "app:1", **container}]}}


def test_a_sound_deployment_has_nothing_wrong() -> None:
    assert complaints(refs.DEPLOYMENTS, **deployment()) == []


def test_containers_of_a_stateful_set_mount_its_claim_templates() -> None:
    body = deployment(volumeClaimTemplates=[{"metadata": {"name": "data"}, "spec": {}}])
    container = body["spec"]["template"]["spec"]["containers"][0]
    container["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    assert complaints(refs.STATEFUL_SETS, **body) == []
    container["volumeMounts"][0]["name"] = "log"
    assert complaints(refs.STATEFUL_SETS, **body) == [
        'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "log"'
    ]


def test_a_selector_must_match_its_own_template() -> None:
    found = complaints(refs.DEPLOYMENTS, **deployment(selector={"matchLabels": {"app": "y"}}))

    assert found == [
        'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`'
    ]


def test_a_selector_is_required() -> None:
    body = deployment()
    del body["spec"]["selector"]

    assert complaints(refs.DEPLOYMENTS, **body) == ["spec.selector: Required value"]


def test_a_selector_cannot_change() -> None:
    change = {"spec.selector": {"matchLabels": {**LABELS, "more": "y"}}}

    found = update_complaints(refs.DEPLOYMENTS, deployment(), change)

    assert [text for text in found if text.endswith("field is immutable")] != []


def test_a_recreating_deployment_takes_no_rolling_update() -> None:
    strategy = {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}

    assert complaints(refs.DEPLOYMENTS, **deployment(strategy=strategy)) == [
        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"
    ]


@pytest.mark.parametrize(
    ("container", "complaint"),
    [
        ({"image": ""}, "spec.containers[0].image: Required value"),
        ({"name": ""}, "spec.containers[0].name: Required value"),
        (
            {"imagePullPolicy": "Sometimes"},
            (
                'spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": '
                'supported values: "Always", "IfNotPresent", "Never"'
            ),
        ),
        (
            {"ports": [{"containerPort": 70000}]},
            (
                "spec.containers[0].ports[0].containerPort: Invalid value: 70000: "
                "must be between 1 and 65535, inclusive"
            ),
        ),
        (
            {"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
            'spec.containers[0].volumeMounts[0].name: Not found: "data"',
        ),
        (
            {"resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "2"}}},
            (
                'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to '
                "cpu limit of 1"
            ),
        ),
        (
            {"livenessProbe": {}},
            "spec.containers[0].livenessProbe: Required value: must specify a handler type",
        ),
    ],
)
def test_containers_are_checked_field_by_field(container: Object, complaint: str) -> None:
    assert complaint in complaints(refs.PODS, **pod(**container))


def test_a_pod_needs_a_container() -> None:
    assert complaints(refs.PODS, spec={}) == ["spec.containers: Required value"]


def test_a_running_pod_hardly_changes() -> None:
    found = update_complaints(refs.PODS, pod(), {"spec.restartPolicy": "Never"})

    assert found[0].startswith("spec: Forbidden: pod updates may not change fields other than")


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("UPPER", "a lowercase RFC 1123 subdomain must consist of"),
        ("-dash", "a lowercase RFC 1123 subdomain must consist of"),
        ("a" * 254, "must be no more than 253 characters"),
    ],
)
def test_names_are_subdomains(name: str, rule: str) -> None:
    found = complaints(refs.CONFIG_MAPS, metadata={"name": name, "namespace": "n"})

    assert found[0].startswith("metadata.name: Invalid value: ")
    assert rule in found[0]


def test_an_object_needs_a_name() -> None:
    found = complaints(refs.CONFIG_MAPS, metadata={"namespace": "n"})

    assert found == ["metadata.name: Required value: name or generateName is required"]


@pytest.mark.parametrize(
    ("labels", "rule"),
    [
        ({"bad key": "x"}, "name part must consist of alphanumeric characters"),
        ({"/x": "y"}, "prefix part must be non-empty"),
        ({"a": "not a label!"}, "a valid label must be an empty string or consist of"),
        ({"a": "x" * 64}, "must be no more than 63 characters"),
    ],
)
def test_labels_are_checked(labels: dict[str, str], rule: str) -> None:
    found = complaints(refs.SECRETS, metadata={"name": "x", "namespace": "n", "labels": labels})

    assert any(text.startswith("metadata.labels: Invalid value: ") and rule in text for text in found)


def test_a_finalizer_is_qualified() -> None:
    metadata = {"name": "x", "namespace": "n", "finalizers": ["mine"]}

    assert complaints(refs.SECRETS, metadata=metadata) == [
        (
            'metadata.finalizers[0]: Invalid value: "mine": '
            "name is neither a standard finalizer name nor is it fully qualified"
        )
    ]


def test_two_controllers_cannot_own_one_object() -> None:
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "1", "controller": True}
    metadata = {"name": "x", "namespace": "n", "ownerReferences": [owner, owner | {"uid": "2"}]}

    found = complaints(refs.SECRETS, metadata=metadata)

    assert "Only one reference can have Controller set to true" in found[0]


def test_an_immutable_config_map_stays_as_it_is() -> None:
    body: Object = {"immutable": True, "data": {"a": "1"}}

    assert update_complaints(refs.CONFIG_MAPS, body, {"data": {"a": "2"}}) == [
        "data: Forbidden: field is immutable when `immutable` is set"
    ]


def test_a_secret_keeps_its_type() -> None:
    assert update_complaints(refs.SECRETS, {}, {"type": "example.com/other"}) == [
        'type: Invalid value: "example.com/other": field is immutable'
    ]


def test_a_service_with_several_ports_names_them() -> None:
    ports = [{"port": 80}, {"port": 443}]

    assert complaints(refs.SERVICES, spec={"ports": ports}) == [
        "spec.ports[0].name: Required value",
        "spec.ports[1].name: Required value",
    ]


def test_a_claim_cannot_shrink() -> None:
    body: Object = {
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Gi"}}},
        "status": {"phase": "Bound"},
    }

    found = update_complaints(
        refs.PERSISTENT_VOLUME_CLAIMS, body, {"spec.resources.requests.storage": "10Gi"}
    )

    assert found == ["spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"]


def test_an_autoscaler_has_its_bounds_in_order() -> None:
    target = {"kind": "Deployment", "name": "x"}
    spec = {"minReplicas": 5, "maxReplicas": 2, "scaleTargetRef": target}

    assert complaints(refs.HORIZONTAL_POD_AUTOSCALERS, spec=spec) == [
        "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`"
    ]


def test_a_definition_is_named_after_plural_and_group() -> None:
    schema = {"openAPIV3Schema": {"type": "object"}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    spec = {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "things", "kind": "Thing"},
        "versions": [version],
    }

    found = complaints(refs.CUSTOM_RESOURCE_DEFINITIONS, metadata={"name": "wrong"}, spec=spec)

    assert found == ['metadata.name: Invalid value: "wrong": must be spec.names.plural+"."+spec.group']
