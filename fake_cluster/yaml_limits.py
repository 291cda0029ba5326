"""How deep YAML may be nested.

libyaml builds documents by recursion in C: some ten thousand brackets end the whole process. Whoever
reads YAML from somebody else checks it first.
"""

from __future__ import annotations

import yaml

MAX_DEPTH = 200
"""Levels; what goes over the wire as JSON may have 254."""


def check_depth(text: str | bytes) -> None:
    """Raises `yaml.YAMLError` for a text that is nested too deeply; other faults are left to its reader."""
    if len(text) <= MAX_DEPTH:
        return
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="nested too deeply")
