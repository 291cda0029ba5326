"""Preparing the bundle for builders: keys of temporary Secrets are copied into it."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from quaysim.targets.resources import DEPLOYMENTS, QUAY_REGISTRIES, SECRETS
from steps.support.bundle import secret_of
from steps.support.certificates import key_pair
from steps.support.expect import same
from steps.support.scene import Scene
from steps.support.words import column

BUILD_CLUSTER_CA = "extra_ca_cert_build_cluster.crt"


@given(parsers.parse('the Secret "{name}" with the build cluster\'s CA as extra_ca_cert_build_cluster.crt'))
def _(scene: Scene, name: str) -> None:
    files = {BUILD_CLUSTER_CA: key_pair("api.build.example.com").certificate}
    scene.target.client.create(SECRETS, secret_of(name, scene.namespace, files))


@given(parsers.parse('the Secret "{name}" with ssl.cert and ssl.key'))
def _(scene: Scene, name: str) -> None:
    pair = key_pair(scene.registry.host)
    files = {"ssl.cert": pair.certificate, "ssl.key": pair.key}
    scene.target.client.create(SECRETS, secret_of(name, scene.namespace, files))


@when("the keys of these Secrets are copied to the bundle that the first registry of the namespace names:")
def _(scene: Scene, datatable: list[list[str]]) -> None:
    client, namespace = scene.target.client, scene.namespace
    bundle = client.list(QUAY_REGISTRIES, namespace)[0]["spec"]["configBundleSecret"]
    same("the bundle that the registry names", bundle, scene.registry.bundle_name())
    for name in column(datatable):
        data = client.get(SECRETS, name, namespace)["data"]
        client.patch(SECRETS, bundle, {"data": data}, namespace)
        scene.registry.notes.setdefault("copied", {}).update(data)


@then("the copied keys have the values of the temporary Secrets")
def _(scene: Scene) -> None:
    copied = scene.registry.notes["copied"]
    data = scene.registry.bundle_secret()["data"]
    same("the copied keys", {key: data[key] for key in copied}, copied)


@then("its spec was complete before there was any Deployment")
def _(scene: Scene) -> None:
    states = scene.registry.history()
    complete = next(
        state for state in states if "components" in state["spec"] and "configBundleSecret" in state["spec"]
    )
    moment = int(complete["metadata"]["resourceVersion"])
    versions = [
        int(deployment["metadata"]["resourceVersion"])
        for kind, deployment in scene.target.history(
            DEPLOYMENTS, scene.registry.namespace, states[0]["metadata"]["resourceVersion"]
        )
        if kind == "ADDED"
    ]
    assert versions, "there were Deployments"
    assert moment < min(versions)
