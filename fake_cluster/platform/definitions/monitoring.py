"""monitoring.coreos.com: what Prometheus scrapes, and when it raises an alarm.

Source: API reference of the Prometheus operator.
"""

from __future__ import annotations

from fake_cluster.platform.definitions.schemas import (
    DURATION,
    INT_OR_STRING,
    boolean,
    definition,
    fields,
    integer,
    key_of_object,
    label_selector,
    listed,
    mapped,
    string,
)
from fake_cluster.platform.refs import PROMETHEUS_RULES, SERVICE_MONITORS

_LABEL_NAME = r"^[a-zA-Z_][a-zA-Z0-9_]*$"
_SECRET_OR_CONFIG_MAP = fields(secret=key_of_object(), configMap=key_of_object())
_RELABELING = fields(
    action=string(default="replace"),
    sourceLabels=listed(string(pattern=_LABEL_NAME)),
    separator=string(),
    targetLabel=string(),
    regex=string(),
    modulus=integer(format="int64"),
    replacement=string(),
)
_TLS = fields(
    ca=_SECRET_OR_CONFIG_MAP,
    caFile=string(),
    cert=_SECRET_OR_CONFIG_MAP,
    certFile=string(),
    keyFile=string(),
    keySecret=key_of_object(),
    serverName=string(),
    insecureSkipVerify=boolean(),
)
_ENDPOINT = fields(
    port=string(),
    targetPort=INT_OR_STRING,
    path=string(),
    scheme=string(enum=["http", "https"]),
    params=mapped(listed(string())),
    interval=string(pattern=DURATION),
    scrapeTimeout=string(pattern=DURATION),
    honorLabels=boolean(),
    honorTimestamps=boolean(),
    followRedirects=boolean(),
    enableHttp2=boolean(),
    filterRunning=boolean(),
    proxyUrl=string(),
    bearerTokenFile=string(),
    bearerTokenSecret=key_of_object(),
    authorization=fields(type=string(), credentials=key_of_object()),
    basicAuth=fields(username=key_of_object(), password=key_of_object()),
    tlsConfig=_TLS,
    relabelings=listed(_RELABELING),
    metricRelabelings=listed(_RELABELING),
)
_SERVICE_MONITOR = fields(
    "endpoints",
    "selector",
    endpoints=listed(_ENDPOINT),
    selector=label_selector(),
    namespaceSelector=fields(any=boolean(), matchNames=listed(string())),
    jobLabel=string(),
    targetLabels=listed(string()),
    podTargetLabels=listed(string()),
    attachMetadata=fields(node=boolean()),
    sampleLimit=integer(format="int64"),
    targetLimit=integer(format="int64"),
    labelLimit=integer(format="int64"),
)
_RULE = fields(
    "expr",
    alert=string(),
    record=string(),
    expr=INT_OR_STRING,
    for_=string(pattern=DURATION),
    keep_firing_for=string(minLength=1, pattern=DURATION),
    labels=mapped(string()),
    annotations=mapped(string()),
)
_GROUP = fields(
    "name",
    name=string(minLength=1),
    interval=string(pattern=DURATION),
    limit=integer(),
    partial_response_strategy=string(pattern="^(?i)(abort|warn)?$"),
    rules=listed(_RULE),
)
_GROUPS = listed(_GROUP, **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]})
_CATEGORY = ("prometheus-operator",)

DEFINITIONS = (
    definition(SERVICE_MONITORS, _SERVICE_MONITOR, short_names=("smon",), categories=_CATEGORY),
    definition(PROMETHEUS_RULES, fields(groups=_GROUPS), short_names=("promrule",), categories=_CATEGORY),
)
