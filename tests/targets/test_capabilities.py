"""What a cluster can do, and the file that knows better."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fake_cluster.cluster import FakeCluster
from quaysim.targets.capabilities import (
    KNOWN,
    ONLY_IF_ALLOWED,
    BadCapabilities,
    changeable,
    declared,
    overridden,
    served,
)
from quaysim.targets.resources import NODES

FEATURES = Path(__file__).parents[2] / "features"


def test_every_need_of_a_scenario_is_a_known_capability() -> None:
    texts = (path.read_text(encoding="utf-8") for path in FEATURES.rglob("*.feature"))
    asked = {name for text in texts for name in re.findall(r"@needs:(\S+)", text)}
    assert asked
    assert asked <= KNOWN.keys()


def test_the_apis_of_a_cluster_say_what_it_can_do() -> None:
    plain, openshift = FakeCluster(), FakeCluster("openshift")
    assert "plain-kubernetes" in served(plain.client())
    assert {"route-api", "obc-api", "monitoring-api"} <= served(openshift.client())
    assert "plain-kubernetes" not in served(openshift.client())


def test_what_belongs_to_the_cluster_is_changed_only_if_that_is_allowed() -> None:
    assert not served(FakeCluster("openshift").client()) & ONLY_IF_ALLOWED.keys()
    assert changeable({"nodes", "kube-api"}) == {NODES}
    assert changeable({"kube-api"}) == frozenset()


def test_a_file_has_the_last_word(tmp_path: Path) -> None:
    file = tmp_path / "cluster.yaml"
    file.write_text("capabilities:\n  router: false\n  nodes: true\n")
    said = declared(str(file))
    assert overridden(frozenset({"router", "kube-api"}), said) == {"kube-api", "nodes"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("capabilities: [router]", "expected `capabilities:`"),
        ("router: true", "expected `capabilities:`"),
        ("capabilities: {router: 1}", "true or false"),
        ("capabilities: {warp-drive: true}", "warp-drive"),
        ("capabilities: {", "is not YAML"),
    ],
)
def test_a_file_that_says_something_else_is_one_sentence(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "cluster.yaml"
    file.write_text(text)
    with pytest.raises(BadCapabilities, match=re.escape(why)) as error:
        declared(str(file))
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadCapabilities, match="no such file"):
        declared(str(tmp_path / "none"))
