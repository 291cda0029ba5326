"""A cluster that a kubeconfig leads to: a real one, or `quaysim serve` in another process.

Every scenario gets a namespace of its own, whose name begins with a prefix of the run, and which is
removed afterwards. The cluster's time is what its API server says in the `Date` header of an answer;
waits poll in real time and give up after a time measured on that clock.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, cast

import yaml

from fake_cluster.errors import ApiError
from fake_cluster.objects import Object, ResourceRef
from quaysim.targets.base import PATIENCE, NotInTime, Target, Targets, Unsupported, missing
from quaysim.targets.capabilities import ALL_NAMESPACES, served
from quaysim.targets.raw import replay, request
from quaysim.targets.resources import NAMESPACES, NODES, QUAY_REGISTRIES, ROUTES, SERVICE_ACCOUNTS
from quaysim.targets.turns import ALONE, Turn

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

    from fake_cluster.machinery.rest import RestClient

SHORTEST_POLL, LONGEST_POLL = 0.02, 0.5
"""Seconds of real time between two looks at the cluster: few at first, growing by half each time."""
RUN_LABEL = "quaysim.test/run"


class BadKubeconfig(Exception):  # noqa: N818 - a usage error of the person at the command line
    """A kubeconfig that cannot be used; `str()` says why in one sentence."""


@dataclass(frozen=True)
class Options:
    """What the command line says of the cluster."""

    kubeconfig: str | None = None
    context: str | None = None
    apps_domain: str | None = None


def connect(options: Options) -> ApiClient:
    """The official client for a kubeconfig and a context; raises BadKubeconfig."""
    import kubernetes.config  # noqa: PLC0415 - half a second that only runs on such a cluster spend

    load: Any = kubernetes.config.new_client_from_config
    try:
        return cast("ApiClient", load(options.kubeconfig, context=options.context))
    except kubernetes.config.ConfigException as error:
        where = options.kubeconfig or "the default kubeconfig"
        raise BadKubeconfig(f"{where} cannot be used: {error}") from error
    except (yaml.YAMLError, AttributeError, LookupError, TypeError, ValueError) as error:
        # the package stumbles over a file that is no kubeconfig at all
        raise BadKubeconfig(
            f"{options.kubeconfig or 'the default kubeconfig'} is not a kubeconfig"
        ) from error


class KubeconfigTargets(Targets):
    """Targets on one cluster. They share the connection and what was found out about the cluster."""

    def __init__(self, options: Options) -> None:
        from fake_cluster.machinery.rest import RestClient  # noqa: PLC0415 - as in `connect`

        self.options = options
        self.api_client = connect(options)
        self.client = RestClient(self.api_client)
        self.run = f"quaysim-{uuid.uuid4().hex[:6]}"
        self._namespaces = 0

    def check(self) -> None:
        """Ask the cluster for its version; raises BadKubeconfig if it does not answer."""
        import urllib3.exceptions  # noqa: PLC0415 - as in `connect`

        try:
            self.date()
        except (ApiError, OSError, urllib3.exceptions.HTTPError) as error:
            host = self.api_client.configuration.host
            reason = getattr(error, "reason", None) or error
            raise BadKubeconfig(f"{host} does not answer: {reason}") from error

    def open(self, needs: Collection[str]) -> Target:
        """A target for one scenario."""
        if reason := missing(needs, self.capabilities):
            raise Unsupported(reason)
        turn = Turn(self.api_client.configuration.host, alone=bool(ALONE & set(needs)))
        return KubeconfigTarget(self, turn)

    def describe(self) -> str:
        """Where the cluster is."""
        return f"the cluster at {self.api_client.configuration.host}, namespaces {self.run}-*"

    @cached_property
    def capabilities(self) -> frozenset[str]:
        """What the cluster can do. That it watches all namespaces is taken on trust."""
        nodes = {"nodes"} if self.client.list(NODES) else set()
        return served(self.client) | nodes | {ALL_NAMESPACES}

    def date(self) -> float:
        """The API server's clock, in whole seconds."""
        answer = request(self.api_client, "/version")
        return parsedate_to_datetime(answer.headers["Date"]).timestamp()

    def next_namespace(self) -> str:
        """The name of another namespace of this run: short, as it becomes part of host names."""
        self._namespaces += 1
        return f"{self.run}-{self._namespaces}"

    @cached_property
    def apps_domain(self) -> str:
        """The router's domain: from the options, or from what the router says of a Route made to ask it."""
        return self.options.apps_domain or self._ask_router()

    def _ask_router(self) -> str:
        target = KubeconfigTarget(self)
        with target:
            namespace = target.new_namespace()
            head = {"apiVersion": ROUTES.api_version, "kind": ROUTES.kind}
            metadata = {"name": "which-domain", "namespace": namespace}
            spec = {"to": {"kind": "Service", "name": "none"}}
            self.client.create(ROUTES, head | {"metadata": metadata, "spec": spec})

            def ingress() -> list[Object]:
                status = self.client.get(ROUTES, "which-domain", namespace).get("status") or {}
                return cast("list[Object]", status.get("ingress") or [])

            target.wait_until(lambda: bool(ingress()), what="the router admits a Route")
            answer = ingress()[0]
        return str(answer["routerCanonicalHostname"]).removeprefix(f"router-{answer['routerName']}.")


