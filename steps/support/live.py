"""A registry as it is in the cluster: its spec, status and history, and the objects that it owns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from quaysim.targets import Object, ResourceRef, Target
from quaysim.targets.resources import DEPLOYMENTS, OF_A_REGISTRY, PODS, QUAY_REGISTRIES, SECRETS
from steps.support.bundle import decoded
from steps.support.expect import becomes

DEFAULT_NAME = "example-registry"
TEST_ROUTE = "-test-route"


@dataclass
class LiveRegistry:
    """A QuayRegistry in the cluster; `created` is what the server answered when it was created."""

    target: Target
    namespace: str
    name: str = DEFAULT_NAME
    created: Object | None = None

    def get(self) -> Object:
        """The registry as it is."""
        return self.target.client.get(QUAY_REGISTRIES, self.name, self.namespace)

    def status(self, name: str) -> Any:
        """A field of the status; None where it is not set."""
        return (self.get().get("status") or {}).get(name)

    def conditions(self) -> dict[str, Object]:
        """The conditions by type."""
        return {item["type"]: item for item in self.status("conditions") or []}

    def condition(self, kind: str) -> tuple[str, str, str] | None:
        """(status, reason, message) of a condition; None where there is none."""
        found = self.conditions().get(kind)
        return (found["status"], found["reason"], found.get("message", "")) if found else None

    def spec_components(self) -> list[tuple[str, bool]]:
        """(kind, managed) of the components in spec, in their order."""
        components = self.get().get("spec", {}).get("components") or []
        return [(item["kind"], item["managed"]) for item in components]

    def find(self, ref: ResourceRef, suffix: str) -> Object | None:
        """The object whose name is the registry's and `suffix`."""
        return self.target.client.find(ref, f"{self.name}-{suffix}", self.namespace)

    def wait_for(self, ref: ResourceRef, suffix: str) -> Object:
        """The same, waiting until it is there."""
        what = f"{ref.kind} {self.name}-{suffix} is there"
        found = becomes(self.target, what, lambda: self.find(ref, suffix), bool, "the object")
        assert found is not None
        return found

    def owned(self, ref: ResourceRef) -> list[Object]:
        """The objects of a kind that the registry owns.

        Without the Route that the operator makes for a second of each pass, to ask the router for its domain.
        """
        assert self.created is not None
        uid, asking = self.created["metadata"]["uid"], f"{self.name}{TEST_ROUTE}"
        found = [obj for obj in self.target.client.list(ref, self.namespace) if uid in _owner_uids(obj)]
        return [obj for obj in found if obj["metadata"]["name"] != asking]

    def owned_of_all_kinds(self) -> Iterable[tuple[str, Object]]:
        """(kind, object) of everything that the registry owns."""
        served = [ref for ref in OF_A_REGISTRY if self.target.client.serves(ref)]
        return [(ref.kind, obj) for ref in served for obj in self.owned(ref)]

    def suffix(self, obj: Object) -> str:
        """The name of an object without the registry's name in front."""
        return str(obj["metadata"]["name"]).removeprefix(f"{self.name}-")

    def pods(self, component: str) -> list[Object]:
        """The Pods of a Deployment, by the end of its name."""
        deployment = self.find(DEPLOYMENTS, component)
        if deployment is None:
            return []
        labels = deployment["spec"]["selector"]["matchLabels"]
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        found = self.target.client.list(PODS, self.namespace, labels=selector)
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def secret(self, suffix: str) -> Object | None:
        """The Secret with this name and a hash, in the version that the Deployments use now.

        Older versions stay around; the one in use is the one that quay-app mounts.
        """
        deployment = self.wait_for(DEPLOYMENTS, "quay-app")
        prefix = f"{self.name}-{suffix}-"
        for name in secrets_mounted_by(deployment["spec"]["template"]["spec"]):
            if name.startswith(prefix):
                return self.target.client.find(SECRETS, name, self.namespace)
        return None

    def configuration(self) -> Object:
        """The config.yaml that Quay reads."""
        secret = self.secret("quay-config-secret")
        config: Object = yaml.safe_load(decoded(secret)["config.yaml"]) if secret else {}
        return config

    def bundle_name(self) -> str:
        """The name of the bundle in spec; empty where there is none yet."""
        return str(self.get().get("spec", {}).get("configBundleSecret") or "")

    def bundle_secret(self) -> Object:
        """The bundle that the spec names."""
        return self.target.client.get(SECRETS, self.bundle_name(), self.namespace)

    def history(self, since: str = "") -> list[Object]:
        """All states of the registry after a resourceVersion, or since it was created, that one included."""
        assert self.created is not None
        version = since or self.created["metadata"]["resourceVersion"]
        events = self.target.history(QUAY_REGISTRIES, self.namespace, version)
        states = [obj for kind, obj in events if kind != "BOOKMARK" and obj["metadata"]["name"] == self.name]
        return states if since else [self.created, *states]


def _owner_uids(obj: Object) -> set[str]:
    return {reference["uid"] for reference in obj["metadata"].get("ownerReferences") or []}


def secrets_mounted_by(pod_spec: Object) -> list[str]:
    """The names of the Secrets in the volumes of a Pod, projected ones included."""
    volumes = pod_spec.get("volumes") or []
    sources = [source for volume in volumes for source in (volume.get("projected") or {}).get("sources", [])]
    plain = [volume["secret"]["secretName"] for volume in volumes if "secret" in volume]
    return plain + [source["secret"]["name"] for source in sources if "secret" in source]
