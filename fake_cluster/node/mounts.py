"""Volumes and environment of Pods: what must exist before a container can start, and what it sees.

A kubelet waits for Secrets, ConfigMaps (and the keys that `items` name) and bound claims before it
starts a Pod, and for the references of its environment before it starts a container. What is
`optional` is not waited for.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fake_cluster.kinds.refs import CONFIG_MAPS, PERSISTENT_VOLUME_CLAIMS, SECRETS
from fake_cluster.machinery.client import Client
from fake_cluster.node.program import Surroundings
from fake_cluster.node.projections import field_of, made_files
from fake_cluster.objects import Key, Object, ResourceRef

Wanted = tuple[ResourceRef, Key]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is missing: what to say about it, and the object whose change may mend it."""

    message: str
    wanted: Wanted
    volume: str = ""


@dataclass(frozen=True, slots=True)
class _Source:
    """A Secret or ConfigMap as some part of a Pod refers to it."""

    ref: ResourceRef
    name: str
    optional: bool
    items: tuple[Object, ...] = ()


class Mounts:
    """Looks into the objects that Pods refer to."""

    def __init__(self, client: Client) -> None:
        self._client = client

    # --- what is missing --------------------------------------------------------------------------

    def volume_troubles(self, pod: Object) -> list[Trouble]:
        """What keeps the Pod's volumes from being mounted."""
        namespace = pod["metadata"]["namespace"]
        troubles: list[Trouble] = []
        for volume in pod["spec"].get("volumes") or ():
            claim = claim_name(pod, volume)
            found = self._claim_troubles(namespace, claim) if claim else self._sources(namespace, volume)
            troubles += [
                Trouble(_mount_failure(volume["name"], t, claim), t.wanted, volume["name"]) for t in found
            ]
        return troubles

    def _claim_troubles(self, namespace: str, name: str) -> Iterator[Trouble]:
        wanted = (PERSISTENT_VOLUME_CLAIMS, Key(namespace, name))
        claim = self._client.find(PERSISTENT_VOLUME_CLAIMS, name, namespace)
        if claim is None:
            missing = f'persistentvolumeclaims "{name}" not found'
            yield Trouble(f"failed to fetch PVC from API server: {missing}", wanted)
        elif (claim.get("status") or {}).get("phase") != "Bound":
            yield Trouble("PVC is not bound", wanted)

    def _sources(self, namespace: str, volume: Object) -> Iterator[Trouble]:
        for source in _volume_sources(volume):
            yield from self._source_troubles(namespace, source)

    def _source_troubles(self, namespace: str, source: _Source) -> Iterator[Trouble]:
        wanted = (source.ref, Key(namespace, source.name))
        obj = self._client.find(source.ref, source.name, namespace)
        if obj is None:
            if not source.optional:
                yield Trouble(f'{source.ref.kind.lower()} "{source.name}" not found', wanted)
            return
        for item in source.items:
            if not source.optional and not _has(obj, item["key"]):
                kind = "secret" if source.ref is SECRETS else "config"
                yield Trouble(f"references non-existent {kind} key: {item['key']}", wanted)

    def environment_trouble(self, pod: Object, container: Object) -> Trouble | None:
        """What keeps the container's environment from being made."""
        namespace = pod["metadata"]["namespace"]
        for ref, reference, key in _environment_sources(container):
            name, optional = reference.get("name", ""), reference.get("optional", False)
            obj = self._client.find(ref, name, namespace)
            wanted = (ref, Key(namespace, name))
            if optional or (obj is not None and (not key or _has(obj, key))):
                continue
            if obj is None:
                return Trouble(f'{ref.kind.lower()} "{name}" not found', wanted)
            return Trouble(f"couldn't find key {key} in {ref.kind} {namespace}/{name}", wanted)
        return None

    # --- what a container sees --------------------------------------------------------------------

    def surroundings(self, pod: Object, container: Object) -> Surroundings:
        """The files and the environment of a container."""
        return _Mounted(self._client, pod, container)


class _Mounted(Surroundings):
    """Reads through to the API."""

    def __init__(self, client: Client, pod: Object, container: Object) -> None:
        self._client = client
        self._pod = pod
        self._container = container
        self._namespace = pod["metadata"]["namespace"]

    def read(self, path: str) -> bytes:
        """The content of a file in a mounted Secret, ConfigMap or projected volume."""
        volumes = {volume["name"]: volume for volume in self._pod["spec"].get("volumes") or ()}
        for mount in self._container.get("volumeMounts") or ():
            inside = _inside(mount, path)
            if inside is None or mount["name"] not in volumes:
                continue
            for source in _volume_sources(volumes[mount["name"]]):
                content = self._content(source, inside)
                if content is not None:
                    return content
            for name, made in made_files(self._client, self._pod, volumes[mount["name"]]):
                if name == inside:
                    return made()
        raise FileNotFoundError(path)

    def _content(self, source: _Source, path: str) -> bytes | None:
        names = {item["path"]: item["key"] for item in source.items} if source.items else {path: path}
        obj = self._client.find(source.ref, source.name, self._namespace)
        return None if obj is None or path not in names else _value(obj, names[path])

    def files(self) -> Iterator[str]:
        """The paths of what the mounted Secrets, ConfigMaps and projected volumes hold."""
        volumes = {volume["name"]: volume for volume in self._pod["spec"].get("volumes") or ()}
        for mount in self._container.get("volumeMounts") or ():
            volume = volumes.get(mount["name"], {})
            yield from _shown(mount, [name for name, _ in made_files(self._client, self._pod, volume)])
            for source in _volume_sources(volume):
                obj = self._client.find(source.ref, source.name, self._namespace) or {}
                names = [item["path"] for item in source.items if _has(obj, item["key"])]
                yield from _shown(mount, names if source.items else _keys(obj))

    def environment(self) -> Mapping[str, str]:
        """Variables of `envFrom`, then those of `env`."""
        variables: dict[str, str] = {}
        for source in self._container.get("envFrom") or ():
            ref = SECRETS if "secretRef" in source else CONFIG_MAPS
            reference = source.get("secretRef") or source.get("configMapRef") or {}
            obj = self._client.find(ref, reference.get("name", ""), self._namespace) or {}
            prefix = source.get("prefix", "")
            variables |= {prefix + key: (_value(obj, key) or b"").decode() for key in _keys(obj)}
        for variable in self._container.get("env") or ():
            variables[variable["name"]] = self._variable(variable, variables)
        return variables

    def _variable(self, variable: Object, known: Mapping[str, str]) -> str:
        source = variable.get("valueFrom")
        if source is None:
            return _expanded(variable.get("value", ""), known)
        for field, ref in (("secretKeyRef", SECRETS), ("configMapKeyRef", CONFIG_MAPS)):
            if field in source:
                obj = self._client.find(ref, source[field].get("name", ""), self._namespace)
                return ((obj and _value(obj, source[field]["key"])) or b"").decode()
        path = source.get("fieldRef", {}).get("fieldPath", "")
        return field_of(self._pod, path)


