"""Label selectors (equality and set based) and field selectors.

Every object has the field labels metadata.name and metadata.namespace (custom resources: of their scope);
a few kinds have more, in `FIELD_LABELS`. Whatever else is asked for is refused, never ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from fake_cluster.errors import bad_request
from fake_cluster.kinds import Resource
from fake_cluster.objects import Object
from fake_cluster.store import Stored

LabelTest = Callable[[Mapping[str, str]], bool]
StoredTest = Callable[[Stored], bool]

_REQUIREMENT = re.compile(
    r"""\s*(?:
        !\s*(?P<absent>[^\s=!,()<>]+)
      | (?P<key>[^\s=!,()<>]+)\s*(?:
            (?P<set>in|notin)\s*\((?P<values>[^()]*)\)
          | (?P<op>==|!=|=|<|>)\s*(?P<value>[^\s=!,()<>]*)
        )?
    )\s*(?:,|$)""",
    re.VERBOSE,
)
_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_LABEL_KEY = re.compile(rf"(?:[a-z0-9](?:[-a-z0-9.]{{0,251}}[a-z0-9])?/)?{_NAME}")
_LABEL_VALUE = re.compile(rf"(?:{_NAME})?")


@lru_cache(maxsize=4096)
def label_test(selector: str) -> LabelTest:
    """What `selector` asks of labels; 400 if it cannot be understood."""
    tests: list[LabelTest] = []
    position = 0
    while position < len(selector):
        match = _REQUIREMENT.match(selector, position)
        if match is None:
            raise bad_request(_unparsable(selector[position:]))
        tests.append(_requirement(match))
        position = match.end()
    if len(tests) == 1:
        return tests[0]
    return lambda labels: all(test(labels) for test in tests)


def _unparsable(rest: str) -> str:
    return f"unable to parse requirement: found '{rest.strip()}', expected: identifier, '!', or ','"


def _requirement(match: re.Match[str]) -> LabelTest:
    key = _valid(match["absent"] or match["key"], _LABEL_KEY, "key")
    if match["absent"]:
        return lambda labels: key not in labels
    if match["set"]:
        values = frozenset(_value(part.strip()) for part in match["values"].split(","))
        return _in(key, values) if match["set"] == "in" else _not_in(key, values)
    operator, value = match["op"], match["value"] or ""
    if operator is None:
        return lambda labels: key in labels
    if operator in "<>":
        return _compared(key, operator, value)
    value = _value(value)
    return _not_in(key, frozenset((value,))) if operator == "!=" else lambda labels: labels.get(key) == value


def _valid(text: str, pattern: re.Pattern[str], what: str) -> str:
    if not pattern.fullmatch(text):
        raise bad_request(f'unable to parse requirement: {what}: Invalid value: "{text}": {_RULES[what]}')
    return text


_RULES = {
    "key": (
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    ),
    "values[0]": (
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
        "must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
        "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
    ),
}


def _value(text: str) -> str:
    return _valid(text, _LABEL_VALUE, "values[0]")


def _in(key: str, values: frozenset[str]) -> LabelTest:
    return lambda labels: labels.get(key) in values


def _not_in(key: str, values: frozenset[str]) -> LabelTest:
    """`!=` and `notin` match objects without the label."""
    return lambda labels: labels.get(key) not in values


def _compared(key: str, operator: str, text: str) -> LabelTest:
    if not re.fullmatch(r"-?\d+", text):
        raise bad_request(
            f'unable to parse requirement: values[0]: Invalid value: "{text}": '
            "for 'Gt', 'Lt' operators, the value must be an integer"
        )
    limit = int(text)

    def test(labels: Mapping[str, str]) -> bool:
        value = labels.get(key, "")
        if not re.fullmatch(r"-?\d+", value):
            return False
        return int(value) > limit if operator == ">" else int(value) < limit

    return test


# --- fields -------------------------------------------------------------------------------------------

_EVERYWHERE = ("metadata.name", "metadata.namespace")
_INVOLVED = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
FIELD_LABELS: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "pods"): (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName",
    ),
    ("", "events"): (
        *(f"involvedObject.{part}" for part in _INVOLVED),
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    ("events.k8s.io", "events"): (
        *(f"regarding.{part}" for part in _INVOLVED),
        "reason",
        "reportingController",
        "type",
    ),
    ("", "nodes"): ("spec.unschedulable",),
    ("", "namespaces"): ("status.phase",),
    ("", "secrets"): ("type",),
    ("", "services"): ("spec.clusterIP", "spec.type"),
    ("", "replicationcontrollers"): ("status.replicas",),
    ("apps", "replicasets"): ("status.replicas",),
    ("batch", "jobs"): ("status.successful",),
    ("certificates.k8s.io", "certificatesigningrequests"): ("spec.signerName",),
}
"""Field labels of kinds that have more than the two of all kinds (kube-apiserver's conversion functions)."""

_STORED_AS = {
    ("", "events", "source"): "source.component",
    ("batch", "jobs", "status.successful"): "status.succeeded",
}
_ZERO = {"spec.unschedulable": "false", "spec.hostNetwork": "false", "status.replicas": "0"}
_TERM = re.compile(r"([^=!]+?)\s*(==|!=|=)(.*)", re.DOTALL)


def field_test(resource: Resource, selector: str) -> Callable[[Object], bool] | None:
    """What `selector` asks of an object; 400 for a field that this kind cannot be selected by."""
    terms = [_term(resource, text) for text in re.split(r"(?<!\\),", selector) if text]
    if not terms:
        return None
    return lambda obj: all((_text_at(obj, path) == value) is wanted for path, value, wanted in terms)


def _term(resource: Resource, text: str) -> tuple[str, str, bool]:
    match = _TERM.fullmatch(text.strip())
    if match is None:
        raise bad_request(f"invalid selector: '{text}'; can't understand '{text}'")
    label, operator, value = match.groups()
    _check_field(resource, label)
    key = (resource.ref.group, resource.ref.plural, label)
    return _STORED_AS.get(key, label), re.sub(r"\\(.)", r"\1", value), operator != "!="


def _check_field(resource: Resource, label: str) -> None:
    special = FIELD_LABELS.get((resource.ref.group, resource.ref.plural), ())
    if label in _EVERYWHERE or label in special:
        return
    if special or resource.is_custom:
        raise bad_request(f"field label not supported: {label}")
    known = ", ".join(f'"{name}"' for name in _EVERYWHERE)
    raise bad_request(f'"{label}" is not a known field selector: only {known}')


def _text_at(obj: Object, path: str) -> str:
    value: Any = obj
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None:
        return _ZERO.get(path, "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def selection(resource: Resource, labels: str, fields: str) -> StoredTest | None:
    """Both selectors as one test of stored versions, None where everything matches."""
    by_label = label_test(labels) if labels else None
    by_field = field_test(resource, fields) if fields else None
    if by_field is None:
        return _only_labels(by_label) if by_label else None

    def test(stored: Stored) -> bool:
        if by_label and not by_label(stored.obj["metadata"].get("labels") or {}):
            return False
        return by_field(stored.obj)

    return test


def _only_labels(by_label: LabelTest) -> StoredTest:
    return lambda stored: by_label(stored.obj["metadata"].get("labels") or _NO_LABELS)


_NO_LABELS: dict[str, str] = {}
