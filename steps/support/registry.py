"""A registry in a scenario: first as a draft that sentences add to, then as what is in the cluster."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import yaml

from quaysim.targets import ApiError, Object
from quaysim.targets.resources import QUAY_REGISTRIES, SECRETS
from steps.support.bundle import Bundle
from steps.support.expect import becomes, eventually
from steps.support.live import LiveRegistry

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
Edit = Callable[[Object], None]


@dataclass
class Registry(LiveRegistry):
    """One QuayRegistry. `components` and `bundle` are what it will be created with."""

    components: dict[str, Object] = field(default_factory=dict)
    bundle: Bundle | None = None
    bundle_namespace: str = ""
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

    def default_host(self) -> str:
        """The host name that the operator gives to a registry which names none."""
        return f"{self.name}-quay-{self.namespace}.{self.target.apps_domain}"

    @property
    def host(self) -> str:
        """The host name of the registry."""
        named = self.bundle.fields.get("SERVER_HOSTNAME") if self.bundle else None
        return str(named or self.default_host())

    def fill(self, text: str) -> str:
        """The text with `{name}`, `{namespace}`, `{host}` and `{domain}` replaced by this registry's."""
        values: dict[str, Callable[[], str]] = {
            "{name}": lambda: self.name,
            "{namespace}": lambda: self.namespace,
            "{host}": lambda: self.host,
            "{domain}": lambda: self.target.apps_domain,
        }
        for placeholder, value in values.items():
            text = text.replace(placeholder, value()) if placeholder in text else text
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
