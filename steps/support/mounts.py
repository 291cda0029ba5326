"""The files that the volumes of a Deployment bring into its Pods."""

from __future__ import annotations

from collections.abc import Iterable

from quaysim.targets import Object
from quaysim.targets.resources import CONFIG_MAPS, SECRETS
from steps.support.bundle import decoded
from steps.support.live import LiveRegistry


def files_of(registry: LiveRegistry, deployment: Object) -> dict[str, str]:
    """Path → text of the files that come from Secrets and ConfigMaps."""
    pod = deployment["spec"]["template"]["spec"]
    mounts = {mount["name"]: mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
    return {
        f"{mounts[volume['name']].rstrip('/')}/{name}": text
        for volume in pod["volumes"]
        if volume["name"] in mounts
        for source in sources_of(volume)
        for name, text in _files(registry, source).items()
    }


def sources_of(volume: Object) -> Iterable[Object]:
    """What a volume takes its files from, in the form of a projected volume's sources."""
    if "secret" in volume:
        return [{"secret": {"name": volume["secret"]["secretName"]}}]
    sources: list[Object] = (volume.get("projected") or {}).get("sources", [])
    return sources


def _files(registry: LiveRegistry, source: Object) -> dict[str, str]:
    client, namespace = registry.target.client, registry.namespace
    if "secret" in source:
        return decoded(client.get(SECRETS, source["secret"]["name"], namespace))
    data: dict[str, str] = client.get(CONFIG_MAPS, source["configMap"]["name"], namespace).get("data") or {}
    return data
