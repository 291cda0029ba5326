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
_COMPONENT = fields("kind", "managed", kind=S, managed=B, overrides=_OVERRIDES)
_CONDITION = fields(
    lastTransitionTime=_MOMENT,
    lastUpdateTime=_MOMENT,
    message=S,
    reason=S,
    status=S,
    type=S,
)
_SCHEMA = fields(
    apiVersion=S,
    kind=S,
    metadata={"type": "object"},
    spec=fields(configBundleSecret=S, components=items(_COMPONENT)),
    status=fields(
        conditions=items(_CONDITION),
        configEditorCredentialsSecret=S,
        configEditorEndpoint=S,
        currentVersion=S,
        lastUpdated=S,
        registryEndpoint=S,
    ),
)


def quay_registry_crd() -> Object:
    """The CustomResourceDefinition of QuayRegistry."""
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
                    "schema": {"openAPIV3Schema": _SCHEMA},
                    "subresources": {"status": {}},
                }
            ],
        },
    }
