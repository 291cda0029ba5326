"""What a pass finds out about the cluster before it decides anything: routes, buckets, monitoring."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS, NAMESPACES, SECRETS
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.controller import sleep
from fake_cluster.objects import Object, ResourceRef
from fake_cluster.platform.refs import OBJECT_BUCKET_CLAIMS, PROMETHEUS_RULES, ROUTES, SERVICE_MONITORS
from quaysim.operator.bundle import Bundle
from quaysim.operator.components.monitoring import DASHBOARD_NAMESPACE
from quaysim.operator.components.objectstorage import CLAIM
from quaysim.operator.context import Bucket, owner_of
from quaysim.operator.goyaml import YamlError

Dial = Callable[[str, int], str]

POLL_SECONDS, PATIENCE_SECONDS = 1.0, 300.0
TIMED_OUT = "timed out waiting for the condition"


class DiscoveryError(Exception):
    """The cluster cannot be judged; the text goes into a condition."""


@dataclass(frozen=True, slots=True)
class RouterFacts:
    """What the test Route has shown: the apps domain and the chain that the router serves (PEM)."""

    apps_domain: str
    wildcard: str


def checked_hostname(bundle: Bundle) -> str:
    """The bundle's SERVER_HOSTNAME or nothing; the host settings must have the right types."""
    try:
        problem = bundle.host_settings_problem()
    except YamlError as error:
        raise DiscoveryError(f"unable to parse config.yaml: {error}") from error
    if problem:
        raise DiscoveryError(problem)
    return bundle.server_hostname


def _test_route(registry: Object) -> Object:
    metadata = registry["metadata"]
    return {
        "apiVersion": ROUTES.api_version,
        "kind": "Route",
        "metadata": {
            "name": f"{metadata['name']}-test-route",
            "namespace": metadata["namespace"],
            "ownerReferences": [owner_of(registry)],
        },
        "spec": {"to": {"kind": "Service", "name": "none"}},
    }


async def _admitted(client: Client, route: Object) -> Object:
    """The Route once a router has taken it; the first look is after a second."""
    metadata = route["metadata"]
    for _ in range(int(PATIENCE_SECONDS / POLL_SECONDS)):
        await sleep(POLL_SECONDS)
        found = client.get(ROUTES, metadata["name"], metadata["namespace"])
        if (found.get("status") or {}).get("ingress"):
            return found
    raise DiscoveryError(TIMED_OUT)


def _created(client: Client, route: Object) -> bool:
    """Whether the API takes Routes. Any error but one means that it does not."""
    try:
        client.create(ROUTES, route)
    except ApiError as error:
        return error.reason == "AlreadyExists"
    return True


async def probe_router(client: Client, registry: Object, dial: Dial) -> RouterFacts | None:
    """Make a Route for a second to see who serves it and with which certificate; None without Routes.

    After an error of the dial the Route stays behind. Raises `DiscoveryError`.
    """
    route = _test_route(registry)
    if not _created(client, route):
        return None
    try:
        found = await _admitted(client, route)
        ingress = found["status"]["ingress"][0]
        prefix = f"router-{ingress.get('routerName', '')}."
        domain = str(ingress.get("routerCanonicalHostname", "")).removeprefix(prefix)
        wildcard = dial(found["spec"].get("host", ""), 443)
        client.delete(ROUTES, route["metadata"]["name"], route["metadata"]["namespace"])
    except (ApiError, OSError) as error:
        raise DiscoveryError(str(error)) from error
    return RouterFacts(domain, wildcard)


def no_such_kind(ref: ResourceRef) -> str:
    """What the operator's client says of a kind that the server does not have."""
    return f'no matches for kind "{ref.kind}" in version "{ref.api_version}"'


def _inside(host: str) -> str:
    """Services by their full names."""
    if ".svc" in host and ".svc.cluster.local" not in host:
        return host.replace(".svc", ".svc.cluster.local")
    return host


def find_bucket(client: Client, registry: Object) -> Bucket | None:
    """The bucket of the registry's claim; None while there is no claim.

    Raises `DiscoveryError` where the claim waits for its provisioner.
    """
    name, namespace = f"{registry['metadata']['name']}-{CLAIM}", registry["metadata"]["namespace"]
    if client.find(OBJECT_BUCKET_CLAIMS, name, namespace) is None:
        return None
    secret, config = client.find(SECRETS, name, namespace), client.find(CONFIG_MAPS, name, namespace)
    if secret is None or config is None:
        raise DiscoveryError("awaiting for bucket claim to be processed")
    known, hidden = config.get("data") or {}, secret.get("data") or {}
    return Bucket(
        name=known.get("BUCKET_NAME", ""),
        host=_inside(known.get("BUCKET_HOST", "")),
        access_key=b64decode(hidden.get("AWS_ACCESS_KEY_ID", "")).decode(),
        secret_key=b64decode(hidden.get("AWS_SECRET_ACCESS_KEY", "")).decode(),
    )


def monitoring_problem(client: Client, watch_namespace: str) -> str:
    """Why OpenShift's monitoring cannot be used, or nothing."""
    if watch_namespace:
        return "Monitoring is only supported in AllNamespaces mode. Disabling."
    for ref in (SERVICE_MONITORS, PROMETHEUS_RULES):
        if not client.serves(ref):
            return no_such_kind(ref)
    if client.find(NAMESPACES, DASHBOARD_NAMESPACE) is None:
        return f'unable to get grafana namespace: Namespace "{DASHBOARD_NAMESPACE}" not found'
    return ""
