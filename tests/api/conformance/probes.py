"""One probe: requests that prepare, one request that asks, and what its answer must show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

ABSENT: Any = object()
"""A field that must not be there."""
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
YAML = "application/yaml"


@dataclass(frozen=True)
class Ask:
    """One request; `{ns}` in its path and its strings stands for the probe's own namespace."""

    method: str
    path: str
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    type: str = ""
    accept: str = ""


@dataclass(frozen=True)
class Probe:
    """`says` is the sentence that holds. `shows` are fields (`a.b.0.c`) of the answer with their values.

    A value may be a function that is asked; `text` is what a body that is no JSON must be.
    """

    says: str
    ask: Ask
    code: int
    shows: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[Ask, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None


@dataclass(frozen=True)
class Reply:
    """An answer."""

    code: int
    headers: Mapping[str, str]
    body: Any


class Server(Protocol):
    """What is probed."""

    def send(self, ask: Ask, namespace: str) -> Reply:
        """Have one request done."""
        ...

    def watch(self, path: str, query: Mapping[str, str]) -> list[Any]:
        """The events of a watch that ends after a second."""
        ...

    def pause(self) -> None:
        """Let controllers do what they have to do."""
        ...


def at(value: Any, path: str) -> Any:
    """The value at a path, `ABSENT` where there is none; `~` in a step stands for a dot."""
    for step in (part.replace("~", ".") for part in path.split(".") if path):
        if isinstance(value, list) and step.lstrip("-").isdecimal():
            value = value[int(step)] if -len(value) <= int(step) < len(value) else ABSENT
        elif isinstance(value, dict):
            value = value.get(step, ABSENT)
        else:
            return ABSENT
    return value


def check(probe: Probe, server: Server, namespace: str) -> None:
    """Ask, and compare."""
    for ask in probe.before:
        reply = server.send(ask, namespace)
        assert reply.code < 300, (ask, reply.body)
    server.pause()
    reply = server.send(probe.ask, namespace)
    assert reply.code == probe.code, reply.body
    if probe.text is not None:
        assert reply.body == probe.text
    for path, wanted in probe.shows.items():
        found = at(reply.body, path)
        assert _holds(wanted, found, namespace), (path, found, reply.body)
    for name, text in probe.headers.items():
        assert text in reply.headers.get(name.lower(), ""), reply.headers


def _holds(wanted: Any, found: Any, namespace: str) -> bool:
    if isinstance(wanted, Callable):  # type: ignore[arg-type] # a class of its own in typing only
        return bool(wanted(found))
    if isinstance(wanted, str):
        wanted = wanted.replace("{ns}", namespace)
    return found is wanted if wanted is ABSENT else bool(found == wanted)


def contains(*parts: str) -> Callable[[Any], bool]:
    """A text with these parts."""
    return lambda found: isinstance(found, str) and all(part in found for part in parts)


def has_keys(*keys: str) -> Callable[[Any], bool]:
    """An object with exactly these fields."""
    return lambda found: isinstance(found, dict) and set(found) == set(keys)


def present(found: Any) -> bool:
    """Anything."""
    return found is not ABSENT
