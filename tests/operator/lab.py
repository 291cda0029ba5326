"""A cluster with the operator on it, and words to ask it things."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from fake_cluster.cluster import FakeCluster, Platform
from fake_cluster.kinds.refs import DEPLOYMENTS, EVENTS, NAMESPACES, SECRETS
from fake_cluster.machinery.clock import EPOCH
from fake_cluster.objects import Object, ResourceRef, condition
from quaysim.operator import QUAY_REGISTRIES, Settings, controllers, install
from quaysim.operator.bundle import Bundle

NAMESPACE, NAME = "quay", "skynet"


class Lab:
    """One cluster, one operator, one registry named skynet."""

    def __init__(
        self,
        platform: Platform = "openshift",
        settings: Settings | None = None,
        dial: Callable[[str, int], str] | None = None,
    ) -> None:
        self.cluster = FakeCluster(platform)
        self.client = self.cluster.client("quay-operator")
        self.client.create(
            NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        )
        used = settings or Settings()
        install(self.client, used.version)
        clock, chain = self.cluster.clock, dial or self.cluster.peer_chain
        self.operator = controllers(self.client, used, clock, Random(7), chain)
        self.cluster.add(self.operator)
        self.history: list[tuple[float, Object]] = []

    # --- what a user does ---------------------------------------------------------------------------------

    def create_bundle(self, given: Bundle, name: str = "bundle") -> None:
        """Create the Secret of a bundle, or change its content."""
        data = {key: b64encode(content).decode() for key, content in given.data.items()}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": NAMESPACE}}
        if self.client.find(SECRETS, name, NAMESPACE):
            self.client.replace(SECRETS, secret | {"data": data})
        else:
            self.client.create(SECRETS, secret | {"data": data})

    def create_registry(
        self, entries: Sequence[Mapping[str, Any]] | None = None, given: Bundle | None = None
    ) -> None:
        """Create the registry with these components, and with a bundle if one is given."""
        spec: Object = {"components": list(entries)} if entries is not None else {}
        if given is not None:
            self.create_bundle(given)
            spec["configBundleSecret"] = "bundle"
        metadata = {"name": NAME, "namespace": NAMESPACE}
        registry = {"apiVersion": "quay.redhat.com/v1", "kind": "QuayRegistry", "metadata": metadata}
        self.client.watch(QUAY_REGISTRIES, lambda event: self.history.append((self.now, event.obj)))
        self.client.create(QUAY_REGISTRIES, registry | {"spec": spec})

    def edit(self, **spec: Any) -> None:
        """Change the registry's spec."""
        self.client.patch(QUAY_REGISTRIES, NAME, {"spec": spec}, NAMESPACE)

    def until_available(self) -> None:
        """Let time pass until the registry reports that it is available."""
        self.until("Available", "HealthChecksPassing")

    def until(self, kind: str, reason: str) -> None:
        """Let time pass until a condition has that reason."""
        what = f"condition {kind} with reason {reason}"
        self.cluster.run_until(lambda: self.reason(kind) == reason, what=what)

    # --- what there is to see -----------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Seconds since the cluster began."""
        return self.cluster.clock.now() - EPOCH

    @property
    def registry(self) -> Object:
        """The registry."""
        return self.client.get(QUAY_REGISTRIES, NAME, NAMESPACE)

    @property
    def status(self) -> Object:
        """Its status."""
        status: Object = self.registry.get("status") or {}
        return status

    def condition(self, kind: str) -> Object:
        """One of its conditions."""
        found = condition(self.registry, kind)
        assert found is not None, f"there is no condition {kind}"
        return found

    def reason(self, kind: str) -> str:
        """The reason of a condition; empty where there is none yet."""
        found = condition(self.registry, kind)
        return str(found["reason"]) if found else ""

    def message(self, kind: str) -> str:
        """The message of a condition."""
        return str(self.condition(kind)["message"])

    def find(self, ref: ResourceRef, base: str) -> Object | None:
        """One of the registry's objects by its name without prefix."""
        return self.client.find(ref, f"{NAME}-{base}", NAMESPACE)

    def get(self, ref: ResourceRef, base: str) -> Object:
        """The same, which must be there."""
        return self.client.get(ref, f"{NAME}-{base}", NAMESPACE)

    def deployments(self) -> set[str]:
        """The Deployments, without prefix."""
        listed = self.client.list(DEPLOYMENTS, NAMESPACE)
        return {obj["metadata"]["name"].removeprefix(f"{NAME}-") for obj in listed}

    def events(self) -> dict[tuple[str, str, str], int]:
        """How often each Event about the registry has happened, by type, reason and message."""
        listed = self.client.list(EVENTS, NAMESPACE)
        return {
            (event["type"], event["reason"], event["message"]): event["count"]
            for event in listed
            if event["involvedObject"]["kind"] == "QuayRegistry"
        }
