"""The stand-ins of one run: chosen, listed, put up, and taken away again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, NODES
from fake_cluster.objects import condition_is_true
from quaysim.standins.background import Background
from quaysim.standins.catalogue import STAND_INS, ClusterScoped, Site
from quaysim.standins.nodes import others_schedulable
from quaysim.standins.scoped import ScopedClient
from quaysim.targets.changes import Changes, Place
from quaysim.targets.clock import ServerClock

AUTO, NONE = "auto", "none"
ESTABLISHED_SECONDS = 30.0
"""Of real time: a definition is established within seconds."""
SEED = 0
"""Of what is random about stand-ins: there is no need to have it differ between runs."""


class BadStandIns(Exception):  # noqa: N818 - a usage error of the person at the command line
    """Stand-ins that are unknown or cannot be used here; `str()` says why in one sentence."""


def chosen(text: str) -> frozenset[str] | None:
    """The stand-ins that `--stand-ins` names; None for `auto`. Raises BadStandIns."""
    if text == AUTO:
        return None
    names = frozenset(part.strip() for part in text.split(",")) - {"", NONE}
    unknown = sorted(names - STAND_INS.keys())
    if unknown:
        known = ", ".join([AUTO, NONE, *STAND_INS])
        raise BadStandIns(f"--stand-ins: {', '.join(unknown)} is not a stand-in; there are {known}")
    return names


@dataclass
class Brought:
    """What a run has brought. `changes` gives a way to wait for changes."""

    client: ScopedClient
    changes: Callable[[], Changes]
    clock: ServerClock
    apps_domain: str
    names: list[str] = field(default_factory=list)
    _spaces: set[str] = field(default_factory=set)
    _at_work: list[Background] = field(default_factory=list)

    def would_make(self, names: Iterable[str]) -> Iterator[str]:
        """The cluster-scoped objects that these stand-ins would make, as `Kind name`."""
        for name in ordered(names):
            for ref, obj in STAND_INS[name].makes(self.client, self.client.run.id):
                yield f"{ref.kind} {obj['metadata']['name']}"

    def put_up(self, names: Iterable[str]) -> None:
        """Make what these stand-ins need, and begin their work. Raises BadStandIns and ApiError."""
        for name in ordered(names):
            if name in self.names:
                continue
            if name == "nodes" and (others := others_schedulable(self.client.client)):
                raise BadStandIns(
                    f"stand-in nodes: Pods would go to {', '.join(others)}, which takes them too"
                )
            self._make(STAND_INS[name].makes(self.client, self.client.run.id))
            self._await_definitions()
            self._start(name)
            self.names.append(name)

    def _make(self, objects: Iterable[ClusterScoped]) -> None:
        for ref, obj in objects:
            if ref == NODES:
                continue  # whoever looks after them makes them
            try:
                self.client.create(ref, obj)
                self._spaces |= {obj["metadata"]["name"]} if ref == NAMESPACES else set()
            except ApiError as error:
                if error.reason != "AlreadyExists":
                    raise

    def _await_definitions(self) -> None:
        """Wait until the definitions that were made are served; raises BadStandIns."""
        changes = self.changes()
        changes.follow([Place(CUSTOM_RESOURCE_DEFINITIONS, "")])
        end = time.monotonic() + ESTABLISHED_SECONDS
        while not self._are_established():
            if time.monotonic() > end:
                raise BadStandIns(f"definitions are not served after {ESTABLISHED_SECONDS:.0f} s")
            changes.wait(changes.count, 1.0)
        changes.close()

    def _are_established(self) -> bool:
        made = self.client.list(CUSTOM_RESOURCE_DEFINITIONS, labels=self.client.run.selector)
        return all(condition_is_true(item, "Established") for item in made)

    def _start(self, name: str) -> None:
        run = STAND_INS[name].run
        if run is None:
            return
        client = STAND_INS[name].client(self.client.client, self.client.run, self._spaces)
        background = Background(f"stand-in {name}", client, self.clock)
        site = Site(client, self.clock, Random(SEED), self.apps_domain)
        background.add(run(site, background))
        background.start()
        self._at_work.append(background)

    def close(self) -> None:
        """Stop working; what was made is left for the clean-up."""
        while self._at_work:
            self._at_work.pop().close()


def ordered(names: Iterable[str]) -> Sequence[str]:
    """In the order in which they are put up."""
    wanted = frozenset(names)
    return [name for name in STAND_INS if name in wanted]
