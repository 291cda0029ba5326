"""A cluster can begin with manifests."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake_cluster import FakeCluster, ManifestError
from fake_cluster.kinds.refs import CONFIG_MAPS, NAMESPACES

TWO = """
apiVersion: v1
kind: Namespace
metadata: {name: mine}
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: c, namespace: mine}
  data: {day: 2022-06-16, answer: "y"}
"""


def test_text_is_applied_in_its_order(fake_cluster: FakeCluster) -> None:
    loaded = fake_cluster.load(TWO)

    assert [obj["kind"] for obj in loaded] == ["Namespace", "ConfigMap"]
    client = fake_cluster.client()
    assert client.get(NAMESPACES, "mine")["status"] == {"phase": "Active"}
    assert client.get(CONFIG_MAPS, "c", "mine")["data"] == {"day": "2022-06-16", "answer": "y"}


def test_a_directory_is_read_in_the_order_of_its_names(fake_cluster: FakeCluster, tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {}}}\n"
    (tmp_path / "b.yaml").write_text(text.format("second"))
    (tmp_path / "a.yml").write_text(text.format("first"))
    (tmp_path / "notes.txt").write_text("not a manifest")

    loaded = fake_cluster.load(tmp_path)

    assert [obj["metadata"]["name"] for obj in loaded] == ["first", "second"]
    assert {obj["metadata"]["namespace"] for obj in loaded} == {"default"}


def test_loading_the_same_again_changes_nothing(fake_cluster: FakeCluster) -> None:
    assert fake_cluster.load(TWO) == fake_cluster.load(TWO)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: [", "the manifest: error converting YAML to JSON"),
        ("- a", "the manifest: an object is a mapping, this is a list"),
        ("kind: Pod\nmetadata: {name: x}", "the manifest: an object without apiVersion"),
        ("apiVersion: v1\nkind: Pod", "the manifest: a Pod without metadata.name"),
        ("apiVersion: v7\nkind: Pod\nmetadata: {name: x}", 'no kind "Pod" in version "v7" on this cluster'),
    ],
)
def test_what_cannot_be_used_is_named(fake_cluster: FakeCluster, text: str, complaint: str) -> None:
    with pytest.raises(ManifestError) as raised:
        fake_cluster.load(text)

    assert str(raised.value).startswith(complaint)


def test_a_missing_file_is_named(fake_cluster: FakeCluster, tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"nowhere\.yaml: no such file or directory"):
        fake_cluster.load(tmp_path / "nowhere.yaml")
