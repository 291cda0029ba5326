"""`junit.xml`: the run in the form that every CI server and Sonobuoy read. One suite for each feature file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree as ET

from quaysim.report.run import Result, Run
from quaysim.report.states import State
from quaysim.report.summary import rfc3339

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = {
    State.FAILED: "failure",
    State.ERROR: "error",
    State.SKIPPED: "skipped",
    State.NOT_SUPPORTED: "skipped",
    State.DISABLED: "skipped",
}


def junit(run: Run) -> str:
    """The document."""
    root = ET.Element("testsuites", {"name": "quaysim", **_counts(run.results)})
    for uri, members in groupby(run.results, key=lambda result: result.case.uri):
        root.append(_suite(run, uri, list(members)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(run: Run, uri: str, members: list[Result]) -> ET.Element:
    name = members[0].case.feature or uri
    told = {"name": _clean(name), "file": uri, "timestamp": rfc3339(run.started)}
    suite = ET.Element("testsuite", {**told, **_counts(members)})
    suite.extend(_case(result) for result in members)
    return suite


def _counts(members: Iterable[Result]) -> dict[str, str]:
    listed = list(members)
    return {
        "tests": str(len(listed)),
        "failures": str(sum(result.state is State.FAILED for result in listed)),
        "errors": str(sum(result.state is State.ERROR for result in listed)),
        "skipped": str(sum(not result.state.was_judged for result in listed)),
        "time": f"{sum(result.outcome.seconds for result in listed):.3f}",
    }


def _case(result: Result) -> ET.Element:
    case, outcome = result.case, result.outcome
    file = case.uri.removesuffix(".feature").replace("/", ".")
    classname = f"{file}.{case.rule}" if case.rule else file
    seconds = f"{outcome.seconds:.3f}"
    element = ET.Element("testcase", name=_clean(case.title), classname=_clean(classname), time=seconds)
    if case.behaviours:
        properties = ET.SubElement(element, "properties")
        for name in case.behaviours:
            ET.SubElement(properties, "property", name="behaviour", value=name)
    if tag := _TAGS.get(result.state):
        first = outcome.reason.partition("\n")[0]
        told = ET.SubElement(element, tag, type=result.state.label, message=_clean(first))
        told.text = _clean(_told(result)) if result.state.is_bad else None
    return element


def _told(result: Result) -> str:
    step, _ = result.failed_sentence
    parts = [result.place, step, result.outcome.reason, result.outcome.detail]
    return "\n\n".join(part for part in parts if part)


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("�", text)
