"""The informer: what a controller knows of a resource without asking."""

from __future__ import annotations

from typing import Any, cast

from fake_cluster.machinery.client import Client, Event, Sink
from fake_cluster.machinery.controller import own_key
from fake_cluster.machinery.informer import Informer, Informers, by_controller, by_labels, by_namespace
from fake_cluster.objects import Key, Object, ResourceRef

PODS = ResourceRef("", "v1", "pods", "Pod")
INDEXES = {"controller": by_controller, "labels": by_labels, "namespace": by_namespace}


class Watched:
    """A client that can only be watched."""

    def __init__(self) -> None:
        self.sinks: list[Sink] = []

    def watch(self, ref: ResourceRef, sink: Sink) -> None:
        assert ref is PODS
        self.sinks.append(sink)


def pod(
    name: str, version: int, *, uid: str = "", owner: str = "", labels: dict[str, str] | None = None
) -> Object:
    meta: dict[str, Any] = {
        "name": name,
        "namespace": "ns",
        "uid": uid or name,
        "resourceVersion": str(version),
    }
    if labels:
        meta["labels"] = labels
    if owner:
        meta["ownerReferences"] = [{"kind": "ReplicaSet", "name": owner, "uid": owner, "controller": True}]
    return {"kind": "Pod", "metadata": meta}


def informer() -> Informer:
    return Informer(cast("Client", Watched()), PODS, INDEXES)


def names(objects: list[Object]) -> list[str]:
    return [obj["metadata"]["name"] for obj in objects]


def test_objects_are_found_by_their_controller_and_those_without_one_by_namespace() -> None:
    pods = informer()
    pods.note(pod("a", 1, owner="rs"))
    pods.note(pod("b", 2))
    assert names(pods.find("controller", "rs")) == ["a"]
    assert names(pods.find("controller", "ns")) == ["b"]
    pods.note(pod("b", 3, owner="rs"))
    assert names(pods.find("controller", "rs")) == ["a", "b"]
    assert pods.find("controller", "ns") == []


def test_objects_are_found_by_all_of_several_labels() -> None:
    pods = informer()
    pods.note(pod("a", 1, labels={"app": "quay", "tier": "web"}))
    pods.note(pod("b", 2, labels={"app": "quay"}))
    assert names(pods.find_labelled("ns", {"app": "quay"})) == ["a", "b"]
    assert names(pods.find_labelled("ns", {"app": "quay", "tier": "web"})) == ["a"]
    assert pods.find_labelled("other", {"app": "quay"}) == []
    assert pods.find_labelled("ns", {}) == []


def test_an_older_version_never_replaces_a_newer_one() -> None:
    pods = informer()
    pods.note(pod("a", 5, labels={"v": "5"}))
    pods.deliver(Event("MODIFIED", PODS, pod("a", 4, labels={"v": "4"})))
    assert pods.all()[0]["metadata"]["labels"] == {"v": "5"}


def test_a_deleted_object_does_not_come_back_with_a_late_event() -> None:
    pods = informer()
    pods.note(pod("a", 5))
    pods.deliver(Event("DELETED", PODS, pod("a", 6)))
    pods.note(pod("a", 5))
    assert pods.get(Key("ns", "a")) is None
    pods.note(pod("a", 7, uid="another"))
    assert pods.get(Key("ns", "a")) is not None


def test_the_end_of_a_predecessor_leaves_the_new_object_of_that_name() -> None:
    pods = informer()
    pods.note(pod("a", 5, uid="new"))
    pods.deliver(Event("DELETED", PODS, pod("a", 4, uid="old")))
    assert pods.get(Key("ns", "a")) is not None


def test_a_source_can_make_sure_that_the_informer_knows_first() -> None:
    pods = informer()
    keys = list(pods.first(own_key)(Event("ADDED", PODS, pod("a", 1))))
    assert keys == [Key("ns", "a")]
    assert pods.get(keys[0]) is not None


def test_several_controllers_share_one_watch() -> None:
    client = Watched()
    informers = Informers(cast("Client", client), {PODS: INDEXES})
    assert informers[PODS] is informers[PODS]
    assert len(client.sinks) == 1
