"""Cleaning up after a run from outside of it."""

from __future__ import annotations

from quaysim.targets.changes import Changes
from quaysim.targets.clock import ServerClock
from quaysim.targets.connection import Options
from quaysim.targets.kubeconfig import Cluster
from quaysim.targets.removal import Removal
from quaysim.targets.run import Run
from quaysim.targets.scenario_client import ScenarioClient
from quaysim.targets.waits import Waiting


def clean(options: Options, run: Run) -> Removal:
    """Remove a run; what could not be removed is in `left`. Raises BadKubeconfig and ApiError."""
    cluster = Cluster(options)
    cluster.check()
    changes = Changes(cluster.background)
    client = ScenarioClient(cluster.client, run)
    removal = Removal(cluster.api_client, Waiting(client, changes, ServerClock(cluster.date)))
    try:
        removal.remove_all()
    finally:
        changes.close()
        cluster.close()
    return removal
