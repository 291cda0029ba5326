"""The replay seam: the same scenarios run on a cluster in another process, on real time."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCENARIOS = [
    "features/05-configuration/endpoints.feature",
    "features/03-preparation/disabling_components.feature",
]


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Iterator[Path]:
    """The kubeconfig of a served cluster, a hundred times as fast as real time."""
    path = tmp_path / "kubeconfig"
    command = [sys.executable, "-m", "quaysim", "serve", "--speed=100", f"--kubeconfig-out={path}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert "serves" in server.stdout.readline()
            yield path
        finally:
            server.terminate()


def test_scenarios_pass_on_a_served_cluster(kubeconfig: Path) -> None:
    options = [
        "--cluster=kubeconfig",
        f"--kubeconfig={kubeconfig}",
        "--context=quaysim",
        "-q",
        "-rs",
        "-p",
        "no:cacheprovider",
    ]
    command = [sys.executable, "-m", "pytest", *SCENARIOS, *options]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert re.search(r"\b7 passed, 2 skipped\b", run.stdout), run.stdout
    assert "not supported by this cluster: operator-in-one-namespace" in run.stdout
