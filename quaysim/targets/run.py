"""A run on a cluster that others use too: what it makes is called after it, and can be told apart by that.

Namespaces of a run begin with its id, and everything that it makes elsewhere carries the run's label.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fake_cluster.objects import labels_of

RUN_LABEL = "quaysim.test/run"
PREFIX = "quaysim-"
_ID = re.compile(rf"({PREFIX})?[0-9a-f]{{6}}")


@dataclass(frozen=True)
class Run:
    """One run. Its id is `quaysim-` and six hexadecimal digits: short, as it becomes part of host names."""

    id: str

    @property
    def labels(self) -> dict[str, str]:
        """What the run's objects are labelled with."""
        return {RUN_LABEL: self.id}

    @property
    def selector(self) -> str:
        """The label selector of the run's objects."""
        return f"{RUN_LABEL}={self.id}"

    def namespace(self, name: str) -> str:
        """The full name of a namespace of this run."""
        return f"{self.id}-{name}"

    def has_namespace(self, name: str) -> bool:
        """Whether a namespace of that name is one of this run's."""
        return name.startswith(f"{self.id}-")

    def made(self, obj: Mapping[str, Any]) -> bool:
        """Whether an object carries this run's label."""
        return labels_of(obj).get(RUN_LABEL) == self.id


def new_run() -> Run:
    """A run with an id that no other has."""
    return Run(f"{PREFIX}{uuid.uuid4().hex[:6]}")


def run_of(text: str) -> Run:
    """The run that somebody names, with or without `quaysim-`; raises ValueError for what is no id."""
    if not _ID.fullmatch(text):
        raise ValueError(f"{text!r} is not the id of a run, such as {PREFIX}3fa9c1")
    return Run(f"{PREFIX}{text.removeprefix(PREFIX)}")
