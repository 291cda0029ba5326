"""The scene of each scenario."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from quaysim.targets import Target
from steps.support.scene import Scene


@pytest.fixture
def scene(target: Target) -> Iterator[Scene]:
    """A scene in a namespace of its own; what it changes elsewhere is undone."""
    scene = Scene(target, target.new_namespace())
    yield scene
    scene.restore()
