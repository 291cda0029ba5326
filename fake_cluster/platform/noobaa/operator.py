"""The three controllers of the NooBaa operator."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from random import Random

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import (
    DEPLOYMENTS,
    NODES,
    PERSISTENT_VOLUME_CLAIMS,
    PODS,
    SERVICES,
    STATEFUL_SETS,
)
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.controller import Controller, Source, controller_key
from fake_cluster.objects import Key, Object, ResourceRef, condition_is_true, is_terminating, key_of
from fake_cluster.platform.noobaa import manifests
from fake_cluster.platform.refs import BACKING_STORES, BUCKET_CLASSES, NOOBAAS

NAME = "noobaa"
"""The only name that a gateway may have."""
FINALIZER = "noobaa.io/finalizer"


def noobaa_operator(client: Client, rng: Random) -> list[Controller]:
    """The operator's controllers."""
    owned = controller_key(NOOBAAS.kind)
    systems = (Source(NOOBAAS), Source(STATEFUL_SETS, owned), Source(DEPLOYMENTS, owned))
    pods = Source(PODS, controller_key(BACKING_STORES.kind))
    stores = (Source(BACKING_STORES), pods, Source(BUCKET_CLASSES, _freed_stores))
    classes = (Source(BUCKET_CLASSES), Source(BACKING_STORES, partial(_classes_on, client)))
    return [
        Controller("noobaa-system", partial(_look_after_system, client), systems),
        Controller("noobaa-stores", partial(_look_after_store, client, rng), stores),
        Controller("noobaa-classes", partial(_look_after_class, client), classes),
    ]


# --- gateways -----------------------------------------------------------------------------------------


def _look_after_system(client: Client, key: Key) -> None:
    system = client.find(NOOBAAS, key.name, key.namespace)
    if system is None or is_terminating(system) or key.name != NAME:
        return
    core = _ensure(client, STATEFUL_SETS, manifests.core(system))
    database = _ensure(client, STATEFUL_SETS, manifests.database(system))
    endpoint = _ensure(client, DEPLOYMENTS, manifests.endpoint(system))
    reached = {
        name: _ensure(client, SERVICES, manifests.service(system, name)) for name in manifests.SERVICES
    }
    ready = all(map(_has_ready_pods, (core, database, endpoint)))
    if ready and not system["spec"].get("manualDefaultBackingStore"):
        _ensure(client, BACKING_STORES, manifests.default_store(system))
        _ensure(client, BUCKET_CLASSES, manifests.default_class(system))
    services = {manifests.SERVICES[name][0]: _reached_by(client, made) for name, made in reached.items()}
    status: Object = {"phase": "Ready" if ready else "Creating", "actualImage": manifests.IMAGE}
    _set_status(client, NOOBAAS, system, status | ({"services": services} if ready else {}))


def _has_ready_pods(workload: Object) -> bool:
    ready = (workload.get("status") or {}).get("readyReplicas", 0)
    return bool(ready >= workload["spec"]["replicas"])


def _reached_by(client: Client, service: Object) -> Object:
    """Where a Service is reached, from inside the cluster and from outside."""
    name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
    inside = [f"https://{name}.{namespace}.svc:443"]
    nodes = client.list(NODES)
    addresses = [
        item["address"]
        for node in nodes[:1]
        for item in (node.get("status") or {}).get("addresses") or ()
        if item["type"] == "InternalIP"
    ]
    secure = [port["nodePort"] for port in service["spec"]["ports"] if port["name"].endswith("-https")]
    outside = [f"https://{address}:{port}" for address in addresses for port in secure]
    return {"internalDNS": inside, "nodePorts": outside}


# --- pools of volumes ---------------------------------------------------------------------------------


def _look_after_store(client: Client, rng: Random, key: Key) -> None:
    store = client.find(BACKING_STORES, key.name, key.namespace)
    if store is None:
        return
    if is_terminating(store):
        _let_store_go(client, store)
    elif store["spec"]["type"] != "pv-pool":
        _set_status(client, BACKING_STORES, store, {"phase": "Ready"})
    else:
        _set_status(client, BACKING_STORES, store, {"phase": _phase_of_pool(client, rng, store)})


def _phase_of_pool(client: Client, rng: Random, store: Object) -> str:
    wanted = (store["spec"].get("pvPool") or {}).get("numVolumes", 0)
    if not wanted:
        return "Rejected"
    found = client.list(PODS, store["metadata"]["namespace"], labels=f"pool={store['metadata']['name']}")
    pods = [pod for pod in found if not is_terminating(pod)]
    for _ in range(wanted - len(pods)):
        suffix = f"{rng.getrandbits(32):08x}"
        client.create(PERSISTENT_VOLUME_CLAIMS, manifests.pool_claim(store, suffix))
        pods.append(client.create(PODS, manifests.pool_pod(store, suffix)))
    return "Ready" if all(condition_is_true(pod, "Ready") for pod in pods) else "Creating"


def _let_store_go(client: Client, store: Object) -> None:
    """Its volumes are collected with it; but it stays as long as a class keeps buckets there."""
    name, namespace = store["metadata"]["name"], store["metadata"]["namespace"]
    if any(name in _stores_of(item) for item in client.list(BUCKET_CLASSES, namespace)):
        _set_status(client, BACKING_STORES, store, {"phase": "Deleting"})
        return
    kept = [item for item in store["metadata"].get("finalizers") or () if item != FINALIZER]
    client.replace(BACKING_STORES, {**store, "metadata": {**store["metadata"], "finalizers": kept}})


# --- classes of buckets -------------------------------------------------------------------------------


def _stores_of(bucket_class: Object) -> list[str]:
    """The backing stores on which a class keeps its buckets."""
    tiers = (bucket_class["spec"].get("placementPolicy") or {}).get("tiers") or ()
    return [name for tier in tiers for name in tier.get("backingStores") or ()]


def _classes_on(client: Client, event: Event) -> Iterable[Key]:
    name, namespace = event.obj["metadata"]["name"], event.obj["metadata"]["namespace"]
    return [key_of(item) for item in client.list(BUCKET_CLASSES, namespace) if name in _stores_of(item)]


def _freed_stores(event: Event) -> Iterable[Key]:
    """A class that goes, or moves, may be what kept a backing store from going."""
    before = _stores_of(event.old) if event.old else _stores_of(event.obj)
    return [Key(event.obj["metadata"]["namespace"], name) for name in before]


def _look_after_class(client: Client, key: Key) -> None:
    bucket_class = client.find(BUCKET_CLASSES, key.name, key.namespace)
    if bucket_class is None or is_terminating(bucket_class):
        return
    stores = [client.find(BACKING_STORES, name, key.namespace) for name in _stores_of(bucket_class)]
    phases = [(store.get("status") or {}).get("phase") if store else None for store in stores]
    phase = "Rejected" if None in phases and not all(stores) else "Verifying"
    if all(found == "Ready" for found in phases):
        phase = "Ready"
    _set_status(client, BUCKET_CLASSES, bucket_class, {"phase": phase})


# --- writing ------------------------------------------------------------------------------------------


def _ensure(client: Client, ref: ResourceRef, wanted: Object) -> Object:
    """What is there under this name, made if need be."""
    meta = wanted["metadata"]
    return client.find(ref, meta["name"], meta["namespace"]) or client.create(ref, wanted)


def _set_status(client: Client, ref: ResourceRef, obj: Object, status: Object) -> None:
    before = obj.get("status") or {}
    if before == before | status:
        return
    try:
        client.replace(ref, {**obj, "status": before | status}, subresource="status")
    except ApiError as error:
        if error.code != 404:
            raise
