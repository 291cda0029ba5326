"""Where a registry is blocked or not ready: the rule behind it, the field, and the fix.

`explain` looks a condition's reason and message up in the table of `quaysim.plan.rules`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quaysim.plan.places import Where, at_registry
from quaysim.plan.subject import BY_KIND, SECTIONS, Subject

DOCUMENTATION = "Deploying the Red Hat Quay Operator 3.7"


@dataclass(frozen=True)
class Finding:
    """One reason why a registry would not become available.

    `name` is the rule's; `place` is `FILE:LINE` of the `field` that the user can change; `section` is the
    documentation's.
    """

    name: str
    reason: str
    message: str
    rule: str
    place: str
    field: str
    fix: str
    section: str

    def as_json(self) -> dict[str, str]:
        """All parts by name."""
        return dict(vars(self))


@dataclass(frozen=True)
class Rule:
    """What a reason and a message mean. The texts may use the pattern's groups and the subject's facts."""

    name: str
    reason: str
    pattern: str
    rule: str
    fix: str
    section: str
    where: Where

    def match(self, message: str) -> re.Match[str] | None:
        """Where the message has the pattern; it is compiled when it is needed, and then kept."""
        return re.search(self.pattern, message, re.DOTALL)


def row(  # noqa: PLR0913, PLR0917 - a row of the table
    name: str, reason: str, pattern: str, rule: str, fix: str, section: str, where: Where
) -> Rule:
    """A rule; the pattern is looked for anywhere in the message."""
    return Rule(name, reason, pattern, rule, fix, section, where)


def explain(subject: Subject, reason: str, message: str, rules: list[Rule]) -> Finding:
    """The first rule that knows this reason and message; else the message stands for itself."""
    for rule in rules:
        match = rule.match(message) if rule.reason in ("", reason) else None
        if match:
            facts = subject.facts(match)
            place, field = rule.where(subject, facts)
            section = SECTIONS.get(facts.get("kind", "")) if rule.section == BY_KIND else rule.section
            texts = [_line(text.format_map(facts)) for text in (rule.rule, rule.fix)]
            return Finding(rule.name, reason, _line(message), texts[0], place, field, texts[1], section or "")
    place, field = at_registry("spec")(subject, {})
    return Finding("", reason, _line(message), "", place, field, "", "")


def _line(text: str) -> str:
    """Without the line breaks that Go's YAML puts into its messages."""
    return " ".join(text.split())
