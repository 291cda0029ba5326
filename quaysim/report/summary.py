"""`report.yaml`: the verdict of a run, which two runs can be compared by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import yaml

from quaysim.catalogue import Coverage, behaviours
from quaysim.report.run import Result, Run
from quaysim.report.states import State, statistics
from quaysim.report.versions import SUITE

API_VERSION = "quaysim.test/v1"
KIND = "ConformanceReport"
PRODUCT = "Red Hat Quay Operator"
DOCUMENTED = "3.7"
PROFILES = {
    "core": "scenarios that prove at least one behaviour of priority must",
    "extended": "all other scenarios",
}
RESULTS = {
    "success": "every scenario passed",
    "partial": "none failed, but some did not run or are not supported by the cluster",
    "failure": "some failed, or could not be judged",
}


def summary(run: Run) -> dict[str, Any]:
    """The contents of the file."""
    had, lacked = run.capabilities
    profiles = {name: [item for item in run.results if profile_of(item) == name] for name in PROFILES}
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "date": rfc3339(run.started),
        "mode": run.mode,
        "ranOn": run.described,
        "interrupted": run.interrupted,
        "documentation": _documentation(run),
        "implementation": implementation(run),
        "features": {
            "digest": run.files.digest(),
            "files": len(run.files.read()),
            "scenarios": len(run.results),
        },
        "capabilities": {"supported": had, "unsupported": lacked},
        "results": RESULTS,
        "profiles": [_profile(name, members) for name, members in profiles.items()],
        "scenarios": [_line(result) for result in run.results],
    }


def as_yaml(run: Run) -> str:
    """The text of the file."""
    return yaml.dump(
        summary(run),
        Dumper=yaml.CSafeDumper,
        sort_keys=False,
        allow_unicode=True,
        width=200,
        default_flow_style=None,
    )


def profile_of(result: Result) -> str:
    """The profile that a scenario belongs to."""
    known = behaviours()
    must = any(name in known and known[name].priority == "must" for name in result.case.behaviours)
    return "core" if must else "extended"


def verdict(states: list[State]) -> str:
    """The result of a profile from the states of its scenarios."""
    if any(state.is_bad for state in states):
        return "failure"
    return "success" if states and all(state is State.PASSED for state in states) else "partial"


def implementation(run: Run) -> dict[str, Any]:
    """What was tested: operator, Kubernetes and its distribution."""
    facts = run.facts
    found = dict(facts.get("operator") or {})
    if run.mode == "simulated":
        found = {"name": "quaysim's simulated Quay Operator", "version": _simulated_version()}
    found.setdefault("name", "Quay Operator")
    found["version"] = found.get("version") or facts.get("quay", "")
    distribution = dict(facts.get("distribution") or {})
    if run.mode == "simulated":
        distribution = {"name": "quaysim's cluster in memory", "version": ""}
    return {
        "operator": found,
        "kubernetes": dict(facts.get("kubernetes") or {}),
        "distribution": distribution,
        "suite": {"name": "quaysim", "version": SUITE},
    }


def _simulated_version() -> str:
    from quaysim.operator import Settings  # noqa: PLC0415 - half a second for a controlling process that runs none

    return Settings().version


def rfc3339(moment: float) -> str:
    """Seconds since the epoch as text."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def coverage_of(results: list[Result]) -> Coverage:
    """What these scenarios cover of the catalogue."""
    named = frozenset(name for result in results for name in result.case.behaviours)
    known = behaviours().keys()
    return Coverage(named & known, named - known)


def _documentation(run: Run) -> dict[str, Any]:
    in_run, held = coverage_of(run.results), coverage_of(run.of(State.PASSED))
    counts = in_run.as_json()
    passed = held.sections
    return {
        "product": PRODUCT,
        "version": DOCUMENTED,
        "behaviours": counts["behaviours"],
        "covered": counts["covered"],
        "passed": held.tally.covered,
        "sections": {
            name: {**tally.as_json(), "passed": passed[name].covered}
            for name, tally in in_run.sections.items()
        },
    }


def _profile(name: str, members: list[Result]) -> dict[str, Any]:
    states = [result.state for result in members]
    return {
        "name": name,
        "definition": PROFILES[name],
        "result": verdict(states),
        "statistics": statistics(states),
        "failed": [_failure(result) for result in members if result.state.is_bad],
        "skipped": [_skipped(result) for result in members if not result.state.was_judged and result.state],
    }


def _failure(result: Result) -> dict[str, Any]:
    step, _ = result.failed_sentence
    return {
        "id": result.case.id,
        "title": result.case.title,
        "state": result.state.label,
        "sections": result.case.sections,
        "behaviours": result.case.behaviours,
        "step": step,
        "at": result.place,
        "reason": result.outcome.reason,
    }


def _skipped(result: Result) -> dict[str, Any]:
    line: dict[str, Any] = {
        "id": result.case.id,
        "state": result.state.label,
        "reason": result.outcome.reason,
    }
    return {**line, "missing": result.outcome.missing} if result.outcome.missing else line


def _line(result: Result) -> dict[str, Any]:
    return {
        "id": result.case.id,
        "state": result.state.label,
        "profile": profile_of(result),
        "seconds": round(result.outcome.seconds, 3),
    }