def claim_name(pod: Object, volume: Object) -> str:
    """The claim that a volume mounts: its own name for an ephemeral volume; empty for other volumes."""
    if "ephemeral" in volume:
        return f"{pod['metadata']['name']}-{volume['name']}"
    return str((volume.get("persistentVolumeClaim") or {}).get("claimName", ""))


def _volume_sources(volume: Object) -> Iterator[_Source]:
    """The Secrets and ConfigMaps that a volume is made of."""
    if "secret" in volume:
        yield _source(SECRETS, volume["secret"], "secretName")
    elif "configMap" in volume:
        yield _source(CONFIG_MAPS, volume["configMap"], "name")
    for projection in (volume.get("projected") or {}).get("sources") or ():
        if "secret" in projection:
            yield _source(SECRETS, projection["secret"], "name")
        elif "configMap" in projection:
            yield _source(CONFIG_MAPS, projection["configMap"], "name")


def _source(ref: ResourceRef, source: Object, name_field: str) -> _Source:
    items = tuple(source.get("items") or ())
    return _Source(ref, source.get(name_field, ""), source.get("optional", False), items)


def _environment_sources(container: Object) -> Iterator[tuple[ResourceRef, Object, str]]:
    """Resource, reference and key (empty: all of them) of what the environment is made from."""
    for source in container.get("envFrom") or ():
        if "secretRef" in source:
            yield SECRETS, source["secretRef"], ""
        elif "configMapRef" in source:
            yield CONFIG_MAPS, source["configMapRef"], ""
    for variable in container.get("env") or ():
        source = variable.get("valueFrom") or {}
        if "secretKeyRef" in source:
            yield SECRETS, source["secretKeyRef"], source["secretKeyRef"]["key"]
        elif "configMapKeyRef" in source:
            yield CONFIG_MAPS, source["configMapKeyRef"], source["configMapKeyRef"]["key"]


def _mount_failure(volume: str, trouble: Trouble, claim: str) -> str:
    """The words of the kubelet."""
    if not claim:
        return f'MountVolume.SetUp failed for volume "{volume}" : {trouble.message}'
    where = f"{trouble.wanted[1].namespace}/{claim}"
    return (
        f"Unable to attach or mount volumes: unmounted volumes=[{volume}], unattached volumes=[], "
        f"failed to process volumes=[{volume}]: error processing PVC {where}: {trouble.message}"
    )


def _keys(obj: Object) -> list[str]:
    return [*(obj.get("data") or ()), *(obj.get("binaryData") or ())]


def _has(obj: Object, key: str) -> bool:
    return key in (obj.get("data") or ()) or key in (obj.get("binaryData") or ())


def _value(obj: Object, key: str) -> bytes | None:
    """A key of a Secret or ConfigMap, decoded."""
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    if key in binary:
        return base64.b64decode(binary[key])
    if key not in data:
        return None
    text: str = data[key]
    return base64.b64decode(text) if obj.get("kind") == "Secret" else text.encode()


def _shown(mount: Object, names: Iterable[str]) -> Iterator[str]:
    """Where names of a volume are, as the container sees it."""
    root, sub_path = mount["mountPath"].rstrip("/"), mount.get("subPath", "")
    for name in names:
        if not sub_path:
            yield f"{root}/{name}"
        elif name == sub_path:
            yield root
        elif name.startswith(f"{sub_path}/"):
            yield f"{root}/{name[len(sub_path) + 1 :]}"


def _inside(mount: Object, path: str) -> str | None:
    """The path within the mounted volume, None if it is not mounted there."""
    root, sub_path = mount["mountPath"].rstrip("/"), mount.get("subPath", "")
    if sub_path and path == root:
        return str(sub_path)
    if not path.startswith(f"{root}/"):
        return None
    inside = path[len(root) + 1 :]
    return f"{sub_path}/{inside}" if sub_path else inside


def _expanded(value: str, known: Mapping[str, str]) -> str:
    """`$(NAME)` replaced where it is known."""
    if "$(" in value:
        for name, text in known.items():
            value = value.replace(f"$({name})", text)
    return value
