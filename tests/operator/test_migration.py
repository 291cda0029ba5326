"""Database migrations: when the Job runs, and what is said of it."""

from __future__ import annotations

import pytest

from fake_cluster.kinds.refs import DEPLOYMENTS, JOBS, SECRETS
from quaysim.operator import QUAY_REGISTRIES
from tests.operator.examples import bundle, components
from tests.operator.lab import NAMESPACE, Lab

JOB = "skynet-quay-app-upgrade"
DATABASE = "DB_URI: postgresql://me:secret@db.org/{}\n".format


def job_status(lab: Lab, **status: object) -> None:
    """Say something of the Job that its controller has not said."""
    job = lab.client.get(JOBS, JOB, NAMESPACE)
    lab.client.replace(JOBS, job | {"status": status}, subresource="status")


def test_quay_has_no_pods_until_the_migrations_are_done(lab: Lab) -> None:
    lab.create_registry()
    lab.until("ComponentsCreated", "MigrationsInProgress")
    assert lab.get(DEPLOYMENTS, "quay-app")["spec"]["replicas"] == 0
    assert lab.status.get("currentVersion") is None
    lab.until("ComponentsCreated", "ComponentsCreationSuccess")
    assert lab.status["currentVersion"] == "3.7.10"
    lab.until_available()
    assert lab.get(DEPLOYMENTS, "quay-app")["spec"]["replicas"] == 2


def test_nothing_else_happens_while_they_run(lab: Lab) -> None:
    lab.create_registry()
    lab.until("ComponentsCreated", "MigrationsInProgress")
    lab.edit(components=components(["mirror"]))
    lab.cluster.advance(0)
    assert lab.reason("ComponentsCreated") == "MigrationsInProgress"
    assert lab.reason("RolloutBlocked") == "ComponentsCreationSuccess"


def test_a_job_that_somebody_deletes_is_missed_and_made_again(lab: Lab) -> None:
    lab.create_registry()
    lab.until("ComponentsCreated", "MigrationsInProgress")
    lab.client.delete(JOBS, JOB, NAMESPACE, propagation="Background")
    lab.until("ComponentsCreated", "MigrationsJobMissing")
    assert lab.message("ComponentsCreated") == "upgrade job not found"
    lab.until("ComponentsCreated", "MigrationsInProgress")
    lab.until_available()


def test_a_failed_job_is_reported_with_its_message_and_tried_again(lab: Lab) -> None:
    lab.create_registry()
    lab.until("ComponentsCreated", "MigrationsInProgress")
    failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "no more"}
    target = {"type": "FailureTarget", "status": "True"}
    job_status(lab, failed=7, conditions=[target, failed], startTime="2026-01-01T00:00:00Z")
    lab.until("ComponentsCreated", "MigrationsFailed")
    assert lab.message("ComponentsCreated") == "no more"
    assert lab.events()["Normal", "MigrationsFailed", "no more"] == 1
    lab.until("ComponentsCreated", "MigrationsInProgress")


def test_another_version_migrates_again(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    status = lab.status | {"currentVersion": "3.6.4"}
    lab.client.replace(QUAY_REGISTRIES, lab.registry | {"status": status}, subresource="status")
    lab.until("ComponentsCreated", "MigrationsInProgress")
    assert lab.get(DEPLOYMENTS, "quay-app")["spec"]["replicas"] == 0
    assert lab.get(DEPLOYMENTS, "quay-mirror")["spec"].get("replicas") != 0
    lab.cluster.advance(1)
    assert lab.reason("Available") == "ComponentNotReady"
    lab.until_available()
    assert lab.status["currentVersion"] == "3.7.10"


def test_another_database_is_migrated_without_a_word(lab: Lab) -> None:
    lab.create_registry(components(["postgres"]), bundle(DATABASE("one")))
    lab.until_available()
    before = lab.get(JOBS, "quay-app-upgrade")["metadata"]["uid"]
    lab.create_bundle(bundle(DATABASE("two")))
    lab.cluster.run_until(lambda: _uid_of(lab) not in ("", before), what="a new Job")
    lab.cluster.advance(1)
    assert lab.get(DEPLOYMENTS, "quay-app")["spec"]["replicas"] == 0
    assert lab.reason("ComponentsCreated") == "ComponentsCreationSuccess"
    lab.cluster.advance(70)
    assert lab.get(DEPLOYMENTS, "quay-app")["spec"]["replicas"] == 2


def _uid_of(lab: Lab) -> str:
    job = lab.find(JOBS, "quay-app-upgrade")
    return job["metadata"]["uid"] if job else ""


def test_without_its_finished_job_quay_is_not_ready(lab: Lab) -> None:
    lab.create_registry()
    lab.until_available()
    lab.client.delete(JOBS, JOB, NAMESPACE, propagation="Background")
    lab.cluster.advance(61)
    assert lab.message("ComponentQuayReady") == f"Job {JOB} not found"
    assert lab.reason("Available") == "ComponentNotReady"


@pytest.mark.parametrize("base", ["quay-registry-managed-secret-keys"])
def test_the_keys_survive_everything(lab: Lab, base: str) -> None:
    lab.create_registry()
    lab.until_available()
    before = lab.get(SECRETS, base)["data"]
    lab.edit(components=components(["mirror"]))
    lab.cluster.advance(70)
    assert lab.get(SECRETS, base)["data"] == before
