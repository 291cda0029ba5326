"""Database migrations: the Job that runs them, and when a registry has the operator's version."""

from __future__ import annotations

from fake_cluster.objects import Object, condition
from quaysim.operator.components.common import (
    component_labels,
    metadata,
    mount,
    resources,
    without_requests,
)
from quaysim.operator.components.quay import (
    UPGRADE_JOB,
    certificates_volume,
    configuration_variables,
    worker_variables,
)
from quaysim.operator.conditions import COMPONENTS_CREATED, MIGRATIONS_IN_PROGRESS
from quaysim.operator.context import Context


def _pod(context: Context) -> Object:
    """Its configuration comes without the TLS files."""
    container = {
        "name": UPGRADE_JOB,
        "image": context.images["quay"],
        "args": ["migrate", "head"],
        "ports": [{"containerPort": number, "protocol": "TCP"} for number in (8443, 8080, 8081)],
        "env": [*configuration_variables(context), *worker_variables()],
        "resources": resources(("1", "3Gi"), ("2", "8Gi")),
        "volumeMounts": [
            mount("config", "/conf/stack"),
            mount("extra-ca-certs", "/conf/stack/extra_ca_certs", read_only=True),
        ],
    }
    config = {"name": "config", "secret": {"secretName": context.secrets["quay-config-secret"]}}
    return {
        "restartPolicy": "OnFailure",
        "serviceAccountName": context.full("quay-app"),
        "volumes": [config, certificates_volume(context)],
        "containers": [container],
    }


def upgrade_job(context: Context) -> Object:
    """The Job of the migration overlay."""
    pod = _pod(context)
    without_requests(context, pod)
    template_metadata = {
        "name": UPGRADE_JOB,
        "labels": component_labels(context, UPGRADE_JOB),
        "annotations": dict(context.hostname_annotations),
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata(context, UPGRADE_JOB, label=UPGRADE_JOB, component="base"),
        "spec": {"template": {"metadata": template_metadata, "spec": pod}},
    }


def in_progress(registry: Object) -> bool:
    """Whether the last complete pass has left a migration running."""
    created = condition(registry, COMPONENTS_CREATED)
    return created is not None and created["reason"] == MIGRATIONS_IN_PROGRESS


def failure_of(job: Object, otherwise: str) -> str:
    """Why a Job has failed for good; `otherwise` where it says nothing."""
    failed = condition(job, "Failed")
    return str(failed.get("message", "")) if failed and failed["status"] == "True" else otherwise
