"""What changed from one report to the next: which scenarios fail now, which hold again, which are no longer checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from quaysim.report.states import State
from quaysim.report.summary import KIND

REPORT = "report.yaml"
CHANGES = {
    "newly failing": "held or was not checked, and fails now",
    "fixed": "failed, and holds now",
    "newly not supported": "was checked, and the cluster lacks now what it needs",
    "no longer checked": "was checked, and did not run now",
    "checked again": "did not run, and holds now",
    "new": "is in the later report alone",
    "removed": "is in the earlier report alone",
    "otherwise": "is in another state, but neither better nor worse checked",
}
"""The kinds of changes, the most urgent first."""


class UnreadableReport(Exception):  # noqa: N818 - it names what the user gave, not what we did wrong
    """A file that is no report; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was read: states and reasons of scenarios by their ids, and what it was made on."""

    path: str
    states: Mapping[str, State]
    reasons: Mapping[str, str]
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One scenario that is not as it was. `was` and `now` are states, empty where there is none."""

    kind: str
    id: str
    was: str
    now: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two reports. `about` are facts of the runs that differ: (name, old, new)."""

    old: Report
    new: Report
    changes: list[Change]
    about: list[tuple[str, str, str]]

    @property
    def same(self) -> bool:
        """Whether every scenario is as it was."""
        return not self.changes

    def of(self, kind: str) -> list[Change]:
        """The changes of a kind."""
        return [change for change in self.changes if change.kind == kind]


def read(path: Path) -> Report:
    """Read `report.yaml`, or the one in a directory. Raises UnreadableReport."""
    file = path / REPORT if path.is_dir() else path
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise UnreadableReport(f"{file}: {(error.strerror or str(error)).lower()}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnreadableReport(f"{file}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise UnreadableReport(f"{file}: not a {KIND}")
    try:
        return _report(str(file), content)
    except (AttributeError, KeyError, TypeError) as error:
        raise UnreadableReport(f"{file}: a {KIND} with parts missing: {error}") from error


def _report(path: str, content: Mapping[str, Any]) -> Report:
    told = [line for profile in content["profiles"] for line in (*profile["failed"], *profile["skipped"])]
    return Report(
        path,
        {line["id"]: State[line["state"].upper()] for line in content["scenarios"]},
        {line["id"]: str(line["reason"]) for line in told},
        _about(content),
    )


def _about(content: Mapping[str, Any]) -> dict[str, str]:
    found = {"mode": content["mode"], "interrupted": str(content["interrupted"]).lower()}
    found |= {
        name: " ".join(str(part[key]) for key in ("name", "version") if part.get(key))
        for name, part in content["implementation"].items()
    }
    found["features"] = content["features"]["digest"]
    found["supported"] = ", ".join(content["capabilities"]["supported"])
    return found


def compare(old: Report, new: Report) -> Difference:
    """What changed."""
    ids = sorted({*old.states, *new.states})
    changes = [found for id_ in ids if (found := _change(id_, old, new))]
    about = [
        (name, old.about.get(name, ""), new.about.get(name, ""))
        for name in dict.fromkeys([*old.about, *new.about])
        if old.about.get(name) != new.about.get(name)
    ]
    return Difference(old, new, changes, about)


def _change(id_: str, old: Report, new: Report) -> Change | None:
    was, now = old.states.get(id_), new.states.get(id_)
    if was is now:
        return None
    return Change(kind_of(was, now), id_, _label(was), _label(now), new.reasons.get(id_, ""))


def _label(state: State | None) -> str:
    return state.label if state is not None else ""


def kind_of(was: State | None, now: State | None) -> str:
    """The kind of a change; a new scenario that fails is failing before it is new."""
    if now is None:
        return "removed"
    if now.is_bad and not (was is not None and was.is_bad):
        return "newly failing"
    if was is None:
        return "new"
    if now is State.PASSED:
        return "fixed" if was.is_bad else "checked again"
    if was.was_judged and not now.was_judged:
        return "newly not supported" if now is State.NOT_SUPPORTED else "no longer checked"
    return "otherwise"
