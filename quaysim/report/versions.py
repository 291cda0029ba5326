"""Versions of this project and of what it runs on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("quaysim", "kubernetes", "pytest", "pytest-bdd", "pytest-xdist", "gherkin-official")


def installed(package: str) -> str:
    """The version of a package; empty if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def packages() -> dict[str, str]:
    """Of those that a run depends on, the ones that are there."""
    return {name: found for name in PACKAGES if (found := installed(name))}


def machine() -> dict[str, str]:
    """What the run itself ran on."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


SUITE = installed("quaysim")
