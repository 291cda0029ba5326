"""The node agent: the kubelet of every simulated node.

It takes the Pods that are bound to nodes, runs their containers as `Program`s, reports how they are, and
removes them when they have been told to go. Nodes that nobody else looks after become ready through it.
No heartbeats: a simulated node is healthy until it says otherwise, and time need not stop for it.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from fake_cluster.errors import ApiError, internal
from fake_cluster.kinds.refs import CONFIG_MAPS, LEASES, NODES, PERSISTENT_VOLUME_CLAIMS, PODS, SECRETS
from fake_cluster.machinery.client import Client, Event
from fake_cluster.machinery.clock import Clock
from fake_cluster.machinery.controller import Controller, Result, Source
from fake_cluster.node.addresses import PodAddresses, node_address
from fake_cluster.node.command import Attached, Command, started
from fake_cluster.node.container import Container
from fake_cluster.node.images import Images
from fake_cluster.node.logs import Follower, rendered
from fake_cluster.node.mounts import Mounts, Wanted
from fake_cluster.node.pod import PodRunner
from fake_cluster.node.probing import NEVER
from fake_cluster.node.process import Process
from fake_cluster.node.program import ExecResult, Peer
from fake_cluster.node.programs import Programs
from fake_cluster.node.runtime import Runtime
from fake_cluster.node.specs import GENEROUS, LEASE_NAMESPACE, node_lease, node_status
from fake_cluster.node.usage import Usage, Usages
from fake_cluster.objects import Key, Object, condition, is_terminating, key_of

NAME = "kubelet"
_GONE = (404, 409)
"""Answers to writes about a Pod that has been removed or replaced meanwhile."""


class NodeAgent:
    """Runs the Pods of all nodes.

    `programs` decides what runs in containers, `images` what can be pulled, `usages` what that uses. `wake` is called with the
    key of a Pod in which something has happened of its own accord; it is to lead to a pass over it.
    """

    def __init__(self, client: Client, clock: Clock, wake: Callable[[Key], None]) -> None:
        self.client = client
        self.clock = clock
        self.programs = Programs()
        self.images = Images()
        self.usages = Usages()
        self._runtime = Runtime(client, clock, self.programs, self.images, Mounts(client), self.usages)
        self._wake = wake
        self._pods: dict[Key, Object] = {}
        self._runners: dict[Key, PodRunner] = {}
        self._nodes: dict[str, Object] = {}
        self._addresses: dict[str, PodAddresses] = {}
        self._waiting: dict[Wanted, dict[Key, None]] = {}
        self._at_work: Key | None = None
        self._followers: dict[Key, list[Follower]] = {}
        self._free_addresses = (f"10.0.{number // 250}.{number % 250 + 1}" for number in itertools.count())

    def controllers(self) -> list[Controller]:
        """What a manager has to run."""
        ingredients = [
            Source(ref, self._waiting_for) for ref in (SECRETS, CONFIG_MAPS, PERSISTENT_VOLUME_CLAIMS)
        ]
        sources = [Source(NODES, self._on_node), Source(PODS, self._on_pod), *ingredients]
        return [
            Controller("node-registration", self._register, [Source(NODES)]),
            Controller(NAME, self._sync, sources),
        ]

    def close(self) -> None:
        """Let go of all Pods; their programs just stop."""
        for part in (self._pods, self._runners, self._waiting, self._nodes, self._addresses):
            part.clear()

    # --- what users ask of containers -------------------------------------------------------------

    def logs(self, pod: Object, container: str, query: Mapping[str, str]) -> str:
        """What a container has written; `query` is that of the request, all of it text."""
        found = self._container(pod, container)
        if found is None:
            return ""
        lines = (found.previous_lines or ()) if query.get("previous") == "true" else found.lines
        return rendered(lines, query, self.clock.now())

    def follow(self, pod: Object, container: str, query: Mapping[str, str]) -> Follower | None:
        """A container's log as it is written, until the container ends; None where there is no container."""
        found = self._container(pod, container)
        if found is None:
            return None
        key, process = key_of(pod), found.process
        follower = Follower(
            found.lines, query, self.clock.now(), lambda: process is None or found.process is not process
        )
        self._followers.setdefault(key, []).append(follower)
        follower.on_close = partial(self._leave, key, follower)
        if process is not None:
            process.context.on_log = partial(self._tell_followers, key)
        return follower

    def _tell_followers(self, key: Key) -> None:
        for follower in tuple(self._followers.get(key, ())):
            follower.hear()

    def _leave(self, key: Key, follower: Follower) -> None:
        self._followers[key].remove(follower)
        if not self._followers[key]:
            del self._followers[key]

    def runs(self, pod: Object, container: str) -> bool:
        """Whether a container runs."""
        found = self._container(pod, container)
        return found is not None and found.process is not None

    def command(
        self, pod: Object, container: str, argv: Sequence[str], *, stdin: bool, tty: bool = False
    ) -> Command:
        """Start a command in a container; raises ApiError where it does not run, or has no such program."""
        process = self._process(pod, container)
        return started(process.program, process.shell, argv, stdin=stdin, tty=tty)

    def attach(self, pod: Object, container: str) -> Command:
        """Listen to a container's own process; raises ApiError where it does not run."""
        self._process(pod, container)
        follower = self.follow(pod, container, {"tailLines": "0"})
        return Attached(follower) if follower is not None else Command()

    def connect(self, pod: Object, port: int) -> Peer | None:
        """Connect to a port of a Pod; None where nobody listens."""
        runner = self._runners.get(key_of(pod))
        for container in runner.containers if runner is not None else ():
            peer = container.process.program.connect(port) if container.process is not None else None
            if peer is not None:
                return peer
        return None

    def exec(self, pod: Object, container: str, argv: Sequence[str], stdin: bytes = b"") -> ExecResult:
        """Run a command in a container; raises ApiError where it does not run, or has no such program."""
        process = self._process(pod, container)
        result = process.program.exec(argv, stdin)
        return process.shell.run(argv, stdin) if result is None else result

    def _process(self, pod: Object, container: str) -> Process:
        found = self._container(pod, container)
        if found is None or found.process is None:
            raise internal(f"unable to upgrade connection: container not found ({json.dumps(container)})")
        return found.process

    def _container(self, pod: Object, name: str) -> Container | None:
        runner = self._runners.get(key_of(pod))
        containers = runner.containers if runner is not None else []
        return next((container for container in containers if container.name == name), None)

    def usage(self, pod: Object) -> Mapping[str, Usage]:
        """What the containers of a Pod use now, by name; none where it does not run, or not all of it."""
        runner = self._runners.get(key_of(pod))
        if runner is None or runner.uid != pod["metadata"]["uid"]:
            return {}
        lasting = [container for container in runner.containers if container.lasts]
        if not all(container.process for container in lasting):
            return {}
        return {
            container.name: self.usages.of(runner.pod, container.spec, container.process.context.uses)
            for container in lasting
            if container.process is not None
        }

    # --- nodes ------------------------------------------------------------------------------------

    def _register(self, key: Key) -> None:
        """Report a node that has never been reported."""
        node = self._nodes.get(key.name)
        if node is not None and condition(node, "Ready") is None:
            self.report(node)

    def report(self, node: Object) -> None:
        """Post the status of a healthy node; a capacity that it has already is kept."""
        name = node["metadata"]["name"]
        capacity = (node.get("status") or {}).get("capacity") or GENEROUS
        address = node_address(node) or next(self._free_addresses)
        status = node_status(name, address, capacity, self.clock.now())
        self.client.patch(NODES, name, {"status": status}, subresource="status")
        if self.client.find(LEASES, name, LEASE_NAMESPACE) is None:
            self.client.create(LEASES, node_lease(node, self.clock.now()))

    def _on_node(self, event: Event) -> Iterable[Key]:
        """A node that comes or goes concerns the Pods that are bound to it."""
        name = event.obj["metadata"]["name"]
        known = name in self._nodes and bool(node_address(self._nodes[name]))
        if event.type == "DELETED":
            self._nodes.pop(name, None)
            return ()
        self._nodes[name] = event.obj
        if known or not node_address(event.obj):
            return ()
        self._addresses.setdefault(name, PodAddresses(event.obj))
        return [key for key, pod in self._pods.items() if pod["spec"]["nodeName"] == name]

    # --- Pods -------------------------------------------------------------------------------------

    def _on_pod(self, event: Event) -> Iterable[Key]:
        pod = event.obj
        if "nodeName" not in pod["spec"]:
            return ()
        key = key_of(pod)
        if event.type == "DELETED":
            self._forget(key, pod)
            return ()
        runner = self._runners.get(key)
        if runner is not None and runner.uid == pod["metadata"]["uid"]:
            if int(pod["metadata"]["resourceVersion"]) <= runner.written:
                return ()
            runner.pod = pod
        self._pods[key] = pod
        return (key,)

    def _forget(self, key: Key, pod: Object) -> None:
        known = self._pods.get(key)
        if known is None or known["metadata"]["uid"] != pod["metadata"]["uid"]:
            return
        del self._pods[key]
        runner = self._runners.pop(key, None)
        if runner is not None:
            self._release(runner)
        for follower in tuple(self._followers.get(key, ())):
            follower.finish()

    def _release(self, runner: PodRunner) -> None:
        addresses = self._addresses.get(runner.pod["spec"]["nodeName"])
        if addresses is not None and runner.address != runner.host:
            addresses.give_back(runner.address)

    def _waiting_for(self, event: Event) -> Iterable[Key]:
        """The Pods that wait for this object."""
        return self._waiting.pop((event.ref, key_of(event.obj)), ()) if self._waiting else ()

    def _sync(self, key: Key) -> Result | None:
        """Bring a Pod up to the present, and report it."""
        pod = self._pods.get(key)
        if pod is None:
            return None
        runner = self._runner_of(key, pod)
        if runner is None:
            if _is_over(pod) and is_terminating(pod):
                self._remove(pod)
            return None
        now = self.clock.now()
        self._at_work = key
        due = runner.sync(now)
        self._at_work = None
        self._tell_followers(key)
        for wanted in runner.wanted:
            self._waiting.setdefault(wanted, {})[key] = None
        with _unless_gone():
            again = self._report(key, runner, now)
            if runner.is_gone:
                self._remove(runner.pod)
            elif again or due != NEVER:
                return Result(requeue_after=0.0 if again else max(due - now, 0.0))
        return None

    def _call(self, key: Key) -> None:
        """Something has happened in a Pod by itself; what happens during its pass is seen there."""
        if key != self._at_work:
            self._wake(key)

    def _runner_of(self, key: Key, pod: Object) -> PodRunner | None:
        """The runner of a Pod, made when the Pod is seen for the first time; None if its node does not run it."""
        runner = self._runners.get(key)
        if runner is not None and runner.uid == pod["metadata"]["uid"]:
            return runner
        name = pod["spec"]["nodeName"]
        if name not in self._nodes or name not in self._addresses or _is_over(pod):
            return None
        if runner is not None:
            self._release(runner)
        runner = self._runners[key] = PodRunner(
            self._runtime,
            pod,
            node_address(self._nodes[name]),
            "" if pod["spec"].get("hostNetwork") else self._addresses[name].take(),
            now=self.clock.now(),
            wake=partial(self._call, key),
        )
        return runner

    def _report(self, key: Key, runner: PodRunner, now: float) -> bool:
        """Write the Pod's status if it has changed; True if there is news in the answer."""
        status = runner.status(now)
        present = runner.pod.get("status") or {}
        if status.items() <= present.items():
            return False
        body = {"metadata": {"uid": runner.uid}, "status": status}
        written = self.client.patch(PODS, key.name, body, key.namespace, subresource="status")
        news = is_terminating(written) and not is_terminating(runner.pod)
        runner.written = int(written["metadata"]["resourceVersion"])
        runner.pod = self._pods[key] = written
        return news

    def _remove(self, pod: Object) -> None:
        """Confirm that a Pod that was told to go is gone."""
        meta = pod["metadata"]
        uid = {"uid": meta["uid"]}
        with _unless_gone():
            self.client.delete(PODS, meta["name"], meta["namespace"], grace_seconds=0, preconditions=uid)


def _is_over(pod: Object) -> bool:
    """Whether the Pod had ended before this agent saw it."""
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


@contextlib.contextmanager
def _unless_gone() -> Iterator[None]:
    try:
        yield
    except ApiError as error:
        if error.code not in _GONE:
            raise
