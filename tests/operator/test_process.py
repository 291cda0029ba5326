"""Panics: the whole process dies, and what that means for the other registries."""

from __future__ import annotations

from itertools import pairwise

import pytest

from fake_cluster.kinds.refs import EVENTS
from fake_cluster.objects import Object, condition
from quaysim.operator import QUAY_REGISTRIES
from quaysim.operator.bundle import Bundle
from tests.operator.examples import bundle, components
from tests.operator.lab import NAME, NAMESPACE, Lab

NO_CONFIG = Bundle({"other.txt": b"?"})


def _another(lab: Lab, name: str) -> None:
    metadata = {"name": name, "namespace": NAMESPACE}
    registry = {"apiVersion": "quay.redhat.com/v1", "kind": "QuayRegistry", "metadata": metadata, "spec": {}}
    lab.client.create(QUAY_REGISTRIES, registry)


def _is_available(lab: Lab, name: str) -> bool:
    found = condition(lab.client.get(QUAY_REGISTRIES, name, NAMESPACE), "Available")
    return found is not None and found["status"] == "True"


def _panics(lab: Lab) -> list[Object]:
    return [event for event in lab.client.list(EVENTS, NAMESPACE) if event["reason"] == "OperatorCrashed"]


@pytest.mark.parametrize(
    ("given", "panic"),
    [
        (NO_CONFIG, "panic: assignment to entry in nil map"),
        (bundle(""), "panic: assignment to entry in nil map"),
        (bundle("BUILDMAN_HOSTNAME: 5\n"), "panic: interface conversion: interface {} is not string"),
    ],
)
def test_a_panic_is_told_by_an_event_and_in_the_log(
    lab: Lab, given: Bundle, panic: str, caplog: pytest.LogCaptureFixture
) -> None:
    lab.create_registry(given=given)
    lab.cluster.advance(2.5)
    (event,) = _panics(lab)
    assert (event["type"], event["involvedObject"]["name"]) == ("Warning", NAME)
    assert event["message"].startswith(panic)
    assert any("panics at quay/skynet" in record.message for record in caplog.records)


def test_an_empty_mapping_is_enough_to_live(lab: Lab) -> None:
    lab.create_registry(given=bundle("{}\n"))
    lab.until_available()
    assert not _panics(lab)


def test_it_comes_back_later_each_time(lab: Lab) -> None:
    lab.create_registry(given=NO_CONFIG)
    moments: list[float] = []
    for _ in range(200):
        lab.cluster.advance(1)
        if len(_panics(lab)) > len(moments):
            moments.append(lab.now)
    waits = [later - earlier for earlier, later in pairwise(moments)]
    # Two seconds to start and one for the Route probe, beside the kubelet's 0, 10, 20, 40 and 80 seconds.
    assert waits == [3, 13, 23, 43, 83]


def test_nobody_works_while_the_process_is_down(lab: Lab) -> None:
    lab.create_registry(components(), NO_CONFIG)
    lab.cluster.advance(9)
    assert len(_panics(lab)) == 2  # down for another twelve seconds
    _another(lab, "other")
    lab.cluster.advance(5)
    assert "status" not in lab.client.get(QUAY_REGISTRIES, "other", NAMESPACE)


def test_a_registry_that_panics_keeps_others_from_being_served_but_not_for_ever(lab: Lab) -> None:
    lab.create_registry(components(), NO_CONFIG)
    for name in ("one", "two"):
        _another(lab, name)
    lab.cluster.run_until(lambda: _is_available(lab, "one") and _is_available(lab, "two"), timeout=20_000)


def test_a_restarted_process_counts_its_events_from_one(lab: Lab) -> None:
    lab.create_registry(given=NO_CONFIG)
    lab.cluster.advance(60)
    assert len(_panics(lab)) > 1
    assert {event["count"] for event in _panics(lab)} == {1}


def test_once_the_bundle_is_mended_all_is_well(lab: Lab) -> None:
    lab.create_registry(given=NO_CONFIG)
    lab.cluster.advance(30)
    lab.create_bundle(bundle())
    lab.until_available()
    before = len(_panics(lab))
    lab.cluster.advance(600)
    assert len(_panics(lab)) == before
    assert lab.reason("RolloutBlocked") == "ComponentsCreationSuccess"
