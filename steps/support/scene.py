"""What the sentences of one scenario have in common: the target, the registries, and what was answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from quaysim.targets import ApiError, Object, Target
from steps.support.registry import Registry


@dataclass
class Scene:
    """One scenario. `registry` is the one that sentences call "it": the last that was introduced."""

    target: Target
    namespace: str
    registries: list[Registry] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    answer: Object | None = None
    error: ApiError | None = None
    subject: Object | None = None
    undo: list[Callable[[], object]] = field(default_factory=list)

    @property
    def registry(self) -> Registry:
        """The registry that sentences call "it"."""
        return self.registries[-1]

    def introduce(self, registry: Registry) -> Registry:
        """Make a registry the one that the next sentences are about."""
        self.registries.append(registry)
        return registry

    def named(self, name: str) -> Registry:
        """A registry by its name."""
        return next(registry for registry in self.registries if registry.name == name)

    def attempt(self, request: Callable[[], Object]) -> None:
        """Send a request that may be refused, and keep the answer."""
        self.answer = self.error = None
        try:
            self.answer = request()
        except ApiError as error:
            self.error = error

    def restore(self) -> None:
        """Undo what the scenario has changed outside its namespaces, last change first."""
        while self.undo:
            self.undo.pop()()
