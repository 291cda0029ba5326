"""Plain requests through the official client, for what its generated methods do not offer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fake_cluster.objects import Object, ResourceRef

if TYPE_CHECKING:
    from kubernetes.client import ApiClient


JSON = "application/json"
TABLE = f"{JSON};as=Table;g=meta.k8s.io;v=v1"
"""What kubectl asks for when it prints a list."""


def request(
    api_client: ApiClient, path: str, query: Mapping[str, str] | None = None, accept: str = JSON
) -> Any:
    """A GET with the client's own credentials: the raw response, whatever its status."""
    headers = {"Accept": accept}
    client: Any = api_client
    client.update_params_for_auth(headers, [], ["BearerToken"], path, "GET", None)
    url = f"{client.configuration.host}{path}?{urlencode(query or {})}"
    return client.rest_client.pool_manager.request("GET", url, headers=headers)


def replay(api_client: ApiClient, ref: ResourceRef, namespace: str, since: str) -> list[tuple[str, Object]]:
    """What happened to the objects of a kind after resourceVersion `since`: (event type, object).

    A watch that begins there is given all that the server remembers, and ends after a second.
    """
    query = {"watch": "1", "resourceVersion": since, "timeoutSeconds": "1"}
    answer = request(api_client, ref.path(namespace), query)
    events = map(json.loads, answer.data.splitlines())
    return [(event["type"], event["object"]) for event in events]
