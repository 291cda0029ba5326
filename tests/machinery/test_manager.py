"""The controller manager, fed by hand."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

import pytest

from fake_cluster.errors import bad_request
from fake_cluster.machinery.client import Event, Sink
from fake_cluster.machinery.clock import EPOCH, RealClock, VirtualClock
from fake_cluster.machinery.controller import AddSource, Controller, Reconcile, Result, Source, sleep
from fake_cluster.machinery.manager import LiveLockError, Manager
from fake_cluster.objects import Key, Object, ResourceRef

THINGS = ResourceRef("", "v1", "things", "Thing")
A, B, C = (Key("ns", name) for name in "abc")


def thing(name: str) -> Object:
    return {"metadata": {"namespace": "ns", "name": name}}


class OnlyWatches:
    """A client with three things in its cluster."""

    def __init__(self, names: str = "") -> None:
        self.things = [thing(name) for name in names]
        self.watches = 0

    def watch(self, ref: ResourceRef, sink: Sink) -> None:
        self.watches += 1
        for obj in self.things:
            sink(Event("ADDED", ref, obj))

    def list(self, ref: ResourceRef) -> Sequence[Object]:
        del ref
        return self.things


class Bench:
    """A manager on virtual time, and a diary of what its controllers did."""

    def __init__(self, seed: int = 0) -> None:
        self.clock = VirtualClock()
        self.manager = Manager(self.clock, seed)
        self.diary: list[tuple[str, str, float]] = []

    def add(self, reconcile: Reconcile, name: str = "c", lock: str = "", existing: str = "") -> Controller:
        controller = Controller(name, reconcile, [Source(THINGS)], lock)
        client: Any = OnlyWatches(existing)
        self.manager.add(controller, client)
        return controller

    def write(self, name: str, key: Key) -> None:
        self.diary.append((name, key.name, round(self.clock.now() - EPOCH, 6)))

    def changed(self, *names: str) -> None:
        for name in names:
            self.manager.post(Event("MODIFIED", THINGS, thing(name)))

    def run(self, seconds: float = 0.0) -> None:
        end = self.clock.now() + seconds
        self.manager.run_ready()
        while (due := self.manager.next_due()) is not None and due <= end:
            self.clock.advance_to(due)
            self.manager.run_ready()
        self.clock.advance_to(end)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def sleeper(bench: Bench, name: str, seconds: float) -> Callable[[Key], Coroutine[Any, Any, None]]:
    async def reconcile(key: Key) -> None:
        bench.write(f"{name} begins", key)
        await sleep(seconds)
        bench.write(f"{name} ends", key)

    return reconcile


def test_what_exists_is_reconciled_when_a_controller_starts(bench: Bench) -> None:
    bench.add(lambda key: bench.write("c", key), existing="ab")
    bench.run()
    assert bench.diary == [("c", "a", 0), ("c", "b", 0)]


def test_a_second_controller_of_a_resource_sees_what_exists_without_a_second_watch(bench: Bench) -> None:
    client: Any = OnlyWatches("a")
    for name in ("one", "two"):
        bench.manager.add(Controller(name, partial(bench.write, name), [Source(THINGS)]), client)
    bench.run()
    assert sorted(entry[0] for entry in bench.diary) == ["one", "two"]
    assert client.watches == 1


def test_several_events_of_one_object_make_one_pass(bench: Bench) -> None:
    bench.add(lambda key: bench.write("c", key))
    bench.changed("a", "b", "a", "a")
    bench.run()
    assert bench.diary == [("c", "a", 0), ("c", "b", 0)]


def test_a_failing_pass_is_tried_again_later_each_time_until_it_succeeds(bench: Bench) -> None:
    def reconcile(key: Key) -> None:
        bench.write("c", key)
        if len(bench.diary) < 5:
            raise bad_request("no")

    bench.add(reconcile)
    bench.changed("a")
    bench.run(10)
    assert [moment for _, _, moment in bench.diary] == [0, 0.005, 0.015, 0.035, 0.075]


def test_the_delay_between_retries_ends_at_a_thousand_seconds(bench: Bench) -> None:
    def reconcile(key: Key) -> None:
        bench.write("c", key)
        raise bad_request("never")

    bench.add(reconcile)
    bench.changed("a")
    bench.run(10_000)
    moments = [moment for _, _, moment in bench.diary]
    assert moments[-1] - moments[-2] == pytest.approx(1000)


def test_success_makes_the_next_failure_the_first(bench: Bench) -> None:
    def reconcile(key: Key) -> None:
        bench.write("c", key)
        if len(bench.diary) in {1, 3}:
            raise bad_request("now and then")

    bench.add(reconcile)
    bench.changed("a")
    bench.run(1)
    bench.changed("a")
    bench.run(1)
    assert [moment for _, _, moment in bench.diary] == [0, 0.005, 1, 1.005]


def test_a_pass_can_ask_to_run_again(bench: Bench) -> None:
    def reconcile(key: Key) -> Result:
        bench.write("c", key)
        return Result(requeue_after=60)

    bench.add(reconcile)
    bench.changed("a")
    bench.run(150)
    assert [moment for _, _, moment in bench.diary] == [0, 60, 120]


def test_a_sleeping_pass_holds_up_the_other_keys_of_its_controller(bench: Bench) -> None:
    bench.add(sleeper(bench, "c", 3))
    bench.changed("a", "b")
    bench.run(10)
    assert bench.diary == [("c begins", "a", 0), ("c ends", "a", 3), ("c begins", "b", 3), ("c ends", "b", 6)]


def test_a_sleeping_pass_does_not_hold_up_other_controllers(bench: Bench) -> None:
    bench.add(sleeper(bench, "slow", 3), name="slow")
    bench.add(lambda key: bench.write("quick", key), name="quick")
    bench.changed("a")
    bench.run(10)
    assert bench.diary == [("slow begins", "a", 0), ("quick", "a", 0), ("slow ends", "a", 3)]


def test_controllers_of_one_lock_never_run_at_the_same_time(bench: Bench) -> None:
    bench.add(sleeper(bench, "slow", 3), name="slow", lock="one")
    bench.add(lambda key: bench.write("quick", key), name="quick", lock="one")
    bench.changed("a")
    bench.run(10)
    assert bench.diary == [("slow begins", "a", 0), ("slow ends", "a", 3), ("quick", "a", 3)]


def test_an_event_during_a_sleeping_pass_leads_to_another_pass(bench: Bench) -> None:
    bench.add(sleeper(bench, "c", 3))
    bench.changed("a")
    bench.run(1)
    bench.changed("a", "a")
    bench.run(10)
    assert bench.diary == [("c begins", "a", 0), ("c ends", "a", 3), ("c begins", "a", 3), ("c ends", "a", 6)]


def test_a_coroutine_that_raises_is_tried_again_and_frees_its_lock(bench: Bench) -> None:
    async def reconcile(key: Key) -> None:
        bench.write("c", key)
        await sleep(1)
        if len(bench.diary) == 1:
            raise bad_request("once")

    bench.add(reconcile)
    bench.changed("a")
    bench.run(10)
    assert [moment for _, _, moment in bench.diary] == [0, 1.005]


def test_a_removed_controller_does_nothing_more(bench: Bench) -> None:
    controller = bench.add(sleeper(bench, "c", 3))
    bench.changed("a", "b")
    bench.run(1)
    bench.manager.remove(controller)
    bench.changed("c")
    bench.run(10)
    assert bench.diary == [("c begins", "a", 0)]
    assert bench.manager.next_due() is None


def test_a_key_can_be_asked_for_by_the_name_of_its_controller(bench: Bench) -> None:
    woken: list[bool] = []
    bench.manager.on_wake = lambda: woken.append(True)
    bench.add(lambda key: bench.write("one", key), name="one")
    bench.add(lambda key: bench.write("two", key), name="two")
    bench.manager.enqueue("two", A)
    assert woken
    bench.run()
    assert bench.diary == [("two", "a", 0)]


def test_a_closed_manager_does_nothing_more(bench: Bench) -> None:
    bench.add(sleeper(bench, "slow", 3), name="slow")
    bench.add(lambda key: bench.write("quick", key), name="quick")
    bench.changed("a")
    bench.run(1)
    bench.manager.close()
    bench.changed("b")
    bench.run(10)
    assert bench.diary == [("slow begins", "a", 0), ("quick", "a", 0)]


def test_a_controller_can_find_more_to_watch_while_it_runs(bench: Bench) -> None:
    added: list[AddSource] = []
    controller = Controller("c", lambda key: bench.write("c", key), [], discover=added.append)
    client: Any = OnlyWatches("a")
    bench.manager.add(controller, client)
    bench.run()
    assert bench.diary == []
    added[0](Source(THINGS))
    bench.run()
    assert bench.diary == [("c", "a", 0)]


def test_a_pass_that_asks_for_other_passes_does_not_run_them_itself(bench: Bench) -> None:
    def reconcile(key: Key) -> None:
        bench.write("begins", key)
        bench.changed("b") if key == A else None
        bench.manager.run_ready()
        bench.write("ends", key)

    bench.add(reconcile)
    bench.changed("a")
    bench.run()
    assert [entry[:2] for entry in bench.diary] == [
        ("begins", "a"),
        ("ends", "a"),
        ("begins", "b"),
        ("ends", "b"),
    ]


def test_what_is_not_a_sleep_cannot_be_awaited(bench: Bench) -> None:
    async def reconcile(_: Key) -> None:
        await asyncio.sleep(0)

    bench.add(reconcile)
    bench.changed("a")
    with pytest.raises(TypeError, match="nothing but sleep"):
        bench.run()


def test_an_event_wakes_whoever_drives_the_manager(bench: Bench) -> None:
    woken: list[bool] = []
    bench.manager.on_wake = lambda: woken.append(True)
    bench.changed("a")
    assert woken


def test_a_budget_ends_the_work_early_and_says_so(bench: Bench) -> None:
    bench.add(lambda key: bench.write("c", key))
    bench.changed("a", "b", "c")
    assert bench.manager.run_ready(budget=0.0)
    assert len(bench.diary) == 1
    assert not bench.manager.run_ready()
    assert len(bench.diary) == 3


def test_controllers_that_undo_each_other_are_named(bench: Bench) -> None:
    bench.add(lambda _: bench.changed("a"), name="see-saw")
    bench.changed("a")
    with pytest.raises(LiveLockError, match="see-saw ns/a"):
        bench.run()


def test_the_report_names_everybody_who_waits(bench: Bench) -> None:
    def failing(key: Key) -> None:
        raise bad_request(f"{key.name} is wrong")

    def again(_: Key) -> Result:
        return Result(requeue_after=20)

    bench.add(sleeper(bench, "slow", 5), name="slow")
    bench.add(failing, name="failing")
    bench.add(again, name="timer")
    bench.changed("a")
    bench.run()
    bench.changed("b")
    assert bench.manager.waiting() == [
        "asleep: slow ns/a for another 5 s",
        "again in 0.005 s: failing ns/a (failed 1 times: ApiError: a is wrong)",
        "again in 20 s: timer ns/a",
    ]


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_seed_decides_the_order_and_loses_nobody(seed: int) -> None:
    def order() -> list[str]:
        bench = Bench(seed)
        bench.add(lambda key: bench.write("c", key))
        bench.changed(*"abcdefgh")
        bench.run()
        return [name for _, name, _ in bench.diary]

    assert sorted(order()) == list("abcdefgh")
    assert order() == order()
    assert order() != list("abcdefgh")


def test_on_real_time_events_of_other_threads_are_worked_off_until_the_stop() -> None:
    manager, stop = Manager(RealClock(speed=1000.0)), threading.Event()
    seen: list[Key] = []

    def reconcile(key: Key) -> Result | None:
        seen.append(key)
        if key == B and seen.count(B) == 2:
            stop.set()
        return Result(requeue_after=2.0) if key == B else None

    client: Any = OnlyWatches("a")
    manager.add(Controller("c", reconcile, [Source(THINGS)]), client)
    post: Callable[[Event], None] = manager.post
    thread = threading.Thread(target=post, args=(Event("ADDED", THINGS, thing("b")),))
    thread.start()
    manager.run_forever(stop)
    thread.join()
    assert seen[0] in {A, B}
    assert seen.count(B) == 2
