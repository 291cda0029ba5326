"""A registry in a scenario: first as a draft that sentences add to, then as what is in the cluster."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from quaysim.targets import ApiError, Object, ResourceRef, Target
from quaysim.targets.resources import (
    DEPLOYMENTS,
    OF_A_REGISTRY,
    PODS,
    QUAY_REGISTRIES,
    SECRETS,
)
from steps.support.bundle import Bundle, decoded
from steps.support.expect import becomes, eventually

COMPONENTS = (
    "quay",
    "postgres",
    "clair",
    "redis",
    "horizontalpodautoscaler",
    "objectstorage",
    "route",
    "mirror",
    "monitoring",
    "tls",
    "clairpostgres",
)
"""All components, in the order in which the operator fills them in (documentation 1.2)."""

LABEL = "quay-operator/quayregistry"
DEFAULT_NAME = "example-registry"
Edit = Callable[[Object], None]


@dataclass
class Registry:
    """One QuayRegistry. `components` and `bundle` are what it will be created with."""

    target: Target
    namespace: str
    name: str = DEFAULT_NAME
    components: dict[str, Object] = field(default_factory=dict)
    bundle: Bundle | None = None
    bundle_namespace: str = ""
    created: Object | None = None
    last_updated: str = ""
    available_at: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    # --- the draft ------------------------------------------------------------------------------------

    def declare(self, kind: str, *, managed: bool, **overrides: Any) -> None:
        """Say of a component whether it is managed, and with which overrides."""
        entry = self.components.setdefault(kind, {"kind": kind})
        entry["managed"] = managed
        if overrides:
            entry.setdefault("overrides", {}).update(overrides)

    def override(self, kind: str, **overrides: Any) -> None:
        """Give a component overrides; it is managed if nothing was said."""
        self.declare(kind, managed=self.components.get(kind, {}).get("managed", True), **overrides)

    def manage_only(self, kinds: Collection[str]) -> None:
        """Manage these components and quay, and put the settings of all others into the bundle."""
        for kind in COMPONENTS:
            self.declare(kind, managed=kind in kinds or kind == "quay")
        unmanaged = [kind for kind in COMPONENTS if kind not in kinds and kind != "clair"]
        if "clair" not in kinds:
            unmanaged.remove("clairpostgres") if "clairpostgres" in unmanaged else None
        self.own_bundle().configure(unmanaged, self.default_host)

    def own_bundle(self) -> Bundle:
        """The bundle of the draft; from now on it has one."""
        if self.bundle is None:
            self.bundle = Bundle()
        return self.bundle

    @property
    def default_host(self) -> str:
        """The host name that the operator gives to a registry which names none."""
        return f"{self.name}-quay-{self.namespace}.{self.target.apps_domain}"

    @property
    def host(self) -> str:
        """The host name of the registry."""
        named = self.bundle.fields.get("SERVER_HOSTNAME") if self.bundle else None
        return str(named or self.default_host)

    def fill(self, text: str) -> str:
        """The text with `{name}`, `{namespace}`, `{host}` and `{domain}` replaced by this registry's."""
        values = {"name": self.name, "namespace": self.namespace, "host": self.host}
        values |= {"domain": self.target.apps_domain} if "{domain}" in text else {}
        for key, value in values.items():
            text = text.replace(f"{{{key}}}", value)
        return text

    # --- creating and changing ------------------------------------------------------------------------

    def create(self) -> None:
        """Create the bundle and the registry as drafted, unless that has been done."""
        if self.created is not None:
            return
        spec: Object = {"components": list(self.components.values())} if self.components else {}
        if self.bundle is not None:
            spec["configBundleSecret"] = self.bundle.name
            self._write_bundle(self.bundle)
        self.create_from({"metadata": {"name": self.name}, "spec": spec})

    def _write_bundle(self, bundle: Bundle) -> None:
        namespace = self.bundle_namespace or self.namespace
        if self.target.client.find(SECRETS, bundle.name, namespace) is None:
            self.target.client.create(SECRETS, bundle.secret(namespace))

    def create_from(self, manifest: Object) -> None:
        """Create the registry from a manifest."""
        self.name = manifest["metadata"]["name"]
        head = {"apiVersion": QUAY_REGISTRIES.api_version, "kind": QUAY_REGISTRIES.kind}
        metadata = manifest["metadata"] | {"namespace": self.namespace}
        self.created = self.target.client.create(QUAY_REGISTRIES, head | manifest | {"metadata": metadata})

    def get(self) -> Object:
        """The registry as it is."""
        return self.target.client.get(QUAY_REGISTRIES, self.name, self.namespace)

    def edit(self, change: Edit) -> None:
        """Change the registry's spec in place, as `kubectl edit` does; tries again on conflicts."""
        self.last_updated = str(self.status("lastUpdated"))

        def edited() -> bool:
            current = self.get()
            fresh = yaml.load(yaml.dump(current, Dumper=yaml.CSafeDumper), Loader=yaml.CSafeLoader)
            change(fresh["spec"])
            try:
                self.target.client.replace(QUAY_REGISTRIES, fresh)
            except ApiError as error:
                if error.reason == "Conflict":
                    return False
                raise
            return True

        self.target.wait_until(edited, what=f"{self.name} can be edited")

    def set_managed(self, kind: str, *, managed: bool) -> None:
        """Change whether a component is managed."""

        def change(spec: Object) -> None:
            spec["components"] = [item for item in spec["components"] if item["kind"] != kind]
            spec["components"].append({"kind": kind, "managed": managed})

        self.edit(change)

    def write_bundle(self, bundle: Bundle) -> None:
        """Replace the data of the bundle's Secret."""
        self.bundle = bundle
        self.target.client.replace(SECRETS, bundle.secret(self.namespace))

    # --- looking --------------------------------------------------------------------------------------

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
        """The objects of a kind that the registry owns."""
        assert self.created is not None
        uid = self.created["metadata"]["uid"]
        return [obj for obj in self.target.client.list(ref, self.namespace) if uid in _owner_uids(obj)]

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

    def history(self) -> list[Object]:
        """All states of the registry since it was created, the first one included."""
        assert self.created is not None
        version = self.created["metadata"]["resourceVersion"]
        events = self.target.history(QUAY_REGISTRIES, self.namespace, version)
        states = [obj for kind, obj in events if kind != "BOOKMARK" and obj["metadata"]["name"] == self.name]
        return [self.created, *states]

    # --- waiting --------------------------------------------------------------------------------------

    def seen(self) -> None:
        """Create it if need be, and wait until the operator has said whether the rollout is blocked."""
        self.create()
        what = f"the operator has looked at {self.name}"
        becomes(self.target, what, self.conditions, lambda seen: "RolloutBlocked" in seen, "RolloutBlocked")

    def seen_again(self) -> None:
        """Wait until the operator has completed a pass after the last edit."""
        what = f"the operator has looked at {self.name} again"
        before = self.last_updated
        holds = lambda seen: seen != before  # noqa: E731 - one of the two lines it is
        becomes(self.target, what, lambda: str(self.status("lastUpdated")), holds, f"not {before}")

    def available(self) -> None:
        """Create it if need be, and wait until it is available."""
        self.create()
        expected = ("True", "HealthChecksPassing", "All components reporting as healthy")
        what = f"{self.name} becomes available"
        eventually(self.target, what, lambda: self.condition("Available"), expected)
        self.available_at = str(self.status("lastUpdated"))


def _owner_uids(obj: Object) -> set[str]:
    return {reference["uid"] for reference in obj["metadata"].get("ownerReferences") or []}


def secrets_mounted_by(pod_spec: Object) -> list[str]:
    """The names of the Secrets in the volumes of a Pod, projected ones included."""
    volumes = pod_spec.get("volumes") or []
    sources = [source for volume in volumes for source in (volume.get("projected") or {}).get("sources", [])]
    plain = [volume["secret"]["secretName"] for volume in volumes if "secret" in volume]
    return plain + [source["secret"]["name"] for source in sources if "secret" in source]
