"""What is just there on OpenShift."""

from __future__ import annotations

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, STORAGE_CLASSES
from fake_cluster.objects import Object, condition_is_true
from fake_cluster.platform import install_openshift
from fake_cluster.platform.refs import PROMETHEUS_RULES, SERVICE_MONITORS


def monitor(**endpoint: object) -> Object:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {"name": "m", "namespace": "shop"},
        "spec": {
            "endpoints": [{"port": "quay-metrics", "bearerTokenSecret": {"key": ""}, **endpoint}],
            "namespaceSelector": {},
            "selector": {"matchLabels": {"quay-component": "monitoring"}},
        },
    }


def test_definitions_namespaces_and_the_bucket_class_are_there(openshift: FakeCluster) -> None:
    client = openshift.client()
    openshift.advance(5)
    definitions = client.list(CUSTOM_RESOURCE_DEFINITIONS)
    assert sorted(item["metadata"]["name"] for item in definitions) == [
        "backingstores.noobaa.io",
        "bucketclasses.noobaa.io",
        "noobaas.noobaa.io",
        "objectbucketclaims.objectbucket.io",
        "objectbuckets.objectbucket.io",
        "prometheusrules.monitoring.coreos.com",
        "routes.route.openshift.io",
        "servicemonitors.monitoring.coreos.com",
    ]
    assert all(condition_is_true(item, "Established") for item in definitions)
    names = {item["metadata"]["name"] for item in client.list(NAMESPACES)}
    assert {"openshift-config-managed", "openshift-monitoring"} <= names
    assert client.get(STORAGE_CLASSES, "openshift-storage.noobaa.io")


def test_installing_again_changes_nothing(openshift: FakeCluster) -> None:
    before = openshift.api.store.revision
    install_openshift(openshift.client())
    assert openshift.api.store.revision == before


def test_a_service_monitor_is_kept_as_it_is_written(openshift: FakeCluster) -> None:
    created = openshift.client().create(SERVICE_MONITORS, monitor())
    assert created["spec"] == monitor()["spec"]


def test_a_service_monitor_with_a_broken_interval_is_refused(openshift: FakeCluster) -> None:
    with pytest.raises(ApiError) as caught:
        openshift.client().create(SERVICE_MONITORS, monitor(interval="often"))
    assert "spec.endpoints[0].interval" in caught.value.message


def test_rules_are_alerts_or_records_with_an_expression(openshift: FakeCluster) -> None:
    rule = {"alert": "Down", "expr": "up == 0", "for": "10m", "labels": {"severity": "warning"}}
    obj = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "rules", "namespace": "shop"},
        "spec": {"groups": [{"name": "quay", "rules": [rule]}]},
    }
    created = openshift.client().create(PROMETHEUS_RULES, obj)
    assert created["spec"]["groups"][0]["rules"] == [rule]
    del rule["expr"]
    obj["metadata"] = {"name": "other", "namespace": "shop"}
    with pytest.raises(ApiError, match="expr"):
        openshift.client().create(PROMETHEUS_RULES, obj)
