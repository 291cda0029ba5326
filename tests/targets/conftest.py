"""Served clusters in processes of their own, with an audit log, and runs of scenarios against them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from fake_cluster.machinery.rest import RestClient
from quaysim.targets.connection import Options, connect
from tests.cli.processes import running

ROOT = Path(__file__).parents[2]
SPEED = 200
WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})


@dataclass
class Lab:
    """A served cluster."""

    kubeconfig: Path
    audit_log: Path
    client: RestClient

    def command(self, *options: str) -> list[str]:
        """The command line of a run of scenarios."""
        place = ["--cluster=kubeconfig", f"--kubeconfig={self.kubeconfig}", "--context=quaysim"]
        return [sys.executable, "-m", "pytest", *options, *place, "-q", "-rs", "-p", "no:cacheprovider"]

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run scenarios."""
        return subprocess.run(self.command(*options), cwd=ROOT, capture_output=True, text=True, check=False)

    def writes(self) -> list[dict[str, Any]]:
        """The audit events of writes that were not refused."""
        events = map(orjson.loads, self.audit_log.read_bytes().splitlines())
        return [item for item in events if item["verb"] in WRITES and item["responseStatus"]["code"] < 400]


Serve = Callable[..., Lab]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serve a cluster with these options of `quaysim serve`."""
    with ExitStack() as stack:

        def started(*options: str) -> Lab:
            config, log = tmp_path / "kubeconfig", tmp_path / "audit.log"
            place: list[str | Path] = ["--kubeconfig-out", config, "--audit-log", log, "--speed", str(SPEED)]
            stack.enter_context(running("serve", *place, *options))
            client = RestClient(connect(Options(str(config), "quaysim")))
            stack.callback(client.close)
            return Lab(config, log, client)

        yield started
