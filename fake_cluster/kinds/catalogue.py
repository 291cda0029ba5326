"""The built-in resources, as discovery lists them: short names, categories, verbs, subresources.

Source: `kubectl api-resources -o wide` of a Kubernetes 1.36 server, whose order of groups it keeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from fake_cluster.kinds import refs
from fake_cluster.kinds.resource import ALL_VERBS
from fake_cluster.objects import ResourceRef

CREATE_ONLY: Final = frozenset({"create"})
READ_ONLY: Final = frozenset({"get", "list"})


class Entry(NamedTuple):
    """One built-in resource. `generation`: its objects count changes of their spec."""

    ref: ResourceRef
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    generation: bool = False
    verbs: frozenset[str] = ALL_VERBS
    storage: ResourceRef | None = None
    singular: str = ""
    computed: bool = False


_ALL: Final = ("all",)
_STATUS: Final = ("status",)
_SCALED: Final = ("scale", "status")
_WEBHOOKS: Final = ("api-extensions",)
_POD_SUBRESOURCES: Final = (
    "attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy",
    "resize", "status",
)  # fmt: skip

_CORE: Final = (
    Entry(refs.BINDINGS, verbs=CREATE_ONLY),
    Entry(refs.COMPONENT_STATUSES, ("cs",), verbs=READ_ONLY, computed=True),
    Entry(refs.CONFIG_MAPS, ("cm",)),
    Entry(refs.ENDPOINTS, ("ep",), singular="endpoints"),
    Entry(refs.EVENTS, ("ev",)),
    Entry(refs.LIMIT_RANGES, ("limits",)),
    Entry(refs.NAMESPACES, ("ns",), (), ("finalize", "status"), verbs=ALL_VERBS - {"deletecollection"}),
    Entry(refs.NODES, ("no",), (), ("proxy", "status")),
    Entry(refs.PERSISTENT_VOLUME_CLAIMS, ("pvc",), (), _STATUS),
    Entry(refs.PERSISTENT_VOLUMES, ("pv",), (), _STATUS),
    Entry(refs.PODS, ("po",), _ALL, _POD_SUBRESOURCES, generation=True),
    Entry(refs.POD_TEMPLATES, generation=True),
    Entry(refs.REPLICATION_CONTROLLERS, ("rc",), _ALL, _SCALED, generation=True),
    Entry(refs.RESOURCE_QUOTAS, ("quota",), (), _STATUS),
    Entry(refs.SECRETS),
    Entry(refs.SERVICE_ACCOUNTS, ("sa",), (), ("token",)),
    Entry(refs.SERVICES, ("svc",), _ALL, ("proxy", "status")),
)
_WORKLOADS: Final = (
    Entry(refs.CONTROLLER_REVISIONS),
    Entry(refs.DAEMON_SETS, ("ds",), _ALL, _STATUS, generation=True),
    Entry(refs.DEPLOYMENTS, ("deploy",), _ALL, _SCALED, generation=True),
    Entry(refs.REPLICA_SETS, ("rs",), _ALL, _SCALED, generation=True),
    Entry(refs.STATEFUL_SETS, ("sts",), _ALL, _SCALED, generation=True),
)
_REVIEWS: Final = (
    Entry(refs.SELF_SUBJECT_REVIEWS, verbs=CREATE_ONLY),
    Entry(refs.TOKEN_REVIEWS, verbs=CREATE_ONLY),
    Entry(refs.LOCAL_SUBJECT_ACCESS_REVIEWS, verbs=CREATE_ONLY),
    Entry(refs.SELF_SUBJECT_ACCESS_REVIEWS, verbs=CREATE_ONLY),
    Entry(refs.SELF_SUBJECT_RULES_REVIEWS, verbs=CREATE_ONLY),
    Entry(refs.SUBJECT_ACCESS_REVIEWS, verbs=CREATE_ONLY),
)
_HPA: Final = Entry(refs.HORIZONTAL_POD_AUTOSCALERS, ("hpa",), _ALL, _STATUS)
_SCALING_AND_BATCH: Final = (
    _HPA,
    _HPA._replace(ref=refs.HORIZONTAL_POD_AUTOSCALERS_V1, storage=_HPA.ref),
    _HPA._replace(ref=refs.HORIZONTAL_POD_AUTOSCALERS_V2BETA2, storage=_HPA.ref),
    Entry(refs.CRON_JOBS, ("cj",), _ALL, _STATUS, generation=True),
    Entry(refs.JOBS, (), _ALL, _STATUS, generation=True),
)
_OTHERS: Final = (
    Entry(refs.CERTIFICATE_SIGNING_REQUESTS, ("csr",), (), ("approval", "status")),
    Entry(refs.INGRESS_CLASSES, generation=True),
    Entry(refs.INGRESSES, ("ing",), (), _STATUS, generation=True),
    Entry(refs.IP_ADDRESSES, ("ip",), generation=True),
    Entry(refs.NETWORK_POLICIES, ("netpol",), generation=True),
    Entry(refs.SERVICE_CIDRS, (), (), _STATUS, generation=True),
    Entry(refs.POD_DISRUPTION_BUDGETS, ("pdb",), (), _STATUS, generation=True),
    Entry(refs.CLUSTER_ROLE_BINDINGS),
    Entry(refs.CLUSTER_ROLES),
    Entry(refs.ROLE_BINDINGS),
    Entry(refs.ROLES),
    Entry(refs.CSI_DRIVERS, generation=True),
    Entry(refs.CSI_NODES),
    Entry(refs.CSI_STORAGE_CAPACITIES),
    Entry(refs.STORAGE_CLASSES, ("sc",)),
    Entry(refs.VOLUME_ATTACHMENTS, (), (), _STATUS),
    Entry(refs.VOLUME_ATTRIBUTES_CLASSES, ("vac",)),
    Entry(refs.MUTATING_WEBHOOK_CONFIGURATIONS, (), _WEBHOOKS, generation=True),
    Entry(refs.VALIDATING_ADMISSION_POLICIES, (), _WEBHOOKS, _STATUS, generation=True),
    Entry(refs.VALIDATING_ADMISSION_POLICY_BINDINGS, (), _WEBHOOKS, generation=True),
    Entry(refs.VALIDATING_WEBHOOK_CONFIGURATIONS, (), _WEBHOOKS, generation=True),
    Entry(refs.CUSTOM_RESOURCE_DEFINITIONS, ("crd", "crds"), _WEBHOOKS, _STATUS, generation=True),
    Entry(refs.PRIORITY_CLASSES, ("pc",), generation=True, singular="priorityclass"),
    Entry(refs.LEASES),
    Entry(refs.RUNTIME_CLASSES, generation=True),
    Entry(refs.ENDPOINT_SLICES, generation=True),
    Entry(refs.FLOW_SCHEMAS, (), (), _STATUS, generation=True),
    Entry(refs.PRIORITY_LEVEL_CONFIGURATIONS, (), (), _STATUS, generation=True),
)

COLLECTIONS: Final[tuple[Entry, ...]] = (
    *_CORE,
    Entry(refs.API_SERVICES, (), _WEBHOOKS, _STATUS),
    *_WORKLOADS,
    Entry(refs.EVENTS_V1, ("ev",), storage=refs.EVENTS),
    *_REVIEWS,
    *_SCALING_AND_BATCH,
    *_OTHERS,
)
"""In discovery order."""

ADDED: Final[tuple[Entry, ...]] = tuple(
    Entry(ref, verbs=READ_ONLY, computed=True) for ref in (refs.NODE_METRICS, refs.POD_METRICS)
)
"""Kinds of APIs that an API server only passes on: served by clusters where something answers for them."""

BODIES: Final[tuple[Entry, ...]] = tuple(
    Entry(ref, verbs=frozenset())
    for ref in (refs.DELETE_OPTIONS, refs.EVICTION, refs.SCALE, refs.TOKEN_REQUEST)
)
"""Kinds that only occur as bodies of subresources."""


def singular_of(entry: Entry) -> str:
    """The singular name: the kind in lower case."""
    return entry.singular or entry.ref.kind.lower()


def entries() -> Iterable[Entry]:
    """Everything."""
    yield from COLLECTIONS
    yield from ADDED
    yield from BODIES
