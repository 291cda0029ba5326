"""The clock of a cluster elsewhere, by its Date headers."""

from __future__ import annotations

from math import floor

import pytest

from quaysim.targets.clock import Edge, ServerClock

START = 1_000_000.25


class World:
    """Real time, and a server whose clock runs `speed` times as fast. Each question takes a millisecond."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.real = 50.0

    def monotonic(self) -> float:
        return self.real

    def true(self) -> float:
        return START + (self.real - 50.0) * self.speed

    def date(self) -> float:
        self.real += 0.001
        return float(floor(self.true()))


@pytest.fixture
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(request.param)

    class Pace:
        def wait(self, seconds: float) -> None:
            world.real += seconds

    monkeypatch.setattr("quaysim.targets.clock.time.monotonic", world.monotonic)
    monkeypatch.setattr("quaysim.targets.clock.threading.Event", Pace)
    return world


@pytest.mark.parametrize("world", [1.0, 20.0, 100.0, 1000.0], indirect=True)
def test_it_agrees_with_the_server_to_the_second_or_a_moment_of_ours(world: World) -> None:
    clock = ServerClock(world.date)
    for _ in range(2000):
        world.real += 0.06
        error = abs(clock.now() - world.true())
        assert error <= max(1.05, 0.05 * world.speed)
    assert clock.speed == pytest.approx(world.speed, rel=0.01)


@pytest.mark.parametrize("world", [1.0], indirect=True)
def test_the_clock_of_a_real_cluster_runs_as_ours(world: World) -> None:
    clock = ServerClock(world.date)
    for _ in range(100):
        world.real += 7.3
        clock.now()
    assert clock.speed == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("world", [3.0], indirect=True)
def test_a_speed_that_was_not_seen_at_first_is_found_out(world: World) -> None:
    clock = ServerClock(world.date)
    for _ in range(200):
        world.real += 1
        clock.now()
    assert clock.speed == pytest.approx(3.0, rel=0.01)
    assert clock.real(30) == pytest.approx(10, rel=0.01)


@pytest.mark.parametrize("world", [100.0], indirect=True)
def test_it_never_goes_back(world: World) -> None:
    clock, last = ServerClock(world.date, (Edge(50.0, START), 120.0)), 0.0
    for _ in range(200):
        world.real += 0.1
        now = clock.now()
        assert now >= last
        last = now


@pytest.mark.parametrize("world", [100.0], indirect=True)
def test_another_process_need_not_measure_again(world: World) -> None:
    known = ServerClock(world.date).known
    before = world.real
    assert ServerClock(world.date, known).known == known
    assert world.real == before
