from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from quaysim.operator import conditions
from quaysim.operator.components import COMPONENTS
from quaysim.operator.components.older import COMPONENTS_36
from quaysim.plan.findings import Rule
from quaysim.plan.glossary import ENTRIES, explain_word, general
from quaysim.plan.rules import RULES
from tests.cli.conftest import Run

CONSTANTS = [value for name, value in vars(conditions).items() if name.isupper() and isinstance(value, str)]
CONDITIONS = {component.condition for component in (*COMPONENTS, *COMPONENTS_36)}
MESSAGES = {
    "required component `tls` marked as unmanaged, but `configBundleSecret` is missing necessary fields": "5.4.1",
    "redis component marked as managed, but `configBundleSecret` contains required fields": "3.5.1",
    "clairpostgres component unmanaged but no clair postgres config provided": "8.5.1.1.2",
    "unable to verify component config: unknown component: mirroring": "1.3",
    'unable to get `configBundleSecret`: Secret "x" not found': "1.5",
    'unable to retrieve referenced `configBundleSecret`: x, error: Secret "x" not found': "1.5",
    "could not check for `Routes` API: unable to parse config.yaml: yaml: line 2": "3",
    "could not check for `Routes` API: dial tcp: lookup failed": "3.4",
    "error checking for object storage support: awaiting for bucket claim to be processed": "3.2.2",
    "invalid overrides: cannot override replicas with managed HPA": "3.5.2",
    "invalid overrides: component redis does not support affinity overrides": "1.3",
    "could not validate overrides on spec.components: cannot set overrides on unmanaged component clair": "1.3",
    "could not inflate kubernetes objects: cannot shrink volume override size from 50Gi to 10Gi": "8.3",
    "could not inflate kubernetes objects: provided certificate pair not valid for host 'h': x509: no": "5.4.1",
    "Deployment example-registry-quay-app has zero replicas available": "1.6.2",
    "Object bucket claim not bound": "3.2.2",
    "Route not fully admitted": "3.5.3",
    "Awaiting for component postgres,redis to become available": "1.2",
    "Job example-registry-quay-app-upgrade not finished": "12.3",
    "Horizontal pod autoscaler not found": "3.5.2",
    "ServiceMonitor x-quay-metrics-monitor not found": "7.1",
    "Clair component is being scaled down": "11.1.2",
    "TLS unmanaged but config bundle does not contain certs": "5.4.1",
}


@pytest.mark.parametrize("word", sorted({*CONSTANTS, *CONDITIONS, "UpgradeUnsupported"}))
def test_every_condition_and_reason_is_explained(word: str) -> None:
    (entry,) = explain_word(word)
    assert entry.name == word
    assert all((entry.meaning, entry.action, entry.section))


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_explained_by_its_rule(message: str) -> None:
    entry = explain_word(message)[0]
    assert entry.section == MESSAGES[message]
    assert "<kind>" not in entry.meaning + entry.action


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.name} {rule.reason}")
def test_every_rule_can_be_told_without_a_registry(rule: Rule) -> None:
    told = general(rule)
    assert told["rule"]
    assert not re.search(r"[{}]", told["rule"])


def test_no_word_is_explained_twice() -> None:
    names = [entry.name for entry in ENTRIES]
    assert len(names) == len(set(names))


def test_it_needs_no_files(run: Run) -> None:
    ran = run("plan", "--explain", "rolloutblocked")
    assert ran.code == 0
    assert ran.out.startswith("RolloutBlocked")
    assert "What to do" in ran.out


def test_it_speaks_to_programs_too(run: Run) -> None:
    (entry,) = json.loads(run("plan", "--explain", "MigrationsFailed", "-o", "json").out)
    assert entry["section"] == "12.3"
    assert entry["rules"][0]["name"] == "migration-job-succeeds"


def test_an_unknown_word_gets_one_line_with_the_nearest_one(run: Run) -> None:
    ran = run("plan", "--explain", "ConfigInvald")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "ConfigInvalid" in ran.err


def test_files_are_not_read_for_it(run: Run, tmp_path: Path) -> None:
    assert run("plan", str(tmp_path / "none.yaml"), "--explain", "Available").code == 0
