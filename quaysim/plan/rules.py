"""The rules that a registry can break, each with what to do about it: a table of reasons and messages.

The messages are those of operator 3.7.10; the sections are those of the documentation.
"""

from __future__ import annotations

import re

from quaysim.plan.findings import BY_KIND, Rule, Where, at_component, at_override, at_registry, in_bundle

CONFIG_INVALID = "ConfigInvalid"
CREATION_FAILED = "ComponentCreationFailed"
OVERRIDE_INVALID = "ComponentOverrideInvalid"
ROUTES = "RouteComponentDependencyError"
STORAGE = "ObjectStorageComponentDependencyError"
MONITORING = "MonitoringComponentDependencyError"
CRASHED = "OperatorCrashed"
NOT_READY = "ComponentNotReady"
UNSUPPORTED = "UnsupportedComponent"
"""Ours: the real operator only logs it."""


def _rule(reason: str, pattern: str, rule: str, fix: str, section: str, where: Where) -> Rule:  # noqa: PLR0913, PLR0917 - a row
    return Rule(reason, re.compile(pattern, re.DOTALL), rule, fix, section, where)


CONFIG = in_bundle("config.yaml")

RULES = [
    _rule(
        CONFIG_INVALID,
        r"required component `(?P<kind>\w+)` marked as unmanaged",
        "An unmanaged {kind} is yours to provide, and the bundle must tell Quay about it.",
        "Add to {bundle}: {needs}{or_manage}.",
        BY_KIND,
        at_component(),
    ),
    _rule(
        CONFIG_INVALID,
        r"^(?P<kind>tls) component marked as managed, but",
        "With managed TLS the router's certificate is used; the bundle must not bring another one.",
        "Remove {present} from {bundle}; or set `managed: false` for tls.",
        "3.4",
        at_component(),
    ),
    _rule(
        CONFIG_INVALID,
        r"^(?P<kind>\w+) component marked as managed, but",
        "A managed {kind} is configured by the operator alone; the bundle must not configure it too.",
        "Remove {present} from {bundle}; or set `managed: false` for {kind}.",
        BY_KIND,
        at_component(),
    ),
    _rule(
        CONFIG_INVALID,
        r"(?P<kind>clair)postgres component unmanaged but no clair postgres config provided",
        "A managed clair needs a database: the operator's, or yours in clair-config.yaml.",
        "Add to {bundle}: clair-config.yaml with a connstring for indexer, matcher and notifier; or set "
        "`managed: true` for clairpostgres.",
        "8.5.1.1.2",
        at_component(kind="clairpostgres"),
    ),
    _rule(
        CONFIG_INVALID,
        r"unknown component: (?P<kind>\S*)",
        "There is no component of kind {kind}. The eleven kinds are listed in the documentation.",
        "Correct the kind: {similar}or remove the entry.",
        "1.3",
        at_component("kind"),
    ),
    _rule(
        CONFIG_INVALID,
        r"unable to get `configBundleSecret`: Secret \"(?P<secret>[^\"]*)\" not found",
        "The Secret named by spec.configBundleSecret must exist in the registry's namespace.",
        'Create Secret "{secret}" in namespace {namespace}{elsewhere}; or give the bundle with --bundle; or remove '
        "spec.configBundleSecret, and the operator makes one.",
        "1.5",
        at_registry("spec.configBundleSecret"),
    ),
    _rule(
        CONFIG_INVALID,
        r"a valid label must be|must be no more than 63",
        "The registry's name becomes a label of all its objects, and a part of their names.",
        "Choose a name of at most 63 letters, better far less.",
        "",
        at_registry("metadata.name"),
    ),
    _rule(
        ROUTES,
        r"unable to parse config\.yaml: (?P<why>.*)",
        "config.yaml in the bundle must be YAML, and a mapping of Quay's fields.",
        "Correct config.yaml in {bundle}: {why}.",
        "3",
        CONFIG,
    ),
    _rule(
        ROUTES,
        r"(?P<key>\w+) must be of type (?P<type>\w+)",
        "{key} must be a {type}.",
        "Correct {key} in config.yaml of {bundle}; text that looks like a number or a date needs quotes.",
        "3",
        CONFIG,
    ),
    _rule(
        ROUTES,
        r"dial tcp",
        "The operator reads the router's certificate from the router itself, so it must reach it over HTTPS.",
        "Let the operator reach the router of the apps domain on port 443.",
        "3.4",
        at_registry("spec"),
    ),
    _rule(
        STORAGE,
        r"awaiting for bucket claim",
        "Managed object storage waits for the bucket: an ObjectBucketClaim is served by NooBaa or a like provider.",
        "Wait for the claim {registry}-quay-datastore to be bound, and look at its provisioner if it stays so.",
        "3.2.2",
        at_component(kind="objectstorage"),
    ),
    _rule(
        MONITORING,
        r"",
        "Managed monitoring needs OpenShift's monitoring and an operator that watches all namespaces.",
        "Set `managed: false` for monitoring; or install the operator for all namespaces on OpenShift.",
        "7.1",
        at_component(kind="monitoring"),
    ),
    _rule(
        OVERRIDE_INVALID,
        r"cannot set overrides on unmanaged (?P<kind>\w+)",
        "Overrides change what the operator creates; of an unmanaged {kind} it creates nothing.",
        "Remove the overrides of {kind}; or set `managed: true` for it.",
        "1.3",
        at_component("overrides"),
    ),
    _rule(
        OVERRIDE_INVALID,
        r"cannot override replicas with managed HPA",
        "While the horizontal Pod autoscaler is managed, it decides how many Pods there are.",
        "Declare horizontalpodautoscaler with `managed: false`; or remove the replicas overrides.",
        "3.5.2",
        at_override("replicas"),
    ),
    _rule(
        OVERRIDE_INVALID,
        r"component (?P<kind>\w+) does not support (?P<override>\w+) overrides",
        "{override} can be overridden for these components only: {accepting}.",
        "Remove {override} from the overrides of {kind}.",
        "1.3",
        at_component("overrides"),
    ),
    _rule(
        CREATION_FAILED,
        r"certificate pair not valid for host '(?P<host>[^']*)': x509",
        "The certificate in the bundle must name the registry's host, {host}, among its subject alternative names.",
        "Put a certificate for {host} into ssl.cert and ssl.key of {bundle}; or set SERVER_HOSTNAME to a name that "
        "the certificate has.",
        "5.4.1",
        in_bundle("ssl.cert"),
    ),
    _rule(
        CREATION_FAILED,
        r"certificate pair not valid for host '(?P<host>[^']*)': (?P<why>.*)",
        "ssl.cert and ssl.key must be a certificate and its private key, both as PEM.",
        "Correct ssl.cert and ssl.key in {bundle}: {why}.",
        "5.4.1",
        in_bundle("ssl.cert"),
    ),
    _rule(
        CREATION_FAILED,
        r"cannot shrink volume override size from (?P<from>\S+) to (?P<to>\S+)",
        "A volume may be larger than the {from} it has by default, never smaller.",
        "Ask for {from} or more; or remove the volumeSize override.",
        "8.3",
        at_override("volumeSize"),
    ),
    _rule(
        CREATION_FAILED,
        r"error creating object: (?P<why>.*)",
        "The API server must accept what the operator creates.",
        "Correct what it refuses: {why}.",
        "",
        at_registry("spec.components"),
    ),
    _rule(
        CRASHED,
        r"nil map",
        "The bundle must have a config.yaml that is not empty: the operator dies of one without.",
        "Add to {bundle}: a config.yaml; `{{}}` is enough.",
        "1.5",
        CONFIG,
    ),
    _rule(
        CRASHED,
        r"(?P<key>BUILDMAN_HOSTNAME|SERVER_HOSTNAME)",
        "{key} must be a string: the operator dies of anything else.",
        "Correct {key} in config.yaml of {bundle}.",
        "9.3.2.1",
        CONFIG,
    ),
    _rule(
        UNSUPPORTED,
        r"component (?P<kind>\w+): (?P<api>.*) not available",
        "A managed {kind} needs an API that this cluster does not have. The operator only writes this to its log.",
        "Set `managed: false` for {kind}; or deploy on OpenShift with what {kind} needs.",
        BY_KIND,
        at_component(),
    ),
    _rule(
        NOT_READY,
        r"TLS managed but config bundle contain certs",
        "With managed TLS the router's certificate is used; the bundle must not bring another one.",
        "Remove ssl.cert and ssl.key from {bundle}; or set `managed: false` for tls.",
        "3.4",
        at_component(kind="tls"),
    ),
    _rule(
        NOT_READY,
        r"TLS unmanaged but config bundle does not contain certs",
        "Unmanaged TLS needs your certificate in the bundle.",
        "Add to {bundle}: ssl.cert and ssl.key; or set `managed: true` for tls.",
        "5.4.1",
        at_component(kind="tls"),
    ),
    _rule(
        NOT_READY,
        r"(?P<name>Quay|Clair|Mirror) component is being scaled down",
        "Zero replicas take effect only while the horizontal Pod autoscaler is unmanaged.",
        "Declare horizontalpodautoscaler with `managed: false`; or remove the replicas override.",
        "11.1.2",
        at_override("replicas"),
    ),
    _rule(
        NOT_READY,
        r"Object bucket claim not bound|Unable to locate object bucket claim",
        "Managed object storage needs a provider that serves ObjectBucketClaims.",
        "Install OpenShift Data Foundation or NooBaa; or set `managed: false` for objectstorage and configure yours.",
        "3.2.2",
        at_component(kind="objectstorage"),
    ),
]
"""The first row that fits is the explanation."""
