"""Faults on demand: what a client must bear with, made to happen by rule and by seed.

    cluster.faults.add(conflict(), verbs="update", resource="deployments.apps", times=2)
    cluster.faults.add(too_many_requests(retry_after=3), user_agent="my-operator/*", chance=0.1)
    cluster.faults.add(latency(0.5), resource="secrets")
    cluster.faults.add(dropped_watch(after=30), resource="pods")

A rule without a user agent spares the cluster's own controllers. Chances are drawn from a source of their
own, so that the same seed strikes the same requests and leaves everything else random as it was. Watches of
`DirectClient` have no connection that could break; all others are streams that can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.suspension import Suspended
from fake_cluster.errors import ApiError, internal
from fake_cluster.errors import conflict as conflict_error
from fake_cluster.machinery.clock import Clock, VirtualClock

OWN_AGENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "openshift", "router")
"""User agents of the cluster itself."""


@dataclass(frozen=True)
class Fault:
    """What happens to a request: an error instead of an answer, a delay before it, or a watch that breaks.

    `error` makes the error for a call, `seconds` is the delay, `watch_ends` the age at which a watch breaks.
    """

    error: Callable[[Call], ApiError] | None = None
    seconds: float = 0.0
    watch_ends: float | None = None


def conflict() -> Fault:
    """409, as if somebody else had been faster."""
    return Fault(lambda call: conflict_error(call.resource.ref, call.name))


def too_many_requests(retry_after: int = 1) -> Fault:
    """429 with Retry-After (seconds)."""
    text = "the server has received too many requests and has asked us to try again later"
    details = {"retryAfterSeconds": retry_after}
    return Fault(lambda _: ApiError(429, "TooManyRequests", text, details))


def server_error(message: str = "etcdserver: request timed out") -> Fault:
    """500."""
    return Fault(lambda _: internal(message))


def unavailable(message: str = "the server is currently unable to handle the request") -> Fault:
    """503."""
    return Fault(lambda _: ApiError(503, "ServiceUnavailable", message))


def latency(seconds: float) -> Fault:
    """The request is looked at only when that much of the cluster's time has gone by."""
    return Fault(seconds=seconds)


def dropped_watch(after: float = 0.0) -> Fault:
    """A watch that breaks off `after` seconds of the cluster's time, without a bookmark."""
    return Fault(watch_ends=after)


@dataclass(eq=False)
class Rule:
    """Which requests a fault strikes. Texts are patterns with `*`; empty ones mean all.

    `resource` is a plural, with its group or without (`deployments.apps`), with a subresource if that is
    meant. `skip` requests pass before the first is struck, `times` are struck at most, each with a `chance`.
    `struck` counts them.
    """

    fault: Fault
    verbs: frozenset[str] = frozenset()
    resource: str = ""
    namespace: str = ""
    name: str = ""
    user_agent: str = ""
    skip: int = 0
    times: int | None = None
    chance: float = 1.0
    struck: int = field(default=0, init=False)

    def means(self, call: Call) -> bool:
        """Whether a call is one of those."""
        return (
            (not self.verbs or call.verb in self.verbs)
            and self._means_resource(call)
            and _fits(self.namespace, call.namespace)
            and _fits(self.name, call.name or _name_in(call))
            and self._means_agent(call.user_agent)
        )

    def _means_resource(self, call: Call) -> bool:
        if not self.resource:
            return True
        ref, sub = call.resource.ref, f"/{call.subresource}" if call.subresource else ""
        return _fits(self.resource, ref.plural + sub) or _fits(self.resource, ref.resource_name + sub)

    def _means_agent(self, agent: str) -> bool:
        if self.user_agent:
            return fnmatchcase(agent, self.user_agent)
        return agent.partition("/")[0] not in OWN_AGENTS

    def strikes(self, rng: Random) -> bool:
        """Whether it strikes this one of its calls."""
        if self.times is not None and self.struck >= self.times:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.chance < 1.0 and rng.random() >= self.chance:
            return False
        self.struck += 1
        return True


def _fits(pattern: str, text: str) -> bool:
    return not pattern or fnmatchcase(text, pattern)


def _name_in(call: Call) -> str:
    metadata = call.body.get("metadata") if isinstance(call.body, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else ""


class Faults:
    """The rules of one API, asked in the order in which they came. `active` is False without any."""

    def __init__(self, clock: Clock, rng: Random | None = None) -> None:
        self.active = False
        self.rng = rng or Random(0)
        self._clock = clock
        self._rules: list[Rule] = []

    def add(  # noqa: PLR0913 - the parts of a rule
        self,
        fault: Fault,
        *,
        verbs: str | Iterable[str] = (),
        resource: str = "",
        namespace: str = "",
        name: str = "",
        user_agent: str = "",
        skip: int = 0,
        times: int | None = None,
        chance: float = 1.0,
    ) -> Rule:
        """Let a fault strike requests; see `Rule` for what can be said about them."""
        chosen = frozenset(verbs.split() if isinstance(verbs, str) else verbs)
        rule = Rule(fault, chosen, resource, namespace, name, user_agent, skip, times, chance)
        self._rules.append(rule)
        self.active = True
        return rule

    def remove(self, rule: Rule) -> None:
        """Let a rule strike no more."""
        self._rules.remove(rule)
        self.active = bool(self._rules)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._rules.clear()
        self.active = False

    def dispatch(self, call: Call, dispatch: Callable[[Call], Answer]) -> Answer:
        """Do a call, with whatever the rules have in store for it."""
        if call.struck:
            return dispatch(call)
        call.struck = True
        faults = [rule.fault for rule in self._rules if rule.means(call) and rule.strikes(self.rng)]
        for fault in faults:
            if fault.error is not None:
                raise fault.error(call)
        self._wait(call, sum(fault.seconds for fault in faults))
        answer = dispatch(call)
        for fault in faults:
            if fault.watch_ends is not None and answer.stream is not None:
                answer.stream.break_at(self._clock.now() + fault.watch_ends)
        return answer

    def _wait(self, call: Call, seconds: float) -> None:
        """Over HTTP the response waits; in process the caller does, and virtual time goes by."""
        if seconds and call.waits:
            raise Suspended(seconds=seconds)
        if seconds and isinstance(self._clock, VirtualClock):
            self._clock.advance_to(self._clock.now() + seconds)
