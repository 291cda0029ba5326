"""Controllers that share a lock: nobody is forgotten, however many wait."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest

from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import CONFIG_MAPS
from fake_cluster.machinery.controller import Controller, Result, Source, own_key, sleep
from fake_cluster.objects import Key

NAMES = [f"item-{number:02}" for number in range(20)]


def _cluster_with_items() -> FakeCluster:
    cluster = FakeCluster(nodes=0)
    for name in NAMES:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}
        cluster.client().create(CONFIG_MAPS, body)
    return cluster


def _seen(seen: list[str], key: Key) -> None:
    if key.name in NAMES:
        seen.append(key.name)


@pytest.mark.parametrize("sleeping", [("one", "two"), ("one",)])
def test_everybody_gets_their_turn_in_the_order_of_waiting(sleeping: tuple[str, ...]) -> None:
    seen: dict[str, list[str]] = {"one": [], "two": []}

    def controller(name: str) -> Controller:
        async def slow(key: Key) -> Result | None:
            await sleep(1.0)
            _seen(seen[name], key)
            return None

        def quick(key: Key) -> Coroutine[Any, Any, Result | None] | None:
            _seen(seen[name], key)
            return None

        run = slow if name in sleeping else quick
        return Controller(name, run, [Source(CONFIG_MAPS, own_key)], lock="shared")

    with _cluster_with_items() as cluster:
        cluster.add([controller("one"), controller("two")])
        cluster.advance(60)
    assert seen == {"one": NAMES, "two": NAMES}


def test_one_that_is_removed_while_it_waits_does_not_keep_others_from_working() -> None:
    seen: list[str] = []

    async def slow(key: Key) -> Result | None:
        await sleep(1.0)
        _seen(seen, key)
        return None

    def leave(key: Key) -> Result | None:
        raise AssertionError(f"{key} should never be looked at")

    with _cluster_with_items() as cluster:
        source = [Source(CONFIG_MAPS, own_key)]
        first, gone, last = (
            Controller("first", slow, source, lock="shared"),
            Controller("gone", leave, source, lock="shared"),
            Controller("last", slow, source, lock="shared"),
        )
        cluster.add([first])
        cluster.settle()
        cluster.add([gone, last])
        cluster.settle()
        cluster.manager.remove(gone)
        cluster.manager.remove(first)
        cluster.advance(60)
    assert seen == NAMES
