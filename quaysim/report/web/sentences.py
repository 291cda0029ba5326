"""A scenario as it is read: its sentences, each with what came of it."""

from __future__ import annotations

from quaysim.report.gherkin import Sentence
from quaysim.report.outcome import StepOutcome
from quaysim.report.run import Result
from quaysim.report.web.markup import Html, el, join

_SHORT = 0.0005
_MARKS = {"PASSED": "✓", "FAILED": "✗", "UNDEFINED": "?", "SKIPPED": "-"}


def sentences(result: Result) -> Html:
    """The sentences as a list; under the one that failed, what was expected and what was seen."""
    items = [_sentence(result, index) for index in range(len(result.case.sentences))]
    return el("ol", *items, class_="steps")


def _sentence(result: Result, index: int) -> Html:
    sentence, step = result.case.sentences[index], result.step(index)
    status = step.status if step else "SKIPPED"
    failed = status in {"FAILED", "UNDEFINED"}
    return el(
        "li",
        el("span", _MARKS.get(status, "·"), class_="mark", title=status.lower()),
        _words(sentence),
        _duration(step),
        explanation(step.message) if step and failed else None,
        class_=f"step {status.lower()}",
    )


def _words(sentence: Sentence) -> Html:
    return el(
        "span",
        el("b", sentence.keyword),
        " ",
        sentence.text,
        el("pre", sentence.argument) if sentence.argument else None,
        class_="words",
    )


def _duration(step: StepOutcome | None) -> Html | None:
    if step is None or step.seconds < _SHORT:
        return None
    return el("span", duration(step.seconds), class_="time")


def duration(seconds: float) -> str:
    """A duration as it is said."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def explanation(message: str) -> Html:
    """What a failure says. Where it names what was expected and what was seen, these are set side by side."""
    before, expected, seen, after = split(message)
    if not (expected or seen):
        return el("pre", message, class_="message")
    return el(
        "div",
        el("p", before) if before else None,
        el(
            "div",
            _side("expected", expected),
            _side("seen", seen),
            class_="sides",
        ),
        el("p", after, class_="quiet") if after else None,
        class_="message",
    )


def _side(name: str, text: str) -> Html:
    return el("div", el("h5", name), el("pre", text or "nothing"), class_=f"side {name}")


def split(message: str) -> tuple[str, str, str, str]:
    """What a message says before, as expected, as seen, and afterwards.

    The lines `  expected: …` and `  seen: …` begin these parts; a line that is not indented ends them.
    """
    parts: dict[str, list[str]] = {"before": [], "expected": [], "seen": [], "after": []}
    current = "before"
    for line in message.splitlines():
        begun = next((name for name in ("expected", "seen") if line.lstrip().startswith(f"{name}:")), "")
        if begun and line.startswith(" "):
            current, text = begun, line.partition(":")[2].strip()
        else:
            current = _next_part(current, line)
            text = line
        parts[current].append(text)
    before, expected, seen, after = ("\n".join(lines) for lines in parts.values())
    return before, expected, seen, after


def _next_part(current: str, line: str) -> str:
    ended = current == "seen" and line[:1].strip() and line[0] not in "]})-"
    return "after" if ended else current


def trail(result: Result) -> Html:
    """Where a scenario stands: feature and rule."""
    names = [name for name in (result.case.feature, result.case.rule) if name]
    return el("p", join(" → ".join(names)), class_="trail") if names else Html()
