"""A container that runs: its program, and the probes that ask how it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from fake_cluster.node.probing import FIELDS, NEVER, Prober, failure_message
from fake_cluster.node.program import Context, Exit, Program
from fake_cluster.node.shell import Shell

KILLED = 137
"""The exit code of a process that SIGKILL ended."""


class Process:
    """A program at work in a container. `due` is when it wants to be looked at next."""

    def __init__(self, program: Program, context: Context) -> None:
        spec, now = context.container, context.now()
        self.program = program
        self.context = context
        self.due = now
        self.failed: Prober | None = None
        self._probers = {
            kind: Prober(kind, spec[field], now) for kind, field in FIELDS.items() if field in spec
        }

    @cached_property
    def shell(self) -> Shell:
        """What commands run in that the program does not know."""
        return Shell(self.context)

    @property
    def ended(self) -> Exit | None:
        """How it ended, once it has."""
        return self.context.ended

    @property
    def is_pressed(self) -> bool:
        """Whether something has happened inside since the last look."""
        return self.context.ended is not None or self.context.probes_are_stale

    @property
    def started(self) -> bool:
        """Whether the startup probe has passed."""
        prober = self._probers.get("startup")
        return prober is None or prober.passing

    @property
    def ready(self) -> bool:
        """Whether it may get requests."""
        prober = self._probers.get("readiness")
        return self.started and (prober is None or prober.passing)

    def sync(self, now: float, report: Callable[[str], None]) -> None:
        """Let the program work and probe it; `report` hears why a probe fails.

        Afterwards `ended` tells whether the program has ended, and `failed` which probe demands a restart.
        """
        self.context.run_timers(now)
        if self.context.probes_are_stale:
            self.context.probes_are_stale = False
            for prober in self._probers.values():
                prober.ask_again(now)
        self._ask_due(now, report)
        self.due = min([prober.due for prober in self._asked()], default=NEVER)
        self.due = min(self.due, self.context.next_timer())

    def _asked(self) -> list[Prober]:
        """The probes that count now: until the startup probe has passed, no other."""
        if not self._probers:
            return []
        if not self.started:
            return [self._probers["startup"]]
        return [prober for kind, prober in self._probers.items() if kind != "startup"]

    def _ask(self, prober: Prober, now: float, report: Callable[[str], None]) -> None:
        healthy = prober.ask(self.program, now)
        if healthy and prober.kind == "startup" and prober.passing:
            for other in self._asked():
                other.ask_again(now, at_once=other.kind == "readiness")
            self._ask_due(now, report)
        if not healthy and prober.failures == 1:
            address = (self.context.pod.get("status") or {}).get("podIP", "")
            report(failure_message(prober.kind, prober.spec, address))
        if prober.exhausted:
            self.failed = prober

    def _ask_due(self, now: float, report: Callable[[str], None]) -> None:
        for prober in self._asked():
            if self.ended is None and prober.due <= now:
                self._ask(prober, now, report)

    def stop(self, grace: float) -> tuple[Exit, float]:
        """Send SIGTERM, and SIGKILL after `grace` seconds: how it ends, and after how many seconds."""
        seconds = self.program.stop_seconds
        return (Exit(self.program.stop_code), seconds) if seconds <= grace else (Exit(KILLED), grace)
