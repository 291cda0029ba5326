"""Rules of the kinds that configure a cluster and its network, in the words of the real server."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.kinds import Kinds, refs
from fake_cluster.objects import Object, ResourceRef


def errors(ref: ResourceRef, obj: Object, old: Object | None = None) -> list[str]:
    kind = Kinds().find(ref.group, ref.version, ref.plural)
    assert kind is not None
    metadata = {"name": "x"}

    def read(body: Object) -> Object:
        decoded = kind.decode({"metadata": metadata, **body}).obj
        kind.default(decoded)
        return decoded

    found = kind.validate_create(read(obj)) if old is None else kind.validate_update(read(obj), read(old))
    return [str(error) for error in found]


def ingress(**path: Any) -> Object:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend} | path]
    return {"spec": {"rules": [{"host": "a.test", "http": {"paths": paths}}]}}


def volume(**spec: Any) -> Object:
    base = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}
    return {"spec": base | spec}


def webhook(**fields: Any) -> Object:
    base = {
        "name": "a.b.c",
        "clientConfig": {"url": "https://x.test"},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    return {"webhooks": [base | fields]}


_PATH = "spec.rules[0].http.paths[0]"
_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


@pytest.mark.parametrize(
    ("ref", "obj", "text"),
    [
        (
            refs.INGRESSES,
            ingress(pathType=None),
            f"{_PATH}.pathType: Required value: pathType must be specified",
        ),
        (refs.INGRESSES, ingress(path="x"), f'{_PATH}.path: Invalid value: "x": must be an absolute path'),
        (
            refs.INGRESSES,
            ingress(backend={"service": {"name": "web"}}),
            f"{_PATH}.backend.service.port: Required value: port name or number is required",
        ),
        (
            refs.INGRESSES,
            {},
            "spec: Invalid value: {}: either `defaultBackend` or `rules` must be specified",
        ),
        (
            refs.NETWORK_POLICIES,
            {"spec": {"ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.1"}}]}]}},
            f'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.1": {_CIDR}',
        ),
        (
            refs.NETWORK_POLICIES,
            {"spec": {"policyTypes": ["Both"]}},
            'spec.policyTypes[0]: Unsupported value: "Both": supported values: "Egress", "Ingress"',
        ),
        (
            refs.ENDPOINT_SLICES,
            {"addressType": "IPv4", "endpoints": [{"addresses": []}]},
            "endpoints[0].addresses: Required value: must contain at least 1 address",
        ),
        (refs.PERSISTENT_VOLUMES, volume(hostPath=None), "spec: Required value: must specify a volume type"),
        (
            refs.PERSISTENT_VOLUMES,
            volume(nfs={"server": "s", "path": "/"}),
            "spec.nfs: Forbidden: may not specify more than 1 volume type",
        ),
        (
            refs.PRIORITY_CLASSES,
            {"value": 2_000_000_000},
            "value: Forbidden: maximum allowed value of a user defined priority is 1000000000",
        ),
        (
            refs.VALIDATING_WEBHOOK_CONFIGURATIONS,
            webhook(name="short"),
            (
                'webhooks[0].name: Invalid value: "short": should be a domain with at least three segments '
                "separated by dots"
            ),
        ),
        (
            refs.MUTATING_WEBHOOK_CONFIGURATIONS,
            webhook(sideEffects=None),
            "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun",
        ),
        (
            refs.LEASES,
            {"spec": {"leaseDurationSeconds": 0}},
            "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
        ),
        (
            refs.LIMIT_RANGES,
            {"spec": {"limits": [{"type": "Pod", "min": {"cpu": "2"}, "max": {"cpu": "1"}}]}},
            'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
        ),
    ],
)
def test_a_broken_rule_is_reported(ref: ResourceRef, obj: Object, text: str) -> None:
    assert errors(ref, obj) == [text]


@pytest.mark.parametrize(
    ("ref", "obj"),
    [
        (refs.INGRESSES, ingress()),
        (refs.INGRESSES, ingress(pathType="ImplementationSpecific", path=None)),
        (refs.NETWORK_POLICIES, {"spec": {"podSelector": {}}}),
        (refs.PERSISTENT_VOLUMES, volume()),
        (refs.PRIORITY_CLASSES, {"value": 10}),
        (refs.VALIDATING_WEBHOOK_CONFIGURATIONS, webhook()),
        (refs.ENDPOINT_SLICES, {"addressType": "IPv4"}),
        (refs.LEASES, {}),
        (refs.RESOURCE_QUOTAS, {"spec": {"hard": {"pods": "4", "requests.cpu": "2"}}}),
    ],
)
def test_what_keeps_the_rules_is_accepted(ref: ResourceRef, obj: Object) -> None:
    assert errors(ref, obj) == []


@pytest.mark.parametrize(
    ("ref", "new", "old", "text"),
    [
        (
            refs.PERSISTENT_VOLUMES,
            volume(hostPath={"path": "/y"}),
            volume(),
            "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation",
        ),
        (
            refs.PRIORITY_CLASSES,
            {"value": 2},
            {"value": 1},
            "value: Forbidden: may not be changed in an update.",
        ),
        (
            refs.ENDPOINT_SLICES,
            {"addressType": "IPv6"},
            {"addressType": "IPv4"},
            'addressType: Invalid value: "IPv6": field is immutable',
        ),
    ],
)
def test_what_is_fixed_cannot_be_changed(ref: ResourceRef, new: Object, old: Object, text: str) -> None:
    assert errors(ref, new, old) == [text]


def test_a_limit_range_fills_requests_from_limits_and_invents_none() -> None:
    kind = Kinds().find("", "v1", "limitranges")
    assert kind is not None
    limits = [{"type": "Container", "max": {"cpu": "2"}, "min": {"memory": "1Mi"}}, {"type": "Container"}]
    obj = kind.decode({"metadata": {"name": "x"}, "spec": {"limits": limits}}).obj

    kind.default(obj)

    assert obj["spec"]["limits"][0]["default"] == {"cpu": "2"}
    assert obj["spec"]["limits"][0]["defaultRequest"] == {"cpu": "2", "memory": "1Mi"}
    assert obj["spec"]["limits"][1] == {"type": "Container"}
