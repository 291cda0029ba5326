"""route.openshift.io: how Services are reached from outside the cluster.

Source: OpenShift API reference, Route.
"""

from __future__ import annotations

from fake_cluster.objects import Object
from fake_cluster.platform.definitions.schemas import (
    INT_OR_STRING,
    column,
    definition,
    fields,
    integer,
    listed,
    string,
)
from fake_cluster.platform.refs import ROUTES

_HOST = r"^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]{0,61}[a-zA-Z0-9]))*$"
_POLICIES = ["None", "Subdomain", ""]


def _target() -> Object:
    return fields(
        "kind",
        "name",
        kind=string(enum=["Service", ""], default="Service"),
        name=string(minLength=1),
        weight=integer(format="int32", minimum=0, maximum=256, default=100),
    )


_TLS = fields(
    "termination",
    termination=string(enum=["edge", "reencrypt", "passthrough"]),
    insecureEdgeTerminationPolicy=string(enum=["Allow", "None", "Redirect", ""]),
    certificate=string(),
    key=string(),
    caCertificate=string(),
    destinationCACertificate=string(),
    externalCertificate=fields(name=string()),
)
_HEADER = fields(
    "name",
    "action",
    name=string(minLength=1, maxLength=255),
    action=fields(
        "type",
        type=string(enum=["Set", "Delete"]),
        set=fields("value", value=string(minLength=1, maxLength=16384)),
    ),
)
_HEADERS = fields(actions=fields(request=listed(_HEADER, maxItems=20), response=listed(_HEADER, maxItems=20)))
_SPEC = fields(
    "to",
    host=string(maxLength=253, pattern=f"{_HOST}|^$"),
    subdomain=string(maxLength=253, pattern=f"{_HOST}|^$"),
    path=string(pattern="^/|^$"),
    to=_target(),
    alternateBackends=listed(_target(), maxItems=3),
    port=fields("targetPort", targetPort=INT_OR_STRING),
    tls=_TLS,
    wildcardPolicy=string(enum=_POLICIES, default="None"),
    httpHeaders=_HEADERS,
)
_CONDITION = fields(
    "type",
    "status",
    type=string(),
    status=string(),
    reason=string(),
    message=string(),
    lastTransitionTime=string(format="date-time"),
)
_INGRESS = fields(
    host=string(),
    routerName=string(),
    routerCanonicalHostname=string(),
    wildcardPolicy=string(),
    conditions=listed(_CONDITION),
)
_ADMITTED = '.status.ingress[0].conditions[?(@.type=="Admitted")].status'

DEFINITIONS = (
    definition(
        ROUTES,
        _SPEC,
        fields(ingress=listed(_INGRESS)),
        columns=(
            column("Host", ".status.ingress[0].host"),
            column("Admitted", _ADMITTED),
            column("Service", ".spec.to.name"),
            column("TLS", ".spec.tls.type"),
        ),
    ),
)
