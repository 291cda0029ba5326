"""Make `pytest features/` work: the feature collector and every step module are pytest plugins."""

from __future__ import annotations

from pathlib import Path

STEPS = Path(__file__).parent / "steps"

pytest_plugins = [
    "quaysim.pytest_plugin",
    *sorted(f"steps.{path.stem}" for path in STEPS.glob("[!_]*.py")),
]
