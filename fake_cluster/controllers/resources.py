"""Which resources hold objects: what the garbage collector and the namespace controller walk through.

The built-in ones are known in advance; custom resources are found by their definitions.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.kinds import refs
from fake_cluster.machinery.client import Client
from fake_cluster.machinery.informer import Informer
from fake_cluster.objects import Object, ResourceRef

_NOT_STORED = frozenset(
    {
        refs.BINDINGS,
        refs.COMPONENT_STATUSES,
        refs.LOCAL_SUBJECT_ACCESS_REVIEWS,
        refs.NODE_METRICS,
        refs.POD_METRICS,
        refs.SELF_SUBJECT_ACCESS_REVIEWS,
        refs.SELF_SUBJECT_REVIEWS,
        refs.SELF_SUBJECT_RULES_REVIEWS,
        refs.SUBJECT_ACCESS_REVIEWS,
        refs.TOKEN_REVIEWS,
    }
)
"""They answer a question and are forgotten, or are made up when somebody asks."""
_SEEN_ELSEWHERE = frozenset(
    {refs.EVENTS_V1, refs.HORIZONTAL_POD_AUTOSCALERS_V1, refs.HORIZONTAL_POD_AUTOSCALERS_V2BETA2}
)
"""Other versions of resources that are in the list."""

BUILT_IN: tuple[ResourceRef, ...] = tuple(
    ref
    for ref in vars(refs).values()
    if isinstance(ref, ResourceRef) and ref.plural and ref not in _NOT_STORED | _SEEN_ELSEWHERE
)
"""All built-in resources with objects of their own, each in one version."""


def defined_by(definition: Object) -> ResourceRef | None:
    """The resource of a CustomResourceDefinition, in the version that is stored, or else one that is served."""
    spec = definition["spec"]
    served = [version for version in spec["versions"] if version.get("served")]
    if not served:
        return None
    version = next((item for item in served if item.get("storage")), served[0])
    names = spec["names"]
    namespaced = spec["scope"] == "Namespaced"
    return ResourceRef(spec["group"], version["name"], names["plural"], names["kind"], namespaced=namespaced)


def served(client: Client, definitions: Informer) -> list[ResourceRef]:
    """All resources with objects that the server has now."""
    custom: Iterable[ResourceRef | None] = map(defined_by, definitions.all())
    return [ref for ref in (*BUILT_IN, *custom) if ref is not None and client.serves(ref)]
