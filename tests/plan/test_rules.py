from __future__ import annotations

import re

import pytest

from quaysim.catalogue import behaviours
from quaysim.plan import Verdict
from quaysim.plan.rules import RULES
from tests.cli.inputs import Object, managed, registry, unmanaged
from tests.cli.test_plan_verdicts import CASES
from tests.plan.certificates import certificate_for
from tests.plan.planning import configured, default_plan, planned


def _broken(verdict: Verdict) -> dict[str, str]:
    """The rules that the first registry breaks, with their fields."""
    return {check.finding.name: check.finding.field for check in verdict.registries[0].rules if check.broken}


def test_a_default_registry_keeps_every_rule() -> None:
    rules = default_plan().registries[0].rules
    assert {check.outcome for check in rules} == {"held"}
    assert {check.finding.name for check in rules} >= {
        "config-is-readable",
        "managed-is-not-configured",
        "managed-tls-has-no-certificate",
        "objects-are-accepted",
        "component-is-ready",
    }


@pytest.mark.parametrize("case", CASES)
def test_what_the_operator_reports_is_among_the_broken_rules(case: str) -> None:
    verdict = planned(*CASES[case][0])
    reported = {(finding.name, finding.field) for finding in verdict.registries[0].findings}
    assert reported <= set(_broken(verdict).items())
    assert all(name for name, _ in reported)


SEVERAL: dict[str, tuple[tuple[Object, ...], set[str]]] = {
    "three components without their configuration": (
        (registry(unmanaged("route"), unmanaged("postgres"), unmanaged("clairpostgres")),),
        {"unmanaged-is-configured", "clair-has-a-database"},
    ),
    "an unknown kind, a shrinking volume and an override that is not supported": (
        (registry(unmanaged("mirroring"), managed("postgres", volumeSize="1Gi", replicas=1)),),
        {"kind-is-known", "volume-does-not-shrink", "override-is-supported", "no-replicas-beside-autoscaler"},
    ),
    "a certificate for another host, and a managed Redis that is configured": (
        configured(
            managed("redis"),
            unmanaged("tls"),
            config={"BUILDLOGS_REDIS": {}, "SERVER_HOSTNAME": "quay.example.com"},
            **dict(zip(("ssl.cert", "ssl.key"), certificate_for("other.example.com"), strict=True)),
        ),
        {"managed-is-not-configured", "certificate-names-host"},
    ),
}


@pytest.mark.parametrize("case", SEVERAL)
def test_all_broken_rules_are_named_at_once_though_the_operator_stops_at_the_first(case: str) -> None:
    objects, names = SEVERAL[case]
    verdict = planned(*objects)
    assert len(verdict.registries[0].findings) == 1
    assert set(_broken(verdict)) == names


def test_rules_that_nobody_can_judge_yet_stay_open() -> None:
    rules = planned(registry(unmanaged("route"))).registries[0].rules
    outcomes = {check.finding.name: check.outcome for check in rules}
    assert outcomes["objects-are-accepted"] == "open"
    assert outcomes["component-is-ready"] == "open"


def test_a_rule_that_holds_has_nothing_to_mend() -> None:
    told = [check.as_json() for check in default_plan().registries[0].rules]
    assert all((item["message"], item["fix"], item["reason"]) == ("", "", "") for item in told)
    assert all(item["rule"] for item in told)


@pytest.mark.parametrize(
    "name", sorted({rule.name for rule in RULES} - {"name-is-short", "objects-are-accepted", "by kind"})
)
def test_every_rule_names_a_section_of_the_documentation(name: str) -> None:
    sections = {entry.section for entry in behaviours().values()}
    parents = {re.sub(r"\.\d+$", "", section) for section in sections} | {"3.2", "3"}
    for rule in RULES:
        if rule.name == name and rule.section != "by kind":
            assert rule.section in sections | parents


def test_an_object_in_the_way_of_the_operator_is_named_with_its_file() -> None:
    selector = {"matchLabels": {"a": "b"}}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "x", "image": "y:1"}]}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "example-registry-quay-redis", "namespace": "quay-enterprise"},
        "spec": {"selector": selector, "template": template},
    }
    (finding,) = planned(registry(), deployment).registries[0].findings
    assert (finding.name, finding.field) == ("objects-are-accepted", "metadata.name")
    assert "remove Deployment example-registry-quay-redis from in.yaml:" in finding.fix


def test_operator_3_6_is_judged_by_its_own_rules() -> None:
    verdict = planned(registry(managed("quay")), operator_version="3.6.4")
    (finding,) = verdict.registries[0].findings
    assert (finding.name, finding.field) == ("kind-is-known", "spec.components[0].kind")
