"""Taking turns on a shared cluster.

Scenarios that change nodes, or what a cluster has only once, must have the cluster for themselves; the
others may share it. The workers of a run are processes of one machine, so a file lock keeps them apart.
"""

from __future__ import annotations

import fcntl
import hashlib
import tempfile
from pathlib import Path
from typing import IO

ALONE = frozenset({"nodes", "noobaa-api", "cluster-monitoring"})
"""Needs of scenarios that must have the cluster for themselves."""


class Turn:
    """A scenario's turn on the cluster at `host`: waits for it when made, ends with `close`."""

    def __init__(self, host: str, *, alone: bool) -> None:
        name = hashlib.sha256(host.encode()).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"quaysim-{name}.lock"
        self._file: IO[str] = path.open("a", encoding="utf-8")
        fcntl.flock(self._file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)

    def close(self) -> None:
        """Let the next one have the cluster."""
        self._file.close()
