"""Probes: when a kubelet asks a container how it is, and what it makes of the answers.

A probe ticks with its period from the start of the container. As long as an answer cannot change
anything, the ticks are left out: after a success that counts, nobody asks again before the program has
said that its answers may have changed. So time can pass quickly over a cluster in which all is well.
"""

from __future__ import annotations

import math

from fake_cluster.node.program import ProbeKind, Program
from fake_cluster.objects import Object

NEVER = float("inf")
FIRST_PROBE = 0.5
"""Seconds from the start of a container to the first tick."""
FIELDS: dict[ProbeKind, str] = {
    "startup": "startupProbe",
    "readiness": "readinessProbe",
    "liveness": "livenessProbe",
}


class Prober:
    """One probe of one running container.

    `passing` is what the probe says after its thresholds; `due` the next tick that matters.
    """

    def __init__(self, kind: ProbeKind, spec: Object, started_at: float) -> None:
        self.kind = kind
        self.spec = spec
        self.passing = kind == "liveness"
        self.exhausted = False
        self.failures = 0
        self._successes = 0
        self._period = float(spec.get("periodSeconds") or 10)
        self._first = started_at + FIRST_PROBE
        self._earliest = started_at + float(spec.get("initialDelaySeconds") or 0)
        self._not_before = 0.0
        self.due = self._tick_at(self._first)

    def _tick_at(self, moment: float) -> float:
        """The first tick at or after `moment` and the initial delay."""
        moment = max(moment, self._earliest)
        ticks = math.ceil((moment - self._first) / self._period - 1e-9)
        return self._first + max(ticks, 0) * self._period

    def ask_again(self, now: float, *, at_once: bool = False) -> None:
        """The answer may have changed: ask at the next tick, or at once where the kubelet does that."""
        self.due = max(now, self._earliest) if at_once else self._tick_at(max(now, self._not_before))

    def ask(self, program: Program, now: float) -> bool:
        """Ask the program; the answer."""
        healthy = program.probe(self.kind, self.spec)
        if healthy:
            self._succeeded()
        else:
            self._failed()
        settled = not program.polled and self._is_settled(healthy=healthy)
        self._not_before = now + self._period / 2
        self.due = NEVER if settled else self._tick_at(self._not_before)
        return healthy

    def _succeeded(self) -> None:
        self.failures = 0
        self._successes += 1
        if self._successes >= int(self.spec.get("successThreshold") or 1):
            self.passing = True

    def _failed(self) -> None:
        self._successes = 0
        self.failures += 1
        if self.failures >= int(self.spec.get("failureThreshold") or 3):
            self.passing = False
            self.exhausted = self.kind != "readiness"

    def _is_settled(self, *, healthy: bool) -> bool:
        """Whether the same answer again would change nothing, however often it is given."""
        return self.passing if healthy else self.kind == "readiness" and not self.passing


def failure_message(kind: ProbeKind, spec: Object, address: str) -> str:
    """What an Event says of a failed probe: that nobody listens, which is what all failures look like here."""
    what = f"{kind.capitalize()} probe failed: "
    for action, words in _ACTIONS.items():
        if action in spec:
            return what + words(spec[action], address)
    return what + "command failed"


def _http(action: Object, address: str) -> str:
    scheme = action.get("scheme", "HTTP").lower()
    host = f"{action.get('host') or address}:{action['port']}"
    path = "/" + action.get("path", "").lstrip("/")
    return f'Get "{scheme}://{host}{path}": dial tcp {host}: connect: connection refused'


def _tcp(action: Object, address: str) -> str:
    host = f"{action.get('host') or address}:{action['port']}"
    return f"dial tcp {host}: connect: connection refused"


def _grpc(action: Object, address: str) -> str:
    host = f"{address}:{action['port']}"
    return f'timeout: failed to connect service "{host}" within 1s: context deadline exceeded'


_ACTIONS = {"httpGet": _http, "tcpSocket": _tcp, "grpc": _grpc}
