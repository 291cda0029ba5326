"""What the server says of itself."""

from __future__ import annotations

import re

import orjson
import pytest

from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object
from tests.api.conftest import Http
from tests.api.test_definitions import definition

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/readyz/ping", "/livez/etcd"])
def test_the_server_is_well(http: Http, path: str) -> None:
    assert http("GET", path) == (200, "ok")


def test_the_version_is_a_recent_one(http: Http) -> None:
    _, version = http("GET", "/version")
    assert (version["major"], int(version["minor"]) >= 29) == ("1", True)


def test_groups_are_listed_with_their_versions(http: Http) -> None:
    assert http("GET", "/api")[1]["versions"] == ["v1"]
    _, found = http("GET", "/apis")
    groups: dict[str, Object] = {group["name"]: group for group in found["groups"]}
    assert groups["apps"]["preferredVersion"] == {"groupVersion": "apps/v1", "version": "v1"}
    assert groups["autoscaling"]["versions"][0]["version"] == "v2"
    assert http("GET", "/apis/apps")[1]["kind"] == "APIGroup"


def test_resources_are_listed_with_their_subresources(http: Http) -> None:
    _, found = http("GET", "/apis/apps/v1")
    resources = {item["name"]: item for item in found["resources"]}
    assert resources["deployments"]["shortNames"] == ["deploy"]
    assert resources["deployments"]["verbs"] == sorted(
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    )
    assert (resources["deployments/scale"]["kind"], resources["deployments/scale"]["group"]) == (
        "Scale",
        "autoscaling",
    )
    assert http("GET", "/api/v1")[1]["groupVersion"] == "v1"


def test_definitions_show_in_discovery_at_once(http: Http, client: DirectClient) -> None:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, definition())
    _, found = http("GET", "/apis/toys.example.com/v1")
    assert [item["name"] for item in found["resources"]] == ["kites", "kites/scale", "kites/status"]
    client.delete(CUSTOM_RESOURCE_DEFINITIONS, "kites.toys.example.com")
    assert http("GET", "/apis/toys.example.com/v1")[0] == 404


def test_everything_comes_in_one_document_where_asked(http: Http, client: DirectClient) -> None:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, definition())
    _, found = http("GET", "/apis", accept=AGGREGATED)
    assert http.headers["Content-Type"].startswith("application/json;g=apidiscovery.k8s.io;v=v2")
    assert (found["kind"], found["apiVersion"]) == ("APIGroupDiscoveryList", "apidiscovery.k8s.io/v2")
    groups = {item["metadata"]["name"]: item for item in found["items"]}
    (version,) = groups["toys.example.com"]["versions"]
    (kites,) = version["resources"]
    assert kites["responseKind"] == {"group": "toys.example.com", "version": "v1", "kind": "Kite"}
    assert [item["subresource"] for item in kites["subresources"]] == ["scale", "status"]
    deployments = {item["resource"]: item for item in groups["apps"]["versions"][0]["resources"]}[
        "deployments"
    ]
    assert (deployments["scope"], deployments["responseKind"]["group"]) == ("Namespaced", "")
    _, core = http("GET", "/api", accept=AGGREGATED)
    assert len(core["items"]) == 1


class TestOpenApi:
    def test_the_index_names_every_group_and_version(self, http: Http) -> None:
        _, index = http("GET", "/openapi/v3")
        assert {"api/v1", "apis/apps/v1", "apis/batch/v1"} <= index["paths"].keys()
        url = index["paths"]["apis/apps/v1"]["serverRelativeURL"]
        assert url.startswith("/openapi/v3/apis/apps/v1?hash=")

    def test_a_document_describes_kinds_with_all_that_they_refer_to(self, http: Http) -> None:
        code, document = http("GET", "/openapi/v3/apis/apps/v1")
        assert (code, document["openapi"]) == (200, "3.0.0")
        schemas = document["components"]["schemas"]
        deployment = schemas["io.k8s.api.apps.v1.Deployment"]
        kind = {"group": "apps", "version": "v1", "kind": "Deployment"}
        assert deployment["x-kubernetes-group-version-kind"] == [kind]
        text = orjson.dumps(document).decode()
        wanted = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
        assert wanted <= schemas.keys()
        containers = schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
        assert containers["x-kubernetes-patch-merge-key"] == "name"

    def test_patches_are_known_to_take_field_validation(self, http: Http) -> None:
        _, document = http("GET", "/openapi/v3/apis/apps/v1")
        patch = document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
        assert {"dryRun", "fieldValidation"} <= {item["name"] for item in patch["parameters"]}
        assert patch["x-kubernetes-group-version-kind"]["kind"] == "Deployment"

    def test_definitions_are_described_and_change_the_hash(self, http: Http, client: DirectClient) -> None:
        client.create(CUSTOM_RESOURCE_DEFINITIONS, definition())
        _, document = http("GET", "/openapi/v3/apis/toys.example.com/v1")
        kite = document["components"]["schemas"]["com.example.toys.v1.Kite"]
        assert kite["properties"]["spec"]["properties"]["tail"] == {"type": "integer"}
        place = "apis/toys.example.com/v1"
        before = http("GET", "/openapi/v3")[1]["paths"][place]
        patch = {"op": "add", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/new"}
        operations = [patch | {"value": {"type": "string"}}]
        client.patch(CUSTOM_RESOURCE_DEFINITIONS, "kites.toys.example.com", operations, kind="json")
        assert http("GET", "/openapi/v3")[1]["paths"][place] != before

    def test_version_2_is_one_document_in_json_only(self, http: Http) -> None:
        code, document = http("GET", "/openapi/v2")
        assert (code, document["swagger"]) == (200, "2.0")
        assert "io.k8s.api.core.v1.Pod" in document["definitions"]
        protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
        assert http("GET", "/openapi/v2", accept=protobuf)[0] == 406

    def test_unknown_documents_are_not_found(self, http: Http) -> None:
        assert http("GET", "/openapi/v3/apis/nothing/v1")[0] == 404
