"""An upgrade for people: what happens when, what it costs, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quaysim.plan.paper import BAD, CARE, QUIET, Line, heading, labelled, line
from quaysim.plan.upgrade import Upgrade


def upgrade_lines(upgrade: Upgrade) -> Iterator[Line]:
    """The steps, then what comes of them."""
    yield from heading(f"The upgrade from {upgrade.from_version} to {upgrade.to_version}, step by step")
    if not upgrade.supported:
        yield line(
            "  ",
            ("!", CARE),
            " The documentation does not support this upgrade (section 12.2); the operator does not refuse it.",
        )
    if not upgrade.was_available:
        yield line(
            "  ", ("!", CARE), f" With {upgrade.from_version} the registry is not Available to begin with."
        )
    last = None
    for step in upgrade.steps:
        moment = "" if step.at == last else f"{step.at:.1f} s"
        last = step.at
        yield line((f"  {moment:>8}  ", QUIET), str(step))
    yield from heading("What the upgrade means")
    yield from _outages(upgrade)
    rows = {
        "Pods replaced": ", ".join(upgrade.restarted),
        "Values kept": ", ".join(upgrade.kept),
        "Values renewed": ", ".join(upgrade.renewed),
        "Left behind": _left_behind(upgrade),
    }
    yield from (labelled(label, text) for label, text in rows.items() if text)


def _outages(upgrade: Upgrade) -> Iterator[Line]:
    for start, end in upgrade.outages:
        until = f"until {end:.0f} s" if end is not None else "and does not come back"
        yield (
            labelled(
                "Quay is down",
                f"from {start:.0f} s {until} (here Pods and migrations take next to no time; really their time is added)",
            )
            if end is not None
            else line("  ", ("Quay goes down", BAD), f" at {start:.0f} s {until}")
        )
    if not upgrade.outages:
        yield labelled("Quay is down", "at no time")


def _left_behind(upgrade: Upgrade) -> str:
    counts = Counter(kind for kind, _ in upgrade.left_behind)
    names = ", ".join(name for _, name in upgrade.left_behind)
    return f"{', '.join(f'{count} {kind}' for kind, count in counts.items())}: {names}" if names else ""
