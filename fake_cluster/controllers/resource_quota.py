"""ResourceQuota: how much of its limits a namespace uses.

What is beyond them is refused by admission; this keeps the status. Source: documentation "Resource Quotas".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.pods import FINISHED, phase
from fake_cluster.controllers.quantities import text_of
from fake_cluster.controllers.resources import BUILT_IN
from fake_cluster.controllers.status import write_status
from fake_cluster.kinds.quantities import amount
from fake_cluster.kinds.refs import EVENTS, PERSISTENT_VOLUME_CLAIMS, PODS, RESOURCE_QUOTAS, SERVICES
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Source, own_key
from fake_cluster.objects import Key, Object, ResourceRef, key_of

_COUNTED = {ref.resource_name: ref for ref in BUILT_IN if ref.namespaced and ref != EVENTS}
_BY_NAME = {ref.plural: ref for ref in BUILT_IN if ref.namespaced and not ref.group and ref != EVENTS}
"""Core resources may be counted under their plain plural."""


def _pod_resource(pod: Object, part: str, name: str) -> Fraction:
    """What a Pod's containers ask for; init containers run one after the other."""
    spec = pod["spec"]
    running = sum((_container_resource(item, part, name) for item in spec["containers"]), Fraction(0))
    first = [_container_resource(item, part, name) for item in spec.get("initContainers") or ()]
    return max([running, *first])


def _container_resource(container: Object, part: str, name: str) -> Fraction:
    return amount(str(((container.get("resources") or {}).get(part) or {}).get(name, "0")))


def _services_of_type(kind: str) -> Callable[[Object], bool]:
    return lambda service: service["spec"].get("type") == kind


_SERVICE_KINDS: dict[str, Callable[[Object], bool]] = {
    "services.nodeports": lambda service: service["spec"].get("type") in ("NodePort", "LoadBalancer"),
    "services.loadbalancers": _services_of_type("LoadBalancer"),
}


class ResourceQuotaController:
    """Status for ResourceQuotas."""

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._quotas = context.informers[RESOURCE_QUOTAS]

    def controller(self) -> Controller:
        """The controller, for a manager."""
        refs = [ref for ref in _COUNTED.values() if ref != RESOURCE_QUOTAS and self._client.serves(ref)]
        sources = [Source(RESOURCE_QUOTAS, self._quotas.first(own_key))]
        sources += [Source(ref, self._quotas_around) for ref in refs]
        return Controller("resourcequota-controller", self.reconcile, sources)

    def _quotas_around(self, event: Event) -> Iterable[Key]:
        """The quotas that count an object; changes count for Pods, Services and claims only."""
        quotas = self._quotas.find("namespace", event.obj["metadata"]["namespace"])
        if not quotas or (
            event.type == "MODIFIED" and event.ref not in (PODS, SERVICES, PERSISTENT_VOLUME_CLAIMS)
        ):
            return ()
        return [key_of(quota) for quota in quotas]

    def reconcile(self, key: Key) -> None:
        """One pass over one quota."""
        quota = self._quotas.get(key)
        if quota is None:
            return
        hard: dict[str, str] = quota["spec"].get("hard") or {}
        used = {
            name: text_of(self._used(key.namespace, name, quota), binary=_is_bytes(name)) for name in hard
        }
        before = quota.get("status") or {}
        same = before.get("hard") == hard and _equal(before.get("used") or {}, used)
        if not same:
            self._quotas.note(
                write_status(self._client, RESOURCE_QUOTAS, quota, {"hard": hard, "used": used})
            )

    def _used(self, namespace: str, name: str, quota: Object) -> Fraction:
        """How much of one limit is used."""
        counted = self._count_ref(name)
        if counted is not None and counted != PODS:
            return Fraction(len(self._client.list(counted, namespace)))
        if name in _SERVICE_KINDS:
            return Fraction(sum(map(_SERVICE_KINDS[name], self._client.list(SERVICES, namespace))))
        if name == "requests.storage":
            return self._storage(namespace)
        pods = [pod for pod in self._client.list(PODS, namespace) if phase(pod) not in FINISHED]
        pods = [pod for pod in pods if _is_in_scope(pod, quota)]
        if counted == PODS:
            return Fraction(len(pods))
        part, _, resource = name.rpartition(".")
        return sum((_pod_resource(pod, part or "requests", resource) for pod in pods), Fraction(0))

    @staticmethod
    def _count_ref(name: str) -> ResourceRef | None:
        """The resource whose objects are counted, for `pods` or `count/deployments.apps`."""
        if name.startswith("count/"):
            return _COUNTED.get(name.removeprefix("count/"))
        return _BY_NAME.get(name)

    def _storage(self, namespace: str) -> Fraction:
        claims = self._client.list(PERSISTENT_VOLUME_CLAIMS, namespace)
        sizes = ((claim["spec"].get("resources") or {}).get("requests") or {} for claim in claims)
        return sum((amount(str(item.get("storage", "0"))) for item in sizes), Fraction(0))


def _is_bytes(name: str) -> bool:
    return name.rpartition(".")[2] in ("memory", "storage", "ephemeral-storage")


def _is_in_scope(pod: Object, quota: Object) -> bool:
    scopes = quota["spec"].get("scopes") or ()
    has_deadline = pod["spec"].get("activeDeadlineSeconds") is not None
    best_effort = (pod.get("status") or {}).get("qosClass") == "BestEffort"
    truths = {
        "Terminating": has_deadline,
        "NotTerminating": not has_deadline,
        "BestEffort": best_effort,
        "NotBestEffort": not best_effort,
    }
    return all(truths.get(scope, True) for scope in scopes)


def _equal(before: dict[str, str], used: dict[str, str]) -> bool:
    return before.keys() == used.keys() and all(
        amount(before[name]) == amount(text) for name, text in used.items()
    )
