from __future__ import annotations

import pytest

from quaysim.plan import Verdict
from quaysim.plan.upgrade import Upgrade, is_supported
from tests.cli.inputs import managed, registry, unmanaged
from tests.plan.certificates import certificate_for
from tests.plan.planning import configured, planned


def _upgrade(verdict: Verdict) -> Upgrade:
    upgrade = verdict.registries[0].upgrade
    assert upgrade is not None
    return upgrade


@pytest.fixture(scope="module")
def default() -> Verdict:
    return planned(registry(), from_version="3.6.4")


def _at(upgrade: Upgrade, what: str) -> float:
    """When a step comes; the first one that begins so."""
    return next(step.at for step in upgrade.steps if str(step).startswith(what))


def test_the_registry_is_available_before_and_after(default: Verdict) -> None:
    assert _upgrade(default).was_available
    assert default.registries[0].state == "Available"
    assert default.registries[0].status["currentVersion"] == "3.7.10"


def test_new_components_come_first_then_the_job_then_quay_again(default: Verdict) -> None:
    upgrade = _upgrade(default)
    order = [
        "spec.components is completed: quay, clairpostgres",
        "New Secret",
        "New Job: quay-app-upgrade",
        "Scaled from 2 to 0: quay-app",
        "Job has succeeded: quay-app-upgrade",
        "status.currentVersion becomes 3.7.10",
        "Scaled from 0 to 1: quay-app",
        "Scaled from 1 to 2: quay-app",
        "Condition Available becomes True",
    ]
    moments = [_at(upgrade, step) for step in order]
    assert moments == sorted(moments)


def test_quay_is_down_from_the_migration_to_its_first_new_pod(default: Verdict) -> None:
    upgrade = _upgrade(default)
    ((start, end),) = upgrade.outages
    assert start == pytest.approx(_at(upgrade, "Scaled from 2 to 0: quay-app"), abs=0.1)
    assert end == pytest.approx(_at(upgrade, "Ready again: quay-app"), abs=0.1)


def test_keys_and_the_database_password_survive(default: Verdict) -> None:
    upgrade = _upgrade(default)
    assert set(upgrade.kept) == {"SECRET_KEY", "DATABASE_SECRET_KEY", "DB_URI", "DB_ROOT_PW"}
    assert set(upgrade.renewed) == {"CONFIG_EDITOR_PW", "SECURITY_SCANNER_V4_PSK"}


def test_old_secrets_and_the_old_init_job_are_left_behind(default: Verdict) -> None:
    left = _upgrade(default).left_behind
    assert ("Job", "example-registry-quay-postgres-init") in left
    names = [name for _, name in left]
    assert any(name.startswith("example-registry-quay-registry-managed-secret-keys-") for name in names)
    assert "example-registry-quay-registry-managed-secret-keys" not in names
    assert {kind for kind, _ in left} == {"Job", "Secret"}


def test_redis_alone_is_not_restarted(default: Verdict) -> None:
    restarted = _upgrade(default).restarted
    assert "example-registry-quay-redis" not in restarted
    assert {"example-registry-quay-database", "example-registry-clair-postgres"} <= set(restarted)


def test_the_seconds_count_from_the_new_operators_start(default: Verdict) -> None:
    upgrade = _upgrade(default)
    assert 0 <= upgrade.steps[0].at < 5
    assert [step.at for step in upgrade.steps] == sorted(step.at for step in upgrade.steps)
    assert default.registries[0].after == 60


def test_without_the_autoscaler_quay_comes_back_with_all_its_pods() -> None:
    upgrade = _upgrade(planned(registry(unmanaged("horizontalpodautoscaler")), from_version="3.6.4"))
    assert _at(upgrade, "Scaled from 0 to 2: quay-app") > _at(upgrade, "status.currentVersion")


def test_an_upgrade_heals_the_tls_condition_of_3_6() -> None:
    pair = dict(zip(("ssl.cert", "ssl.key"), certificate_for("quay.example.com"), strict=True))
    objects = configured(unmanaged("tls"), config={"SERVER_HOSTNAME": "quay.example.com"}, **pair)
    verdict = planned(*objects, from_version="3.6.4")
    assert not _upgrade(verdict).was_available
    assert verdict.registries[0].state == "Available"


def test_an_upgrade_that_meets_a_new_rule_is_blocked_and_changes_nothing() -> None:
    verdict = planned(registry(managed("mirror"), unmanaged("route")), from_version="3.6.4")
    assert verdict.registries[0].state == "Blocked"
    assert _upgrade(verdict).restarted == []


def test_an_upgrade_heals_what_the_old_operator_died_of() -> None:
    verdict = planned(registry(managed("quay")), from_version="3.6.4")
    assert not _upgrade(verdict).was_available
    assert (verdict.registries[0].state, verdict.registries[0].findings) == ("Available", [])


@pytest.mark.parametrize(
    ("old", "new", "supported"),
    [
        ("3.6.4", "3.7.10", True),
        ("3.5.7", "3.7.10", True),
        ("3.4.7", "3.7.10", True),
        ("3.3.4", "3.7.10", False),
        ("3.3.4", "3.6.4", True),
        ("3.7.10", "3.6.4", False),
        ("3.7.10", "3.7.2", False),
    ],
)
def test_the_documentation_supports_some_upgrades_only(old: str, new: str, *, supported: bool) -> None:
    assert is_supported(old, new) is supported
