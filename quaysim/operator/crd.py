"""The CustomResourceDefinition of QuayRegistry, as operator 3.7.10 installs it.

There is no enumeration of component kinds: a kind that nobody knows passes the API and blocks the
rollout. Fields that are not in the schema are dropped, such as `overrides` beside `components`.
"""

from __future__ import annotations

from fake_cluster.objects import Object
from quaysim.operator.crd_fields import AFFINITY, ENV_VAR, QUANTITY, TEXTS, B, I, S, fields, items
from quaysim.operator.refs import QUAY_REGISTRIES

_MOMENT = {"type": "string", "format": "date-time"}

_OVERRIDES = fields(
    affinity=AFFINITY,
    annotations=TEXTS,
    env=items(ENV_VAR),
    labels=TEXTS,
    replicas=I,
    volumeSize=QUANTITY,
)
_SIZE_ALONE = fields(volumeSize=QUANTITY)
_CONDITION = fields(
    lastTransitionTime=_MOMENT,
    lastUpdateTime=_MOMENT,
    message=S,
    reason=S,
    status=S,
    type=S,
)
_STATUS = fields(
    conditions=items(_CONDITION),
    configEditorCredentialsSecret=S,
    configEditorEndpoint=S,
    currentVersion=S,
    lastUpdated=S,
    registryEndpoint=S,
)


def _schema(overrides: Object) -> Object:
    component = fields("kind", "managed", kind=S, managed=B, overrides=overrides)
    spec = fields(configBundleSecret=S, components=items(component))
    return fields(apiVersion=S, kind=S, metadata={"type": "object"}, spec=spec, status=_STATUS)


_NOW, _BEFORE_37 = _schema(_OVERRIDES), _schema(_SIZE_ALONE)


def quay_registry_crd(*, all_overrides: bool = True) -> Object:
    """The CustomResourceDefinition of QuayRegistry. Up to 3.6 it knows no override but volumeSize."""
    ref = QUAY_REGISTRIES
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": ref.resource_name},
        "spec": {
            "group": ref.group,
            "scope": "Namespaced",
            "names": {
                "kind": ref.kind,
                "listKind": f"{ref.kind}List",
                "plural": ref.plural,
                "singular": ref.kind.lower(),
            },
            "versions": [
                {
                    "name": ref.version,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": _NOW if all_overrides else _BEFORE_37},
                    "subresources": {"status": {}},
                }
            ],
        },
    }
