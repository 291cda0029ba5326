"""Accounts, and what they may do."""

from __future__ import annotations

import base64
import json
import ssl

from pytest_bdd import given, parsers, then, when

from quaysim.targets import Object
from quaysim.targets.resources import (
    CLUSTER_ROLE_BINDINGS,
    CONFIG_MAPS,
    NAMESPACES,
    ROLE_BINDINGS,
    SERVICE_ACCOUNTS,
    SUBJECT_ACCESS_REVIEWS,
)
from steps.support.expect import becomes, eventually, same
from steps.support.scene import Scene

RBAC = "rbac.authorization.k8s.io"


def create_account(scene: Scene, name: str, namespace: str) -> None:
    """Create a ServiceAccount, which the next sentences are about."""
    metadata = {"name": name, "namespace": namespace}
    scene.subject = scene.target.client.create(SERVICE_ACCOUNTS, {"metadata": metadata})


@given("a ServiceAccount without any role")
def _(scene: Scene) -> None:
    create_account(scene, "installer", scene.namespace)


@given("a namespace for virtual builders")
def _(scene: Scene) -> None:
    scene.subject = scene.target.client.get(NAMESPACES, scene.namespace)
    same("the namespace's phase", scene.subject["status"]["phase"], "Active")


@given(parsers.parse('the ServiceAccount "{name}" in it'))
def _(scene: Scene, name: str) -> None:
    create_account(scene, name, scene.namespace)


# --- roles --------------------------------------------------------------------------------------------


def binding(scene: Scene, role: str) -> Object:
    """A binding of the account to a ClusterRole, without its place."""
    assert scene.subject is not None
    account = scene.subject["metadata"]
    subject = {"kind": "ServiceAccount", "name": account["name"], "namespace": account["namespace"]}
    return {"roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role}, "subjects": [subject]}


@then("with the role cluster-admin it may create namespaces")
def _(scene: Scene) -> None:
    name = f"{scene.namespace}-installer"
    scene.target.client.create(
        CLUSTER_ROLE_BINDINGS, {"metadata": {"name": name}} | binding(scene, "cluster-admin")
    )
    scene.undo.append(lambda: scene.target.client.delete(CLUSTER_ROLE_BINDINGS, name))
    eventually(scene.target, "access", lambda: may(scene, "", "namespaces", ""), True)  # noqa: FBT003


@when("it is given the role edit there")
def _(scene: Scene) -> None:
    metadata = {"name": "edit", "namespace": scene.namespace}
    scene.target.client.create(ROLE_BINDINGS, {"metadata": metadata} | binding(scene, "edit"))


def may(scene: Scene, group: str, plural: str, namespace: str) -> bool:
    """Whether the account may create objects of a resource."""
    assert scene.subject is not None
    account = scene.subject["metadata"]
    attributes = {"verb": "create", "group": group, "resource": plural, "namespace": namespace}
    user = f"system:serviceaccount:{account['namespace']}:{account['name']}"
    review = {"spec": {"user": user, "resourceAttributes": attributes}}
    return bool(scene.target.client.create(SUBJECT_ACCESS_REVIEWS, review)["status"]["allowed"])


@then("it may not create namespaces")
def _(scene: Scene) -> None:
    assert not may(scene, "", "namespaces", "")


@then("it may create pods and jobs in that namespace")
def _(scene: Scene) -> None:
    eventually(scene.target, "access to Pods", lambda: may(scene, "", "pods", scene.namespace), expected=True)
    assert may(scene, "batch", "jobs", scene.namespace)


@then("it may not create pods in another namespace")
def _(scene: Scene) -> None:
    assert not may(scene, "", "pods", "default")


# --- tokens and certificates --------------------------------------------------------------------------


@when("a token is asked for it")
def _(scene: Scene) -> None:
    assert scene.subject is not None
    account = scene.subject["metadata"]
    head = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest"}
    body = head | {"metadata": {"namespace": account["namespace"]}, "spec": {"audiences": []}}
    scene.answer = scene.target.client.create(
        SERVICE_ACCOUNTS, body, subresource="token", name=account["name"]
    )


@then(parsers.parse('the token is a JWT for the ServiceAccount "{name}" in that namespace'))
def _(scene: Scene, name: str) -> None:
    assert scene.answer is not None
    header, claims, signature = scene.answer["status"]["token"].split(".")
    assert signature
    assert json.loads(unpadded(header))["alg"]
    same("sub", json.loads(unpadded(claims))["sub"], f"system:serviceaccount:{scene.namespace}:{name}")


def unpadded(text: str) -> bytes:
    """Base64 as JWTs have it: for URLs, without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@then("its ConfigMap kube-root-ca.crt has a PEM certificate under ca.crt")
def _(scene: Scene) -> None:
    def text() -> str:
        found = scene.target.client.find(CONFIG_MAPS, "kube-root-ca.crt", scene.namespace)
        return found["data"]["ca.crt"] if found else ""

    pem = becomes(scene.target, "kube-root-ca.crt", text, bool, "a certificate")
    assert ssl.PEM_cert_to_DER_cert(pem[: pem.index("-----END CERTIFICATE-----") + 25])
