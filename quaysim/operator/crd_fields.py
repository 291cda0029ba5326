"""Schemas of the core types that stand in a QuayRegistry's overrides: EnvVar and Affinity.

Written with a few words: S a string, B a boolean, I an int32, L a list of strings.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

S: Schema = {"type": "string"}
B: Schema = {"type": "boolean"}
I: Schema = {"type": "integer", "format": "int32"}  # noqa: E741 - the alphabet of this module
TEXTS: Schema = {"type": "object", "additionalProperties": S}
QUANTITY: Schema = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "pattern": r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|"
    r"(\.[0-9]+))))?$",
    "x-kubernetes-int-or-string": True,
}


def fields(*required: str, **properties: Schema) -> Schema:
    """An object with these fields."""
    schema: Schema = {"type": "object", "properties": properties}
    return schema | ({"required": list(required)} if required else {})


def items(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


L = items(S)

_REQUIREMENT = items(fields("key", "operator", key=S, operator=S, values=L))
_LABEL_SELECTOR = fields(matchExpressions=_REQUIREMENT, matchLabels=TEXTS)

ENV_VAR = fields(
    "name",
    name=S,
    value=S,
    valueFrom=fields(
        configMapKeyRef=fields("key", key=S, name=S, optional=B),
        fieldRef=fields("fieldPath", apiVersion=S, fieldPath=S),
        resourceFieldRef=fields("resource", containerName=S, divisor=QUANTITY, resource=S),
        secretKeyRef=fields("key", key=S, name=S, optional=B),
    ),
)

_NODE_TERM = fields(matchExpressions=_REQUIREMENT, matchFields=_REQUIREMENT)
_NODE_AFFINITY = fields(
    preferredDuringSchedulingIgnoredDuringExecution=items(
        fields("preference", "weight", preference=_NODE_TERM, weight=I)
    ),
    requiredDuringSchedulingIgnoredDuringExecution=fields(
        "nodeSelectorTerms", nodeSelectorTerms=items(_NODE_TERM)
    ),
)
_POD_TERM = fields(
    "topologyKey",
    labelSelector=_LABEL_SELECTOR,
    namespaceSelector=_LABEL_SELECTOR,
    namespaces=L,
    topologyKey=S,
)
_POD_AFFINITY = fields(
    preferredDuringSchedulingIgnoredDuringExecution=items(
        fields("podAffinityTerm", "weight", podAffinityTerm=_POD_TERM, weight=I)
    ),
    requiredDuringSchedulingIgnoredDuringExecution=items(_POD_TERM),
)

AFFINITY = fields(nodeAffinity=_NODE_AFFINITY, podAffinity=_POD_AFFINITY, podAntiAffinity=_POD_AFFINITY)
