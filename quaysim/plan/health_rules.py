"""What the status controller complains of, and what to do about it: the rest of the table of rules.

The messages are those of operator 3.7.10, and where they differ those of 3.6.4.
"""

from __future__ import annotations

from quaysim.operator.conditions import (
    COMPONENT_NOT_READY as NOT_READY,
)
from quaysim.operator.conditions import MIGRATIONS_FAILED, MIGRATIONS_IN_PROGRESS, MIGRATIONS_JOB_MISSING
from quaysim.plan.findings import Rule, row
from quaysim.plan.places import at_component, at_override, at_registry, in_bundle
from quaysim.plan.subject import BY_KIND

_LOGS = "oc logs -n {namespace} job/{registry}-quay-app-upgrade"

HEALTH: list[Rule] = [
    row(
        "managed-tls-has-no-certificate",
        NOT_READY,
        r"TLS managed but config bundle contain certs",
        "With managed TLS the router's certificate is used; the bundle must not bring another one.",
        "Remove {certificates} from {bundle}; or set `managed: false` for tls and give both ssl.cert and ssl.key.",
        "3.4",
        at_component(kind="tls"),
    ),
    row(
        "unmanaged-is-configured",
        NOT_READY,
        r"TLS unmanaged but config bundle does not contain certs",
        "Unmanaged TLS needs your certificate in the bundle.",
        "Add to {bundle}: ssl.cert and ssl.key; or set `managed: true` for tls.",
        "5.4.1",
        at_component(kind="tls"),
    ),
    row(
        "bundle-exists",
        NOT_READY,
        r"Config bundle (?:secret not populated|does not exist)",
        "The Secret named by spec.configBundleSecret must exist in the registry's namespace.",
        "Create the Secret; or remove spec.configBundleSecret, and the operator makes one within seconds.",
        "1.5",
        in_bundle("config.yaml"),
    ),
    row(
        "zero-replicas-take-effect",
        NOT_READY,
        r"(?P<name>Quay|Clair|Mirror) component is being scaled down",
        "Zero replicas take effect only while the horizontal Pod autoscaler is unmanaged.",
        "Declare horizontalpodautoscaler with `managed: false`; or remove the replicas override.",
        "11.1.2",
        at_override("replicas"),
    ),
    row(
        "bucket-is-bound",
        NOT_READY,
        r"Object bucket claim not bound|Unable to locate object bucket claim",
        "Managed object storage needs a provider that serves ObjectBucketClaims.",
        "Install OpenShift Data Foundation or NooBaa; or set `managed: false` for objectstorage and configure yours.",
        "3.2.2",
        at_component(kind="objectstorage"),
    ),
    row(
        "route-is-admitted",
        NOT_READY,
        r"Route (?:found but no ingress|not fully admitted|not found)",
        "The router must admit the Routes of the registry: a host belongs to the first Route that claims it.",
        "Look at status.ingress of the Routes of {registry}; free the host, or set another SERVER_HOSTNAME.",
        "3.5.3",
        at_component(kind="route"),
    ),
    row(
        "autoscalers-exist",
        NOT_READY,
        r"Horizontal pod autoscaler not (?:found|owned)",
        "A managed horizontalpodautoscaler has one autoscaler each for quay, clair and mirror.",
        "Wait for the operator's next pass; remove autoscalers of the same names that are not its own.",
        "3.5.2",
        at_component(kind="horizontalpodautoscaler"),
    ),
    row(
        "monitoring-objects-exist",
        NOT_READY,
        r"(?P<what>PrometheusRule|ServiceMonitor) (?P<name>\S+) not (?:found|owned)",
        "Managed monitoring has a ServiceMonitor and a PrometheusRule.",
        "Wait for the operator's next pass; remove a {what} of that name that is not its own.",
        "7.1",
        at_component(kind="monitoring"),
    ),
    row(
        "deployment-is-available",
        NOT_READY,
        r"Deployment (?P<name>\S+?)(?:-quay-database|-clair-postgres|-quay-redis|-quay-app|-clair-app|-quay-mirror"
        r"|-quay-config-editor)(?:: | has zero replicas available)|Available condition not found for (?P<other>\S+)",
        "A Deployment is healthy when enough of its Pods are ready. A Quay Pod needs 2 CPU and 8Gi on one node.",
        "Look at the Pods of that Deployment: oc get pods, oc describe pod. Pods that fit nowhere stay Pending.",
        "1.6.2",
        at_registry("spec.components"),
    ),
    row(
        "objects-are-the-registrys",
        NOT_READY,
        r"(?P<what>.*?) not (?:found|owned by QuayRegistry)",
        "What a managed component is made of is created by the operator and owned by the registry.",
        "Wait for the operator's next pass; remove objects of those names that are not its own.",
        "1.1",
        at_registry("spec.components"),
    ),
    row(
        "migration-job-succeeds",
        NOT_READY,
        r"Job (?P<job>\S+) not finished",
        "Quay starts when the migration Job has succeeded.",
        f"Look at its log: {_LOGS}",
        "12.3",
        at_registry("spec"),
    ),
    row(
        "others-come-first",
        NOT_READY,
        r"Awaiting for component (?P<kinds>\S+) to become available",
        "Quay waits for its dependencies, mirror waits for quay, even where mirror is unmanaged.",
        "See the conditions of {kinds}.",
        "1.2",
        at_registry("spec.components"),
    ),
    row(
        "migration-job-succeeds",
        MIGRATIONS_FAILED,
        r"",
        "The migration Job has failed. The operator makes a new one every 23 s; Quay has no Pods meanwhile.",
        f"Look at its log, and mend the database or the bundle: {_LOGS}",
        "12.3",
        at_registry("spec"),
    ),
    row(
        "migration-job-succeeds",
        MIGRATIONS_JOB_MISSING,
        r"",
        "The migration Job has been deleted while it was waited for. The next pass makes a new one.",
        "Leave the Job alone until status.currentVersion is set.",
        "12.3",
        at_registry("spec"),
    ),
    row(
        "migration-job-succeeds",
        MIGRATIONS_IN_PROGRESS,
        r"",
        "While migrations run nothing else is looked at: edits of the registry wait, Quay has no Pods.",
        f"Wait; if it takes long, look at the log: {_LOGS}",
        "12.3",
        at_registry("spec"),
    ),
    row(
        "component-is-ready",
        NOT_READY,
        r"",
        "Every component must be ready.",
        "See the conditions of the registry.",
        BY_KIND,
        at_registry("spec.components"),
    ),
]
"""What can be wrong with what has been created."""
