"""The commands of `quaysim`, one module each."""

from __future__ import annotations

import re
from enum import StrEnum

EXIT_USAGE = 2
_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
DEFAULT_VERSION = "3.7.10"
"""Of the simulated operator."""
DEFAULT_DOMAIN = "apps.example.com"
"""Under which the router gives host names."""


class CommandError(Exception):
    """A command cannot do its work; the text is one sentence for its user."""

    def __init__(self, message: str, exit_code: int = EXIT_USAGE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def checked_domain(domain: str) -> str:
    """The domain, if host names can end in it."""
    if not _DOMAIN.fullmatch(domain):
        raise CommandError(f"--apps-domain: {domain!r} is not a domain such as {DEFAULT_DOMAIN}")
    return domain


class Platform(StrEnum):
    """What kind of cluster there is."""

    OPENSHIFT = "openshift"
    KUBERNETES = "kubernetes"


class Simulated(StrEnum):
    """Whether a part of the cluster is simulated or left out."""

    SIMULATED = "simulated"
    NONE = "none"
