"""Probes: delays, periods, thresholds, and what failures lead to."""

from __future__ import annotations

import pytest

from fake_cluster.node.program import Context, ProbeKind, Program
from fake_cluster.node.programs import service
from fake_cluster.objects import Object
from tests.node.conftest import Lab, container

HTTP = {"httpGet": {"port": 8080}}


class Switch(Program):
    """A program whose health a test decides."""

    def __init__(self) -> None:
        self.healthy = True
        self.asked: list[tuple[ProbeKind, float]] = []

    def start(self, context: Context) -> None:
        self.context = context
        self.asked.clear()

    def probe(self, kind: ProbeKind, probe: Object) -> bool:
        del probe
        self.asked.append((kind, self.context.now()))
        return self.healthy

    def set(self, *, healthy: bool) -> None:
        self.healthy = healthy
        self.context.changed()


@pytest.fixture
def switch(lab: Lab) -> Switch:
    program = Switch()
    lab.cluster.programs.add("*", lambda: program)
    return program


def test_the_first_probe_waits_for_the_initial_delay(lab: Lab) -> None:
    lab.create(containers=[container(readinessProbe=HTTP | {"initialDelaySeconds": 30, "periodSeconds": 10})])
    lab.cluster.advance(30)
    assert not lab.is_ready()
    lab.until_ready()
    assert 31 <= lab.elapsed <= 42


def test_a_slow_program_becomes_ready_at_a_tick_of_its_probe(lab: Lab) -> None:
    lab.cluster.programs.add("*", service(ready_after=12))
    lab.create(containers=[container(readinessProbe=HTTP | {"periodSeconds": 5})])
    lab.until_ready()
    assert lab.elapsed == 1.0 + 0.5 + 15


def test_a_pod_stops_being_ready_after_as_many_failures_as_the_threshold_says(
    lab: Lab, switch: Switch
) -> None:
    lab.create(containers=[container(readinessProbe=HTTP | {"periodSeconds": 10, "failureThreshold": 3})])
    lab.until_ready()
    switch.set(healthy=False)
    lab.cluster.run_until(lambda: not lab.is_ready())
    assert lab.elapsed == 1.5 + 30
    switch.set(healthy=True)
    lab.until_ready()
    assert lab.elapsed == 1.5 + 40


def test_several_successes_may_be_asked_for(lab: Lab, switch: Switch) -> None:
    lab.create(containers=[container(readinessProbe=HTTP | {"periodSeconds": 10, "successThreshold": 3})])
    lab.until_ready()
    assert len(switch.asked) == 3


def test_a_failing_liveness_probe_restarts_the_container(lab: Lab, switch: Switch) -> None:
    lab.create(containers=[container(livenessProbe=HTTP | {"periodSeconds": 10, "failureThreshold": 2})])
    lab.until_ready()
    switch.set(healthy=False)
    lab.cluster.run_until(lambda: lab.status()["restartCount"] == 1)
    assert lab.messages("Killing") == ["Container c failed liveness probe, will be restarted"]
    assert lab.status()["lastState"]["terminated"]["exitCode"] == 0
    switch.set(healthy=True)
    lab.until_ready()


def test_no_other_probe_counts_before_the_startup_probe_has_passed(lab: Lab, switch: Switch) -> None:
    switch.healthy = False
    probes: Object = {
        "startupProbe": HTTP | {"periodSeconds": 10, "failureThreshold": 30},
        "livenessProbe": HTTP | {"periodSeconds": 1, "failureThreshold": 1},
        "readinessProbe": HTTP | {"periodSeconds": 7},
    }
    lab.create(containers=[container(**probes)])
    lab.cluster.advance(60)
    assert {kind for kind, _ in switch.asked} == {"startup"}
    assert lab.status()["started"] is False
    switch.set(healthy=True)
    lab.until_ready()
    assert lab.status()["started"] is True
    assert lab.status()["restartCount"] == 0
    assert lab.elapsed == 1.0 + 0.5 + 60


def test_a_startup_probe_that_never_passes_restarts_the_container(lab: Lab, switch: Switch) -> None:
    switch.healthy = False
    lab.create(containers=[container(startupProbe=HTTP | {"periodSeconds": 5, "failureThreshold": 4})])
    lab.cluster.run_until(lambda: lab.status()["restartCount"] == 1)
    assert lab.messages("Killing") == ["Container c failed startup probe, will be restarted"]


def test_a_polled_program_is_asked_in_every_period(lab: Lab, switch: Switch) -> None:
    switch.polled = True
    lab.create(containers=[container(readinessProbe=HTTP | {"periodSeconds": 10})])
    lab.cluster.advance(102)
    assert len(switch.asked) == 11
