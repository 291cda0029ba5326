"""Database migrations: the Job that runs them, and when a registry has the operator's version."""

from __future__ import annotations

from fake_cluster.kinds.refs import JOBS
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
from quaysim.operator.conditions import (
    COMPONENTS_CREATED,
    CREATION_SUCCESS,
    MIGRATIONS_FAILED,
    MIGRATIONS_IN_PROGRESS,
    MIGRATIONS_JOB_MISSING,
    conditions_of,
    fresh,
    with_condition,
)
from quaysim.operator.context import Context
from quaysim.operator.releases import Release
from quaysim.operator.reporting import Reporter, status_of


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
    older = context.manifests.base == "base"  # later ones have lost the label app
    without_requests(context, pod)
    template_metadata = {
        "name": UPGRADE_JOB,
        "labels": component_labels(context, UPGRADE_JOB, app=older),
        "annotations": dict(context.hostname_annotations),
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata(context, UPGRADE_JOB, label=UPGRADE_JOB, component="base", app=older),
        "spec": {"template": {"metadata": template_metadata, "spec": pod}},
    }


def in_progress(registry: Object) -> bool:
    """Whether the last complete pass has left a migration running."""
    created = condition(registry, COMPONENTS_CREATED)
    return created is not None and created["reason"] == MIGRATIONS_IN_PROGRESS


def announce(reporter: Reporter, registry: Object, release: Release) -> None:
    """From now on nothing is looked at but the Job."""
    message = release.messages.migrating
    reporter.say(registry, COMPONENTS_CREATED, MIGRATIONS_IN_PROGRESS, message, status=False)


def _failure_of(job: Object, otherwise: str) -> str:
    failed = condition(job, "Failed")
    return str(failed.get("message", "")) if failed and failed["status"] == "True" else otherwise


def _succeeded(reporter: Reporter, registry: Object, release: Release, version: str) -> None:
    """The one success that is not told by an Event, and leaves lastUpdated alone."""
    created = fresh(
        COMPONENTS_CREATED,
        status=True,
        reason=CREATION_SUCCESS,
        message=release.messages.migrated,
        now=reporter.clock.now(),
    )
    conditions = with_condition(conditions_of(registry), created)
    reporter.write(registry, conditions=conditions, currentVersion=version)


def follow(reporter: Reporter, registry: Object, release: Release, version: str) -> None:
    """Look at the Job: it runs, has succeeded, has failed, or is gone. Raises `ApiError`."""
    meta, messages = registry["metadata"], release.messages
    job = reporter.client.find(JOBS, f"{meta['name']}-{UPGRADE_JOB}", meta["namespace"])
    if job is None:
        reason, message = MIGRATIONS_JOB_MISSING, messages.migration_job_missing
    elif status_of(job).get("active") == 1:
        return
    elif status_of(job).get("succeeded") == 1:
        _succeeded(reporter, registry, release, version)
        return
    else:
        reason, message = MIGRATIONS_FAILED, _failure_of(job, messages.migration_failed)
    reporter.say(registry, COMPONENTS_CREATED, reason, message, status=False)
