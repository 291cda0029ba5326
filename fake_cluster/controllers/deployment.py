"""Deployment: rolls ReplicaSets out, one for each template that it ever had.

What a pass does is in `rollout`; this is when it is done.
"""

from __future__ import annotations

from collections.abc import Iterable

from fake_cluster.controllers.context import Context
from fake_cluster.controllers.history import TemplateHashes
from fake_cluster.controllers.own_writes import OwnWrites
from fake_cluster.controllers.ownership import Claims, owner_keys
from fake_cluster.controllers.rollout import Rollout, Tools
from fake_cluster.kinds.refs import DEPLOYMENTS, PODS, REPLICA_SETS
from fake_cluster.machinery.client import Event
from fake_cluster.machinery.controller import Controller, Result, Source, own_key
from fake_cluster.objects import Key, controller_of
from fake_cluster.selectors import label_test


class DeploymentController:
    """ReplicaSets for Deployments."""

    def __init__(self, context: Context) -> None:
        self._deployments = context.informers[DEPLOYMENTS]
        self._sets = context.informers[REPLICA_SETS]
        self._pods = context.informers[PODS]
        self._claims = Claims(context.client, self._sets)
        self._own = OwnWrites()
        recorder = context.recorder("deployment-controller")
        self._tools = Tools(context, self._claims, recorder, self._own)
        self._hashes = TemplateHashes()

    def controller(self) -> Controller:
        """The controller, for a manager."""
        sources = (
            Source(DEPLOYMENTS, self._deployments.first(self._own.left_out(own_key))),
            Source(REPLICA_SETS, self._sets.first(owner_keys("Deployment", self._deployments))),
            Source(PODS, self._pods.first(self._recreating)),
        )
        return Controller("deployment-controller", self.reconcile, sources)

    def _recreating(self, event: Event) -> Iterable[Key]:
        """A Pod that is gone may be the last old one, for which a Recreate waits."""
        owner = controller_of(event.obj) if event.type == "DELETED" else None
        if owner is None or owner["kind"] != "ReplicaSet":
            return ()
        namespace = event.obj["metadata"]["namespace"]
        replica_set = self._sets.get(Key(namespace, owner["name"]))
        above = controller_of(replica_set) if replica_set else None
        return (Key(namespace, above["name"]),) if above else ()

    def reconcile(self, key: Key) -> Result | None:
        """One pass over one Deployment."""
        deployment = self._deployments.get(key)
        if deployment is None:
            self._hashes.forget(key)
            return None
        selector = deployment["spec"]["selector"]
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            message = "This deployment is selecting all pods. A non-empty selector is required."
            self._tools.events.record(deployment, "Warning", "SelectingAll", message)
            return None
        owned = self._claims.claim(deployment, label_test(selector))
        return Rollout(self._tools, deployment, owned, self._hashes.of(deployment)).run()
