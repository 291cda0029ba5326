from __future__ import annotations

import pytest

from quaysim.plan import UnreadableInput, Verdict, read_node_size
from quaysim.plan.nodes import Placement
from tests.cli.inputs import registry
from tests.plan.planning import planned


def _on(*sizes: str) -> Verdict:
    return planned(registry(), nodes=[read_node_size(size) for size in sizes])


def _minimum(verdict: Verdict) -> Placement:
    assert verdict.outcome.minimum is not None
    return verdict.outcome.minimum


@pytest.fixture(scope="module")
def three() -> Verdict:
    return _on("3:8x32Gi")


def test_a_registry_fits_on_three_nodes_without_load(three: Verdict) -> None:
    minimum = _minimum(three)
    assert three.exit_code == 0
    assert minimum.fits
    assert [node.name for node in minimum.nodes] == ["node-1", "node-2", "node-3"]
    assert minimum.placed == three.registries[0].demand.minimum.pods
    assert sum(
        (node.requested.cpu for node in minimum.nodes), start=type(minimum.nodes[0].requested.cpu)(0)
    ) == (three.registries[0].demand.minimum.requests.cpu)


def test_the_same_nodes_do_not_hold_it_at_its_maximum(three: Verdict) -> None:
    maximum = three.outcome.maximum
    assert maximum is not None
    assert not maximum.fits
    lost = sum(item.count for item in maximum.homeless)
    assert maximum.placed + lost == three.registries[0].demand.maximum.pods
    assert "Insufficient cpu" in maximum.homeless[0].reason


def test_so_many_nodes_as_are_said_to_do_really_do(three: Verdict) -> None:
    maximum = three.outcome.maximum
    assert maximum is not None
    again = _on(f"{maximum.enough}:{maximum.size.name}").outcome.maximum
    assert again is not None
    assert again.fits


def test_a_node_too_small_for_a_quay_pod_keeps_the_registry_from_getting_ready() -> None:
    verdict = _on("20:2x4Gi")
    assert verdict.registries[0].state == "NotReady"
    lost = {item.workload: item for item in _minimum(verdict).homeless}
    assert lost["example-registry-quay-app"].requests.as_json() == {"cpu": "2", "memory": "8Gi"}
    assert "Insufficient memory" in lost["example-registry-quay-app"].reason
    assert _minimum(verdict).enough is None


def test_nodes_of_several_sizes_are_used_together() -> None:
    minimum = _minimum(_on("16x64Gi", "2:4x16Gi"))
    assert [str(node.room) for node in minimum.nodes] == ["16 CPU, 64Gi", "4 CPU, 16Gi", "4 CPU, 16Gi"]
    assert minimum.fits


@pytest.mark.parametrize(
    "text", ["", "8", "8x", "x8Gi", "0:8x32Gi", "2000:8x32Gi", "axb", "8x32Gi:3", "0x8Gi", "-1x8Gi"]
)
def test_a_size_that_is_none_gets_one_sentence(text: str) -> None:
    with pytest.raises(UnreadableInput, match="--node-size"):
        read_node_size(text)
