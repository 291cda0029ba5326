"""Volumes, environment and images: what a Pod waits for, and what it says meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.kinds.refs import CONFIG_MAPS, PERSISTENT_VOLUME_CLAIMS, SECRETS
from fake_cluster.node.program import Context, Program
from fake_cluster.objects import Object, condition
from tests.node.conftest import Lab, container


def secret(name: str = "password", **data: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "default"},
        "data": data,
    }


def config(name: str = "settings", **data: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "default"},
        "data": data,
    }


def volume(**source: Any) -> Object:
    return {"name": "v", **source}


def test_a_pod_waits_for_the_secret_that_it_mounts(lab: Lab) -> None:
    lab.create(volumes=[volume(secret={"secretName": "password"})])
    lab.cluster.advance(60)
    assert lab.phase() == "Pending"
    assert lab.state() == {"waiting": {"reason": "ContainerCreating"}}
    assert lab.messages("FailedMount") == [
        'MountVolume.SetUp failed for volume "v" : secret "password" not found'
    ]
    network = condition(lab.pod(), "PodReadyToStartContainers")
    assert network is not None
    assert network["status"] == "False"
    lab.client.create(SECRETS, secret())
    lab.until_ready()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"secret": {"secretName": "password", "items": [{"key": "b", "path": "b"}]}}, "references non-existent secret key: b"),
        ({"configMap": {"name": "settings", "items": [{"key": "b", "path": "b"}]}}, "references non-existent config key: b"),
        ({"configMap": {"name": "other"}}, 'configmap "other" not found'),
        ({"projected": {"sources": [{"secret": {"name": "password"}}, {"configMap": {"name": "other"}}]}}, 'configmap "other" not found'),
    ],
)  # fmt: skip
def test_a_pod_waits_for_every_part_of_a_volume(lab: Lab, source: Object, message: str) -> None:
    lab.client.create(SECRETS, secret(a="YQ=="))
    lab.client.create(CONFIG_MAPS, config(a="1"))
    lab.create(volumes=[volume(**source)])
    lab.cluster.advance(60)
    assert lab.phase() == "Pending"
    assert lab.messages("FailedMount")[0].endswith(message)


def test_a_key_that_is_added_lets_the_pod_start(lab: Lab) -> None:
    lab.client.create(CONFIG_MAPS, config(a="1"))
    lab.create(volumes=[volume(configMap={"name": "settings", "items": [{"key": "b", "path": "b"}]})])
    lab.cluster.advance(60)
    lab.client.patch(CONFIG_MAPS, "settings", {"data": {"b": "2"}}, "default")
    lab.until_ready()


def test_what_is_optional_is_not_waited_for(lab: Lab) -> None:
    environment = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "x", "key": "k", "optional": True}}}]
    sources = [{"configMap": {"name": "y", "optional": True}}]
    lab.create(
        containers=[container(env=environment, envFrom=[{"configMapRef": {"name": "z", "optional": True}}])],
        volumes=[volume(projected={"sources": sources})],
    )
    lab.until_ready()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "x", "key": "k"}}}]},
            'secret "x" not found',
        ),
        ({"envFrom": [{"configMapRef": {"name": "y"}}]}, 'configmap "y" not found'),
        (
            {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "k"}}}]},
            "couldn't find key k in ConfigMap default/settings",
        ),
    ],
)
def test_a_container_waits_for_what_its_environment_is_made_of(
    lab: Lab, fields: Object, message: str
) -> None:
    lab.client.create(CONFIG_MAPS, config(a="1"))
    lab.create(containers=[container(**fields)])
    lab.cluster.advance(30)
    assert lab.state() == {"waiting": {"reason": "CreateContainerConfigError", "message": message}}
    assert f"Error: {message}" in lab.messages("Failed")


def test_a_container_starts_when_its_environment_can_be_made(lab: Lab) -> None:
    lab.create(containers=[container(envFrom=[{"secretRef": {"name": "password"}}])])
    lab.cluster.advance(30)
    lab.client.create(SECRETS, secret())
    lab.until_ready()


def test_a_pod_waits_for_its_claim_to_be_bound(lab: Lab) -> None:
    lab.create(volumes=[volume(persistentVolumeClaim={"claimName": "data"})])
    assert lab.node_of("p") == ""
    lab.client.create(
        PERSISTENT_VOLUME_CLAIMS,
        {
            "metadata": {"name": "data", "namespace": "default"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        },
    )
    lab.until_ready()


def test_an_image_of_the_domain_invalid_cannot_be_pulled(lab: Lab) -> None:
    lab.create(containers=[container(image="registry.invalid/app:1")])
    lab.cluster.run_until(lambda: lab.state()["waiting"]["reason"] == "ErrImagePull")
    assert "lookup registry.invalid: no such host" in lab.state()["waiting"]["message"]
    lab.cluster.run_until(lambda: lab.state()["waiting"]["reason"] == "ImagePullBackOff")
    assert lab.state()["waiting"]["message"].startswith('Back-off pulling image "registry.invalid/app:1"')
    assert lab.phase() == "Pending"


def test_an_image_that_a_test_declares_broken_cannot_be_pulled_until_it_is_healed(lab: Lab) -> None:
    lab.cluster.images.fail("example.com/*", "unauthorized")
    lab.create()
    lab.cluster.run_until(lambda: lab.state()["waiting"]["reason"] == "ImagePullBackOff")
    assert "unauthorized" in lab.messages("Failed")[0]
    lab.cluster.images.heal("example.com/*")
    lab.until_ready(timeout=15)


def test_an_image_name_that_makes_no_sense_is_said_to_be_invalid(lab: Lab) -> None:
    lab.create(containers=[container(image="Not An Image")])
    lab.cluster.advance(5)
    assert lab.state()["waiting"]["reason"] == "InvalidImageName"


class Reader(Program):
    """Logs what it finds in its environment and its files."""

    def start(self, context: Context) -> None:
        context.log(f"{context.env['A']} {context.env['B']} {context.env['HOME']}")
        context.log(context.read("/etc/app/renamed").decode())
        context.log(context.read("/etc/settings/a").decode())


def test_a_program_sees_its_environment_and_its_files(lab: Lab) -> None:
    lab.cluster.programs.add("*", Reader)
    lab.client.create(SECRETS, secret(a="c2VjcmV0"))
    lab.client.create(CONFIG_MAPS, config(a="plain"))
    environment = [
        {"name": "B", "valueFrom": {"secretKeyRef": {"name": "password", "key": "a"}}},
        {"name": "HOME", "value": "/home/$(A)"},
    ]
    mounts = [{"name": "v", "mountPath": "/etc/app"}, {"name": "w", "mountPath": "/etc/settings"}]
    lab.create(
        containers=[
            container(env=environment, envFrom=[{"configMapRef": {"name": "upper"}}], volumeMounts=mounts)
        ],
        volumes=[
            volume(secret={"secretName": "password", "items": [{"key": "a", "path": "renamed"}]}),
            {"name": "w", "configMap": {"name": "settings"}},
        ],
    )
    lab.client.create(CONFIG_MAPS, config("upper", A="user"))
    lab.until_ready()
    assert lab.cluster.node_agent.logs(lab.pod(), "c", {}) == "user secret /home/user\nsecret\nplain\n"
