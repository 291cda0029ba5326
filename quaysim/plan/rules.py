"""The rules that a registry can break, each with what to do about it: a table of reasons and messages.

The messages are those of operator 3.7.10; the sections are those of the documentation.
"""

from __future__ import annotations

from quaysim.operator.conditions import (
    CONFIG_INVALID,
    CREATION_FAILED,
    OVERRIDE_INVALID,
)
from quaysim.operator.conditions import MONITORING_DEPENDENCY as MONITORING
from quaysim.operator.conditions import ROUTE_DEPENDENCY as ROUTES
from quaysim.operator.conditions import STORAGE_DEPENDENCY as STORAGE
from quaysim.plan.findings import Rule, row
from quaysim.plan.health_rules import HEALTH
from quaysim.plan.places import at_component, at_object, at_override, at_registry, in_bundle
from quaysim.plan.subject import BY_KIND

CRASHED = "OperatorCrashed"
UNSUPPORTED = "UnsupportedComponent"
"""Ours: the real operator only logs it."""


CONFIG = in_bundle("config.yaml")

BLOCKING: list[Rule] = [
    row(
        "unmanaged-is-configured",
        CONFIG_INVALID,
        r"required component `(?P<kind>\w+)` marked as unmanaged",
        "An unmanaged {kind} is yours to provide, and the bundle must tell Quay about it.",
        "Add to {bundle}: {needs}{or_manage}.",
        BY_KIND,
        at_component(),
    ),
    row(
        "managed-tls-has-no-certificate",
        CONFIG_INVALID,
        r"^(?P<kind>tls) component marked as managed, but",
        "With managed TLS the router's certificate is used; the bundle must not bring another one.",
        "Remove {present} from {bundle}; or set `managed: false` for tls.",
        "3.4",
        at_component(),
    ),
    row(
        "managed-is-not-configured",
        CONFIG_INVALID,
        r"^(?P<kind>\w+) component marked as managed, but",
        "A managed {kind} is configured by the operator alone; the bundle must not configure it too.",
        "Remove {present} from {bundle}; or set `managed: false` for {kind}.",
        BY_KIND,
        at_component(),
    ),
    row(
        "clair-has-a-database",
        CONFIG_INVALID,
        r"(?P<kind>clair)postgres component unmanaged but no clair postgres config provided",
        "A managed clair needs a database: the operator's, or yours in clair-config.yaml.",
        "Add to {bundle}: clair-config.yaml with a connstring for indexer, matcher and notifier; or set "
        "`managed: true` for clairpostgres.",
        "8.5.1.1.2",
        at_component(kind="clairpostgres"),
    ),
    row(
        "kind-is-known",
        CONFIG_INVALID,
        r"unknown component: (?P<kind>\S*)",
        "The kind of a component is one of the eleven that the documentation lists.",
        "Correct {kind}{similar}; or remove the entry.",
        "1.3",
        at_component("kind"),
    ),
    row(
        "bundle-exists",
        CONFIG_INVALID,
        r"unable to (?:get|retrieve referenced) `configBundleSecret`: .*Secret \"(?P<secret>[^\"]*)\" not found",
        "The Secret named by spec.configBundleSecret must exist in the registry's namespace.",
        'Create Secret "{secret}" in namespace {namespace}{elsewhere}; or give the bundle with --bundle; or remove '
        "spec.configBundleSecret, and the operator makes one.",
        "1.5",
        at_registry("spec.configBundleSecret"),
    ),
    row(
        "config-is-readable",
        CONFIG_INVALID,
        r"unable to verify component config: (?P<why>.*)",
        "The YAML files in the bundle must be readable.",
        "Correct clair-config.yaml in {bundle}: {why}.",
        "8.5.1.1.2",
        in_bundle("clair-config.yaml"),
    ),
    row(
        "bundle-can-be-created",
        CONFIG_INVALID,
        r"unable to create base config bundle `Secret`: (?P<why>.*)",
        "Without a bundle of yours the operator creates one.",
        "Let the operator create Secrets in namespace {namespace}; or give a bundle: {why}.",
        "1.5",
        at_registry("spec.configBundleSecret"),
    ),
    row(
        "keys-are-readable",
        CONFIG_INVALID,
        r"unable to retrieve managed keys `Secret`: (?P<why>.*)",
        "The operator keeps what it generates in Secret {registry}-quay-registry-managed-secret-keys.",
        "Let the operator read Secrets in namespace {namespace}: {why}.",
        "11.1.1",
        at_registry("metadata.name"),
    ),
    row(
        "name-is-short",
        CONFIG_INVALID,
        r"a valid label must be|must be no more than 63",
        "The registry's name becomes a label of all its objects, and a part of their names.",
        "Choose a name of at most 63 letters, better far less.",
        "",
        at_registry("metadata.name"),
    ),
    row(
        "config-is-readable",
        ROUTES,
        r"unable to parse config\.yaml: (?P<why>.*)",
        "config.yaml in the bundle must be YAML, and a mapping of Quay's fields.",
        "Correct config.yaml in {bundle}: {why}.",
        "3",
        CONFIG,
    ),
    row(
        "config-types",
        ROUTES,
        r"(?P<key>\w+) must be of type (?P<type>\w+)",
        "{key} must be a {type}.",
        "Correct {key} in config.yaml of {bundle}; text that looks like a number or a date needs quotes.",
        "3",
        CONFIG,
    ),
    row(
        "router-is-reachable",
        ROUTES,
        r"dial tcp",
        "The operator reads the router's certificate from the router itself, so it must reach it over HTTPS.",
        "Let the operator reach the router of the apps domain on port 443.",
        "3.4",
        at_registry("spec"),
    ),
    row(
        "router-is-reachable",
        ROUTES,
        r"could not check for `Routes` API: (?P<why>.*)",
        "The operator looks in each pass whether the cluster has Routes, by making one.",
        "Correct what keeps it from that: {why}.",
        "3.5.3",
        at_registry("spec"),
    ),
    row(
        "bucket-is-ready",
        STORAGE,
        r"awaiting for bucket claim",
        "Managed object storage waits for the bucket: an ObjectBucketClaim is served by NooBaa or a like provider.",
        "Wait for the claim {registry}-quay-datastore to be bound, and look at its provisioner if it stays so.",
        "3.2.2",
        at_component(kind="objectstorage"),
    ),
    row(
        "bucket-is-ready",
        STORAGE,
        r"(?P<why>.*)",
        "Managed object storage needs the ObjectBucketClaim API, and the operator's right to read its Secrets.",
        "Install OpenShift Data Foundation or NooBaa; or set `managed: false` for objectstorage: {why}.",
        "3.2.2",
        at_component(kind="objectstorage"),
    ),
    row(
        "monitoring-is-available",
        MONITORING,
        r"",
        "Managed monitoring needs OpenShift's monitoring and an operator that watches all namespaces.",
        "Set `managed: false` for monitoring; or install the operator for all namespaces on OpenShift.",
        "7.1",
        at_component(kind="monitoring"),
    ),
    row(
        "no-overrides-of-unmanaged",
        OVERRIDE_INVALID,
        r"cannot set overrides on unmanaged (?:component )?(?P<kind>\w+)",
        "Overrides change what the operator creates; of an unmanaged component, such as {kind}, it creates nothing.",
        "Remove the overrides of {kind}; or set `managed: true` for it.",
        "1.3",
        at_component("overrides"),
    ),
    row(
        "no-replicas-beside-autoscaler",
        OVERRIDE_INVALID,
        r"cannot override replicas with managed HPA",
        "While the horizontal Pod autoscaler is managed, it decides how many Pods there are.",
        "Declare horizontalpodautoscaler with `managed: false`; or remove the replicas overrides.",
        "3.5.2",
        at_override("replicas"),
    ),
    row(
        "override-is-supported",
        OVERRIDE_INVALID,
        r"component (?P<kind>\w+) does not support (?P<override>\w+) overrides",
        "{override} can be overridden for these components only: {accepting}.",
        "Remove {override} from the overrides of {kind}.",
        "1.3",
        at_component("overrides"),
    ),
    row(
        "certificate-names-host",
        CREATION_FAILED,
        r"certificate(?:/key)? pair not valid for host '(?P<host>[^']*)': x509",
        "The certificate in the bundle must name the registry's host, {host}, among its subject alternative names.",
        "Put a certificate for {host} into ssl.cert and ssl.key of {bundle}; or set SERVER_HOSTNAME to a name that "
        "the certificate has.",
        "5.4.1",
        in_bundle("ssl.cert"),
    ),
    row(
        "certificate-is-readable",
        CREATION_FAILED,
        r"certificate(?:/key)? pair not valid for host '(?P<host>[^']*)': (?P<why>.*)",
        "ssl.cert and ssl.key must be a certificate and its private key, both as PEM.",
        "Correct ssl.cert and ssl.key in {bundle}: {why}.",
        "5.4.1",
        in_bundle("ssl.cert"),
    ),
    row(
        "volume-does-not-shrink",
        CREATION_FAILED,
        r"cannot shrink volume override size from (?P<from>\S+) to (?P<to>\S+)",
        "A volume may be larger than the {from} it has by default, never smaller.",
        "Ask for {from} or more; or remove the volumeSize override.",
        "8.3",
        at_override("volumeSize"),
    ),
    row(
        "images-have-a-digest",
        CREATION_FAILED,
        r"not inflate .*?(?P<why>\w*image.*)",
        "An image that overrides a default one must have a tag or, as the documentation has it, a digest.",
        "Correct RELATED_IMAGE_COMPONENT_* of the operator: {why}.",
        "8.4.1",
        at_registry("spec"),
    ),
    row(
        "objects-are-accepted",
        CREATION_FAILED,
        r"(?:error creating object|not created/updated successfully): "
        r"(?P<why>(?:(?P<what>[A-Z]\w*)\S* \"(?P<object>[^\"]+)\")?.*)",
        "The API server must accept what the operator creates.",
        "Correct what it refuses{in_the_way}: {why}.",
        "",
        at_object(),
    ),
    row(
        "config-is-not-empty",
        CRASHED,
        r"nil map",
        "The bundle must have a config.yaml that is not empty: the operator dies of one without.",
        "Add to {bundle}: a config.yaml; `{{}}` is enough.",
        "1.5",
        CONFIG,
    ),
    row(
        "kind-is-known",
        CRASHED,
        r"unknown component: (?P<kind>\S*)",
        "The kind of a component is one of those that the documentation lists; operators up to 3.6 die of others.",
        "Correct {kind}{similar}; or remove the entry.",
        "1.3",
        at_component("kind"),
    ),
    row(
        "config-types-crash",
        CRASHED,
        r"(?P<key>BUILDMAN_HOSTNAME|SERVER_HOSTNAME)",
        "{key} must be a string: the operator dies of anything else.",
        "Correct {key} in config.yaml of {bundle}.",
        "9.3.2.1",
        CONFIG,
    ),
    row(
        "api-is-available",
        UNSUPPORTED,
        r"component (?P<kind>\w+): (?P<api>.*) not available",
        "A managed {kind} needs an API of the cluster; where that is missing, the operator only writes to its log.",
        "Set `managed: false` for {kind}; or deploy on OpenShift with what {kind} needs.",
        BY_KIND,
        at_component(),
    ),
]
"""What keeps the operator from creating anything."""

RULES = [*BLOCKING, *HEALTH]
"""The first row that fits is the explanation."""