@dataclass
class KubeconfigTarget(Target):
    """One scenario's view of such a cluster."""

    targets: KubeconfigTargets
    turn: Turn | None = None
    namespaces: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client: RestClient = self.targets.client
        self.api_client = self.targets.api_client
        self.capabilities = self.targets.capabilities

    @property
    def apps_domain(self) -> str:
        """The domain under which the router gives host names."""
        return self.targets.apps_domain

    def now(self) -> float:
        """The API server's clock."""
        return self.targets.date()

    def wait_until(self, check: Callable[[], bool], timeout: float = PATIENCE, what: str = "") -> None:
        """Poll until `check()` is true."""
        deadline, pause = self.now() + timeout, SHORTEST_POLL
        while not check():
            if self.now() > deadline:
                raise NotInTime(what, timeout)
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_POLL)

    def pass_time(self, seconds: float) -> None:
        """Wait until the API server's clock has moved on."""
        end = self.now() + seconds
        self.wait_until(lambda: self.now() >= end, 2 * seconds + PATIENCE, "time passes")

    def new_namespace(self) -> str:
        """Create a namespace of this run."""
        name = self.targets.next_namespace()
        metadata = {"name": name, "labels": {RUN_LABEL: self.targets.run}}
        self.client.create(NAMESPACES, {"metadata": metadata})
        self.namespaces.append(name)
        account = partial(self.client.find, SERVICE_ACCOUNTS, "default", name)
        self.wait_until(lambda: account() is not None, what=f"namespace {name} is ready for Pods")
        return name

    def history(self, ref: ResourceRef, namespace: str, since: str) -> list[tuple[str, Object]]:
        """What the server remembers of these objects since then."""
        return replay(self.api_client, ref, namespace, since)

    def close(self) -> None:
        """Remove what the scenario has made, and let the next one have the cluster."""
        try:
            self._remove_namespaces()
        finally:
            if self.turn is not None:
                self.turn.close()

    def _remove_namespaces(self) -> None:
        """Remove the registries first, while the operator can still tidy up; then the namespaces."""
        for namespace in self.namespaces:
            for registry in self.client.list(QUAY_REGISTRIES, namespace):
                self.client.delete(QUAY_REGISTRIES, registry["metadata"]["name"], namespace)
        for namespace in self.namespaces:
            gone = partial(self._has_no_registry, namespace)
            self.wait_until(gone, what=f"the registries of {namespace} are gone")
            self.client.delete(NAMESPACES, namespace)

    def _has_no_registry(self, namespace: str) -> bool:
        return not self.client.list(QUAY_REGISTRIES, namespace)
