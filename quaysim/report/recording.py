"""Records what the cluster did in a run, step by step: `--record DIR`.

Each scenario gets a directory, named after it:

| file | holds |
| --- | --- |
| `story.md` | by step, what came, changed and went, the registries' conditions, the Events |
| `input.yaml` | what the scenario itself created |
| `objects.yaml`, `events.yaml` | what there was at its end, in all of its namespaces |
| `steps/NN/` | the same after a step, where something had changed |

`quaysim diff` compares such directories: those of a real cluster with those of the simulation.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_bdd.parser import Scenario, Step

from fake_cluster.objects import Object, ResourceRef
from quaysim.report.normal import Writer, common_names
from quaysim.report.observing import Observation, Observer
from quaysim.report.story import Snapshot, place_of, story
from quaysim.targets import ApiError, Target
from quaysim.targets.resources import EVENTS, KINDS, NAMESPACES

LONGEST = 60


@dataclass
class _Taken:
    """What was seen at a moment, as the cluster had it."""

    sentence: str
    seconds: float
    objects: list[Object]
    events: list[Object]
    failure: str = ""


@dataclass
class _Recording:
    """One scenario's recording, until it is written."""

    observation: Observation
    began: float = 0.0
    taken: list[_Taken] = field(default_factory=list)


class Recorder:
    """A pytest plugin, registered in every process in which scenarios run; it looks over the observer's shoulder."""

    def __init__(self, directory: Path, observer: Observer) -> None:
        self.directory = directory
        self.observer = observer
        self._recording: _Recording | None = None
        self._served: dict[frozenset[str], list[ResourceRef]] = {}

    def pytest_bdd_before_scenario(self) -> None:
        """A scenario begins."""
        current = self.observer.current
        self._recording = _Recording(current) if current is not None else None

    @pytest.hookimpl(trylast=True)
    def pytest_bdd_after_step(self, step: Step) -> None:
        """Look at the cluster after a sentence."""
        self._look(step)

    @pytest.hookimpl(trylast=True)
    def pytest_bdd_step_error(self, step: Step, exception: BaseException) -> None:
        """Look at the cluster where a sentence does not hold."""
        self._look(step, " ".join(str(exception).split()))

    def pytest_bdd_after_scenario(self, request: pytest.FixtureRequest, scenario: Scenario) -> None:
        """Write what was seen, if there was anything."""
        recording, self._recording = self._recording, None
        if recording is not None and any(taken.objects for taken in recording.taken):
            place = self.directory / directory_of(request.node.nodeid)
            described = {"scenario": request.node.nodeid, "sections": ", ".join(_sections(request.node))}
            write(place, scenario.name, described, recording.observation, recording.taken)

    def _look(self, step: Step, failure: str = "") -> None:
        recording = self._recording
        if recording is None or recording.observation.target is None:
            return
        target = recording.observation.target
        with recording.observation.traffic.pause():
            now = target.now()
            recording.began = recording.began or now
            sentence, seconds = f"{step.keyword} {step.name}", now - recording.began
            objects = [obj for ref in self._kinds(target) for obj in _all(target, ref)]
            recording.taken.append(_Taken(sentence, seconds, objects, list(_all(target, EVENTS)), failure))

    def _kinds(self, target: Target) -> list[ResourceRef]:
        """The kinds that scenarios speak of, as far as there are such."""
        found = self._served.get(target.capabilities)
        if found is None:
            known = (ref for ref in KINDS.values() if ref != NAMESPACES)
            found = self._served[target.capabilities] = [ref for ref in known if target.client.serves(ref)]
        return found


def _all(target: Target, ref: ResourceRef) -> Iterator[Object]:
    for namespace in target.namespaces:
        try:
            yield from target.client.list(ref, namespace)
        except ApiError as error:
            if error.code not in (403, 404):
                raise


def _sections(node: pytest.Item) -> list[str]:
    return [mark.args[0] for mark in node.iter_markers("section")]


def directory_of(id_: str) -> Path:
    """The directory of a scenario, below that of the recording; readable, and no other scenario's."""
    uri, _, name = id_.partition("::")
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST].rstrip("-")
    digest = hashlib.sha256(id_.encode()).hexdigest()[:6]
    return Path(uri).with_suffix("") / f"{plain}-{digest}"


def write(
    place: Path, title: str, about: Mapping[str, str], observation: Observation, taken: list[_Taken]
) -> None:
    """Write the directory of a scenario."""
    target = observation.target
    namespaces = target.namespaces if target is not None else []
    redactor = observation.redactor
    for obj in taken[-1].objects:
        redactor.learn_from(obj)
    names = common_names(namespaces, taken[-1].objects)
    writer = Writer(names, redactor)
    snapshots = [_snapshot(one, writer, redactor.text) for one in taken]
    written_as = {f"{common} stands for": name for name, common in names.items()}
    _put(place / "input.yaml", _as_yaml(map(writer.written, observation.traffic.created())))
    before, texts = None, dict[str, str]()
    for number, snapshot in enumerate(snapshots, 1):
        if not snapshot.same(before):
            texts = {"objects.yaml": _as_yaml(snapshot.objects), "events.yaml": _as_yaml(snapshot.events)}
            _put_all(place / "steps" / f"{number:02}", texts)
        before = snapshot
    _put_all(place, texts)
    (place / "story.md").write_text(story(title, {**about, **written_as}, snapshots), encoding="utf-8")


def _snapshot(taken: _Taken, writer: Writer, redacted: Any) -> Snapshot:
    return Snapshot(
        taken.sentence,
        taken.seconds,
        sorted(map(writer.written, taken.objects), key=place_of),
        sorted(map(writer.written, taken.events), key=lambda event: str(event.get("lastTimestamp"))),
        writer.text(redacted(taken.failure)),
    )


def _as_yaml(objects: Iterable[Object]) -> str:
    text: str = yaml.dump_all(
        objects, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=110
    )
    return text


def _put_all(place: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        _put(place / name, text)


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
