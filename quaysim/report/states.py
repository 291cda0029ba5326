"""What can be said of a scenario after a run, from best known to worst.

| state | the scenario |
| --- | --- |
| `disabled` | was left out by a choice at the command line |
| `not_supported` | needs something that the cluster does not have |
| `skipped` | did not run for another reason |
| `passed` | holds |
| `failed` | does not hold |
| `error` | could not be judged, because something broke that it is not about |

The states are ordered: of several things that happened to a scenario, the worst is its state.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class State(IntEnum):
    """The state of a scenario."""

    DISABLED = 0
    NOT_SUPPORTED = 1
    SKIPPED = 2
    PASSED = 3
    FAILED = 4
    ERROR = 5

    @property
    def label(self) -> str:
        """As reports write it."""
        return self.name.lower()

    @property
    def is_bad(self) -> bool:
        """Whether somebody has to look at it."""
        return self >= State.FAILED

    @property
    def was_judged(self) -> bool:
        """Whether the scenario was run to a verdict."""
        return self >= State.PASSED


def statistics(states: Iterable[State]) -> dict[str, int]:
    """How many there are of each state, in the order of the states."""
    counts = dict.fromkeys((state.label for state in State), 0)
    for state in states:
        counts[state.label] += 1
    return counts
