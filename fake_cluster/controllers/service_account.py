"""What every namespace has from its birth: the ServiceAccount `default` and the cluster's root CA.

Source: documentation of service accounts; ConfigMap `kube-root-ca.crt` as kube-controller-manager makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fake_cluster.controllers.context import Context
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Source
from fake_cluster.objects import Key, Object, ResourceRef, is_terminating

ROOT_CA = "kube-root-ca.crt"
_DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as "
    "the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of "
    "Kubernetes clusters."
)
AUTHORITY = """\
-----BEGIN CERTIFICATE-----
MIIBbjCCARSgAwIBAgIUDHOXAQOU6cfbvIUBvZA9tn5LYWowCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAeFw0yNTAxMDEwMDAwMDBaFw00NTAxMDEw
MDAwMDBaMBUxEzARBgNVBAMMCmt1YmVybmV0ZXMwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARL3CEUpk3XiVk9st9fmbNzFOpD+fdPIy/dAyk3Rob6ojgRIj1mYi4Z
Q6dheOV2o3ES02DlxnvmEna52zisE3UNo0IwQDAPBgNVHRMBAf8EBTADAQH/MA4G
A1UdDwEB/wQEAwIBhjAdBgNVHQ4EFgQUAC8athl2WGbvTTf0/y1U1KWqUzUwCgYI
KoZIzj0EAwIDSAAwRQIhAN/OEYiMRUrkgaxHYiwuA2BjvLUzAXFgV1annsQw4QJF
AiAYzRf4+lMDFGeIPMlZVGsDd6vinfzWVfg/dmw4ygKgwA==
-----END CERTIFICATE-----
"""
"""`pki.authority(0, "kubernetes")`, written out so that starting a cluster need not load a cryptography library."""
Wanted = Callable[[str], Object]
"""The object that a namespace of that name is to have."""


def service_accounts(context: Context) -> Controller:
    """Gives each namespace its ServiceAccount `default`."""
    keeper = _Keeper(context, SERVICE_ACCOUNTS, "default", _account)
    return keeper.controller("service-account-controller")


def root_ca(context: Context) -> Controller:
    """Gives each namespace the certificate of the cluster's authority."""
    keeper = _Keeper(context, CONFIG_MAPS, ROOT_CA, _root_ca)
    return keeper.controller("root-ca-certificate-publisher-controller")


class _Keeper:
    """Sees to it that an object of one name is in every namespace that lives."""

    def __init__(self, context: Context, ref: ResourceRef, name: str, wanted: Wanted) -> None:
        self._client = context.client
        self._namespaces = context.informers[NAMESPACES]
        self._ref = ref
        self._name = name
        self._wanted = wanted

    def controller(self, name: str) -> Controller:
        """The controller, for a manager. Its keys are namespaces."""
        sources = (
            Source(NAMESPACES, self._namespaces.first(_new_namespace)),
            Source(self._ref, self._lost),
        )
        return Controller(name, self.reconcile, sources)

    def _lost(self, event: Event) -> Iterable[Key]:
        """The object was deleted or changed."""
        meta = event.obj["metadata"]
        if meta["name"] != self._name or event.type == "ADDED":
            return ()
        namespace = self._namespaces.get(Key("", meta["namespace"]))
        return () if namespace is None or is_terminating(namespace) else (Key("", meta["namespace"]),)

    def reconcile(self, key: Key) -> None:
        """One pass over one namespace."""
        namespace = self._namespaces.get(key)
        if namespace is None or is_terminating(namespace):
            return
        wanted = self._wanted(key.name)
        present = self._client.find(self._ref, self._name, key.name)
        if present is None:
            self._create(wanted)
        elif wanted.get("data") and present.get("data") != wanted["data"]:
            self._client.replace(self._ref, {**present, "data": wanted["data"]})

    def _create(self, wanted: Object) -> None:
        try:
            self._client.create(self._ref, wanted)
        except ApiError as error:
            if error.reason not in ("AlreadyExists", "NotFound", "Forbidden"):
                raise  # otherwise somebody was faster, or the namespace is going


def _new_namespace(event: Event) -> Iterable[Key]:
    return (Key("", event.obj["metadata"]["name"]),) if event.type == "ADDED" else ()


def _account(namespace: str) -> Object:
    metadata = {"name": "default", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def _root_ca(namespace: str) -> Object:
    annotations = {"kubernetes.io/description": _DESCRIPTION}
    metadata = {"name": ROOT_CA, "namespace": namespace, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"ca.crt": AUTHORITY}}
