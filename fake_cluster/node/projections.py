"""Files that a kubelet makes for a Pod: fields of the Pod itself, and tokens of its service account.

Source: documentation "Projected Volumes" and "Downward API".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import SERVICE_ACCOUNTS, TOKEN_REQUEST
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object

_ENTRY = re.compile(r"metadata\.(labels|annotations)\['([^']*)'\]")
_FIELDS: dict[str, Callable[[Object], str]] = {
    "metadata.name": lambda pod: str(pod["metadata"]["name"]),
    "metadata.namespace": lambda pod: str(pod["metadata"]["namespace"]),
    "metadata.uid": lambda pod: str(pod["metadata"]["uid"]),
    "metadata.labels": lambda pod: _lines(pod["metadata"].get("labels") or {}),
    "metadata.annotations": lambda pod: _lines(pod["metadata"].get("annotations") or {}),
    "spec.nodeName": lambda pod: str(pod["spec"].get("nodeName", "")),
    "spec.serviceAccountName": lambda pod: str(pod["spec"].get("serviceAccountName", "")),
    "status.hostIP": lambda pod: str((pod.get("status") or {}).get("hostIP", "")),
    "status.podIP": lambda pod: str((pod.get("status") or {}).get("podIP", "")),
}


def _lines(entries: Mapping[str, str]) -> str:
    return "\n".join(f"{key}={json.dumps(value)}" for key, value in sorted(entries.items()))


def field_of(pod: Object, path: str) -> str:
    """A field of a Pod as the downward API gives it; empty for one that it does not have."""
    entry = _ENTRY.fullmatch(path)
    if entry is not None:
        return str((pod["metadata"].get(entry[1]) or {}).get(entry[2], ""))
    field = _FIELDS.get(path)
    return field(pod) if field else ""


def made_files(client: Client, pod: Object, volume: Object) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The files of a volume that are made for this Pod, with what gives their content."""
    sources = [volume, *((volume.get("projected") or {}).get("sources") or ())]
    for source in sources:
        for item in (source.get("downwardAPI") or {}).get("items") or ():
            yield item["path"], partial(_field, pod, (item.get("fieldRef") or {}).get("fieldPath", ""))
        if "serviceAccountToken" in source:
            wanted = source["serviceAccountToken"]
            yield wanted["path"], partial(_token, client, pod, wanted)


def _field(pod: Object, path: str) -> bytes:
    return field_of(pod, path).encode()


def _token(client: Client, pod: Object, wanted: Object) -> bytes:
    """A token that is valid now; FileNotFoundError where the account is gone."""
    spec: Object = {"expirationSeconds": wanted.get("expirationSeconds", 3600)}
    spec |= {"audiences": [wanted["audience"]]} if wanted.get("audience") else {}
    body: Object = {
        "apiVersion": TOKEN_REQUEST.api_version,
        "kind": TOKEN_REQUEST.kind,
        "metadata": {"namespace": pod["metadata"]["namespace"]},
        "spec": spec,
    }
    name = pod["spec"].get("serviceAccountName", "default")
    try:
        answer = client.create(SERVICE_ACCOUNTS, body, subresource="token", name=name)
    except ApiError as error:
        raise FileNotFoundError(wanted["path"]) from error
    return str(answer["status"]["token"]).encode()
