"""What conditions and reasons mean, and what to do about them: the words behind `quaysim plan --explain`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from quaysim.operator.components import COMPONENTS
from quaysim.operator.components.older import BASE_36
from quaysim.operator.conditions import (
    AVAILABLE,
    COMPONENT_NOT_MANAGED,
    COMPONENT_NOT_READY,
    COMPONENT_READY,
    COMPONENTS_CREATED,
    CONFIG_INVALID,
    CREATION_FAILED,
    CREATION_SUCCESS,
    HEALTH_CHECKS_PASSING,
    MIGRATIONS_FAILED,
    MIGRATIONS_IN_PROGRESS,
    MIGRATIONS_JOB_MISSING,
    MONITORING_DEPENDENCY,
    OVERRIDE_INVALID,
    ROLLOUT_BLOCKED,
    ROUTE_DEPENDENCY,
    STORAGE_DEPENDENCY,
)
from quaysim.plan.findings import Rule
from quaysim.plan.problems import UnreadableInput
from quaysim.plan.rules import CRASHED, RULES, UNSUPPORTED
from quaysim.plan.subject import BY_KIND, NEEDS, SECTIONS


@dataclass(frozen=True)
class Entry:
    """A condition type or a reason: what it means, and what to do."""

    name: str
    kind: Literal["condition", "reason", "message"]
    meaning: str
    action: str
    section: str = ""

    @property
    def rules(self) -> list[Rule]:
        """The rules that are behind a reason."""
        return [rule for rule in RULES if rule.reason == self.name]

    def as_json(self) -> dict[str, Any]:
        """With the rules in general words."""
        return {**vars(self), "rules": [general(rule) for rule in self.rules]}


def explain_word(word: str) -> list[Entry]:
    """The entries for a condition type, a reason or a message. Raises UnreadableInput for anything else."""
    known = {entry.name.lower(): entry for entry in ENTRIES}
    exact = known.get(word.strip().lower())
    if exact is not None:
        return [exact]
    if " " in word.strip():
        found = list(_messages(word))
        if found:
            return found
    close = get_close_matches(word.lower(), known, n=2, cutoff=0.6)
    names = [known[name].name for name in close] or [AVAILABLE, ROLLOUT_BLOCKED, CONFIG_INVALID]
    what = f"--explain: {word!r} is no condition, reason or message of the operator"
    raise UnreadableInput(f"{what}; there is, for example, {' or '.join(names)}")


def _messages(text: str) -> Iterator[Entry]:
    """What a message means: the first rule of each reason that knows it."""
    seen = set()
    for rule in RULES:
        match = rule.match(text) if rule.pattern not in ("", "(?P<why>.*)") else None
        if match and rule.reason not in seen:
            seen.add(rule.reason)
            told = general(rule, {key: value for key, value in match.groupdict().items() if value})
            yield Entry(rule.reason, "message", told["rule"], told["fix"], told["section"])


class _Placeholders(dict[str, str]):
    """What is not known is called by its name."""

    def __missing__(self, key: str) -> str:
        return _CALLED.get(key, f"<{key}>")


_CALLED = {
    "bundle": "the bundle",
    "needs": "the fields that configure it",
    "or_manage": "; or set `managed: true`",
    "present": "its fields",
    "certificates": "ssl.cert and ssl.key",
    "similar": "",
    "in_the_way": "",
    "elsewhere": "",
    "accepting": "those that support it",
    "kind": "<kind>",
}


def general(rule: Rule, facts: dict[str, str] | None = None) -> dict[str, str]:
    """A rule without a registry: `{"name", "rule", "fix", "section"}`."""
    known = _Placeholders(facts or {})
    if known.get("kind") in NEEDS:
        known["needs"] = NEEDS[known["kind"]]
    section = SECTIONS.get(known.get("kind", ""), "") if rule.section == BY_KIND else rule.section
    return {
        "name": rule.name,
        "rule": rule.rule.format_map(known),
        "fix": rule.fix.format_map(known),
        "section": section,
    }


_WAITS = "See the message: it names the object. Those of Quay and mirror wait for the other components."
_COMPONENT_SECTION = {component.kind: SECTIONS[component.kind] for component in COMPONENTS}

ENTRIES: Sequence[Entry] = (
    Entry(
        AVAILABLE,
        "condition",
        "True while every component condition is True. It does not look at RolloutBlocked: a running registry with a "
        "bad bundle stays Available. The status controller looks every 60 s.",
        "If it is False, look at the Component…Ready conditions; the one that waits for nobody is the cause.",
        "4.1.2",
    ),
    Entry(
        ROLLOUT_BLOCKED,
        "condition",
        "True while the operator cannot create or update anything; what exists keeps running. It tries again every "
        "10 s. A change of the bundle Secret counts only at the next try.",
        "The reason and the message name the rule that is broken; explain the reason.",
        "4.1.2",
    ),
    Entry(
        COMPONENTS_CREATED,
        "condition",
        "Written around migrations only: False while they run or after they have failed, True when they are done and "
        "status.currentVersion is set.",
        "If it stays False, look at Job <registry>-quay-app-upgrade.",
        "12.3",
    ),
    *(
        Entry(
            component.condition,
            "condition",
            f"Whether component {component.kind} works. "
            + (
                f'An unmanaged one is True with the message "{component.unmanaged}".'
                if component.unmanaged
                else "It is judged whether or not it is managed."
            ),
            _WAITS,
            _COMPONENT_SECTION[component.kind],
        )
        for component in COMPONENTS
    ),
    Entry(
        BASE_36.condition,
        "condition",
        "Whether Quay itself works, as operators up to 3.6 call it; 3.7 says ComponentQuayReady.",
        _WAITS,
        "1.3",
    ),
    Entry(
        CONFIG_INVALID,
        "reason",
        "The components and the bundle do not fit together, or the bundle is missing.",
        "Do what the message's rule asks for, in the bundle or in spec.components.",
        "1.5",
    ),
    Entry(
        ROUTE_DEPENDENCY,
        "reason",
        "The operator could not find out about Routes; a config.yaml that cannot be read is reported so, too.",
        "Correct config.yaml, or what keeps the operator from the router.",
        "3.5.3",
    ),
    Entry(
        STORAGE_DEPENDENCY,
        "reason",
        "Managed object storage waits for its bucket, or the cluster has no ObjectBucketClaims.",
        "Look at ObjectBucketClaim <registry>-quay-datastore and its provisioner.",
        "3.2.2",
    ),
    Entry(
        MONITORING_DEPENDENCY,
        "reason",
        "Monitoring is declared managed where it cannot be.",
        "Set `managed: false` for monitoring; or install the operator for all namespaces on OpenShift.",
        "7.1",
    ),
    Entry(
        OVERRIDE_INVALID,
        "reason",
        "An override stands where it is not supported. This is checked before defaults are written to the spec.",
        "Remove the override, or change the component that it is for.",
        "1.3",
    ),
    Entry(
        CREATION_FAILED,
        "reason",
        "The objects could not be made or applied: a wrong certificate, a volume that would shrink, or a refusal of "
        "the API server.",
        "The end of the message has the cause.",
        "5.4.1",
    ),
    Entry(
        CREATION_SUCCESS,
        "reason",
        "All is well: with RolloutBlocked=False everything was applied, with ComponentsCreated=True the migrations "
        "are done.",
        "Nothing.",
        "4.1.2",
    ),
    Entry(
        MIGRATIONS_IN_PROGRESS,
        "reason",
        "The migration Job runs. Quay has no Pods; nothing else is looked at, edits of the registry wait.",
        "Wait; if it takes long, look at the log of Job <registry>-quay-app-upgrade.",
        "12.3",
    ),
    Entry(
        MIGRATIONS_FAILED,
        "reason",
        "The migration Job has failed, or is between two tries. The operator makes a new one in its next pass.",
        "Look at the log of Job <registry>-quay-app-upgrade; mend the database or the bundle.",
        "12.3",
    ),
    Entry(
        MIGRATIONS_JOB_MISSING,
        "reason",
        "The migration Job was deleted before it had ended. The operator makes a new one in its next pass.",
        "Leave the Job alone until status.currentVersion is set.",
        "12.3",
    ),
    Entry(
        COMPONENT_READY,
        "reason",
        "The component works.",
        "Nothing.",
        "1.2",
    ),
    Entry(
        COMPONENT_NOT_READY,
        "reason",
        "The component does not work, or not yet; of Available: one of the components.",
        "Explain the message of the component's condition.",
        "1.2",
    ),
    Entry(
        COMPONENT_NOT_MANAGED,
        "reason",
        "The component is yours; the operator does not look at it and reports True.",
        "Nothing.",
        "1.2",
    ),
    Entry(
        HEALTH_CHECKS_PASSING,
        "reason",
        "All component conditions are True.",
        "Nothing.",
        "4.1.2",
    ),
    Entry(
        "UpgradeUnsupported",
        "reason",
        "Operator 3.4 refuses to take over a registry of another version. Later operators never say this.",
        "Upgrade along a path that the documentation supports.",
        "12.2",
    ),
    Entry(
        CRASHED,
        "reason",
        "The simulation's own: here the real operator dies, is started again, and dies again. It writes no condition.",
        "Correct what the message names; the operator's log has the panic.",
        "1.5",
    ),
    Entry(
        UNSUPPORTED,
        "reason",
        "The simulation's own: a component is declared managed that this cluster cannot carry. The real operator "
        "only logs it, writes no condition, and goes no further.",
        "Set `managed: false` for that component; or install what it needs.",
        "1.3",
    ),
)
"""All condition types and reasons, those of 3.7.10 and what older versions said otherwise."""
