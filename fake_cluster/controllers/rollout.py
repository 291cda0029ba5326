"""One pass over a Deployment: which ReplicaSets there are to be, how large, and what is said about it.

Source: documentation of Deployments; order and texts as in kube-controller-manager.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fake_cluster.controllers import deployment_status as said
from fake_cluster.controllers import replica_set_revisions as revisions
from fake_cluster.controllers import rolling_update as sizes
from fake_cluster.controllers.context import Context
from fake_cluster.controllers.history import HASH_LABEL, without_label
from fake_cluster.controllers.own_writes import OwnWrites
from fake_cluster.controllers.ownership import Claims
from fake_cluster.controllers.pods import FINISHED, phase
from fake_cluster.controllers.status import find, write_status
from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import DEPLOYMENTS, PODS, REPLICA_SETS
from fake_cluster.machinery.controller import Result
from fake_cluster.machinery.events import Recorder
from fake_cluster.objects import Object, annotations_of, controller_of, is_terminating


@dataclass(frozen=True, slots=True)
class Tools:
    """What a pass works with."""

    context: Context
    claims: Claims
    events: Recorder
    own: OwnWrites


class Rollout:
    """A pass over one Deployment and the ReplicaSets that it owns."""

    def __init__(self, tools: Tools, deployment: Object, owned: list[Object], template_hash: str) -> None:
        self._tools = tools
        self._deployment = deployment
        self._sets = {item["metadata"]["name"]: item for item in owned}
        self._hash = template_hash
        self._conditions: list[Object] = list((deployment.get("status") or {}).get("conditions") or ())
        self._now = tools.context.clock.now()
        self._new_name = ""

    @property
    def _everything(self) -> list[Object]:
        return list(self._sets.values())

    @property
    def _new(self) -> Object | None:
        return self._sets.get(self._new_name)

    @property
    def _old(self) -> list[Object]:
        return [item for name, item in self._sets.items() if name != self._new_name]

    # --- the pass ---------------------------------------------------------------------------------

    def run(self) -> Result | None:
        """Do what is to be done now; when to look again if nothing happens."""
        if is_terminating(self._deployment):
            self._find_new()
            return self._finish(settled=True)
        self._note_pause()
        paused = self._deployment["spec"].get("paused", False)
        if paused or self._is_scaled():
            self._find_new()
            self._scale_all()
            if paused:
                self._clean_up()
            return self._finish(settled=True)
        kind = self._deployment["spec"].get("strategy", {}).get("type", "RollingUpdate")
        _STRATEGIES[kind](self)
        again = self._finish(settled=False)
        if said.is_complete(self._deployment, self._deployment.get("status") or {}):
            self._clean_up()
        return again

    def _note_pause(self) -> None:
        known = find(self._conditions, said.PROGRESSING)
        if not said.has_deadline(self._deployment) or (known and known["reason"] == said.TIMED_OUT):
            return
        paused = self._deployment["spec"].get("paused", False)
        noted = known is not None and known["reason"] == said.PAUSED
        if paused and not noted:
            self._progressing("Unknown", said.PAUSED, "Deployment is paused")
        elif noted and not paused:
            self._progressing("Unknown", said.RESUMED, "Deployment is resumed")

    def _progressing(self, status: str, reason: str, message: str) -> None:
        new = said.make_condition(said.PROGRESSING, status, reason, message, self._now)
        self._conditions = said.put_condition(self._conditions, new)

    def _is_scaled(self) -> bool:
        """Whether `spec.replicas` is not what the ReplicaSets were divided from."""
        wished = str(sizes.replicas_of(self._deployment))
        active = (item for item in self._sets.values() if sizes.replicas_of(item))
        return any(annotations_of(item).get(sizes.DESIRED, wished) != wished for item in active)

    def roll(self) -> None:
        """RollingUpdate: up with the new one, then down with the old ones."""
        new = self._find_or_create_new()
        if self._scale(new, sizes.new_size(self._deployment, self._everything, new)):
            return
        wanted = sizes.old_sizes(self._deployment, new, self._old)
        for item in self._old:
            self._scale(item, wanted[item["metadata"]["name"]])

    def recreate(self) -> None:
        """Recreate: nothing new until the last old Pod is gone."""
        self._find_new()
        scaled_down = [self._scale(item, 0) for item in self._old]
        if any(scaled_down) or self._old_pods_run():
            return
        self._scale(self._find_or_create_new(), sizes.replicas_of(self._deployment))

    def _old_pods_run(self) -> bool:
        pods = self._tools.context.informers[PODS]
        owned = (pods.find("controller", item["metadata"]["uid"]) for item in self._old)
        return any(phase(pod) not in FINISHED for some in owned for pod in some)

    # --- the new ReplicaSet -----------------------------------------------------------------------

    def _find_new(self) -> Object | None:
        """The ReplicaSet of the present template, with the right revision and annotations."""
        found = revisions.find_new(self._deployment, self._sets.values(), self._hash)
        if found is None:
            return None
        self._new_name = found["metadata"]["name"]
        revision = revisions.next_revision(self._old)
        annotations = revisions.annotations_for(self._deployment, revision, found)
        min_ready = self._deployment["spec"].get("minReadySeconds", 0)
        if annotations != annotations_of(found) or found["spec"].get("minReadySeconds", 0) != min_ready:
            spec = {**found["spec"], "minReadySeconds": min_ready}
            found = self._replace(found, annotations, spec)
        if said.has_deadline(self._deployment) and find(self._conditions, said.PROGRESSING) is None:
            self._progressing("True", said.FOUND, f'Found new replica set "{self._new_name}"')
        return found

    def _find_or_create_new(self) -> Object:
        return self._find_new() or self._create_new()

    def _create_new(self) -> Object:
        replicas = sizes.new_size(self._deployment, self._everything, None)
        revision = revisions.next_revision(self._everything)
        wanted = revisions.new_replica_set(self._deployment, self._hash, replicas, revision)
        name = wanted["metadata"]["name"]
        try:
            created = self._tools.context.client.create(REPLICA_SETS, wanted)
        except ApiError as error:
            created = self._not_created(wanted, error)
        else:
            if replicas:
                self._say_scaled("up", name, 0, replicas)
        self._keep(created)
        self._new_name = name
        if said.has_deadline(self._deployment):
            self._progressing("True", said.CREATED, f'Created new replica set "{name}"')
        return created

    def _not_created(self, wanted: Object, error: ApiError) -> Object:
        """A ReplicaSet of that name may be ours already, or there is a collision of hashes."""
        meta = wanted["metadata"]
        if error.reason == "AlreadyExists":
            there = self._tools.context.client.get(REPLICA_SETS, meta["name"], meta["namespace"])
            owner = controller_of(there) or {}
            template = without_label(there["spec"]["template"], HASH_LABEL)
            if owner.get("uid") == self._deployment["metadata"]["uid"] and template == self._template:
                return there
            self._count_collision()
        elif said.has_deadline(self._deployment):
            self._progressing(
                "False", said.FAILED_CREATE, f"Failed to create new replica set: {error.message}"
            )
            self._finish(settled=True)
        raise error

    @property
    def _template(self) -> Object:
        template: Object = self._deployment["spec"]["template"]
        return template

    def _count_collision(self) -> None:
        status = self._deployment.get("status") or {}
        status = {**status, "collisionCount": status.get("collisionCount", 0) + 1}
        write_status(self._tools.context.client, DEPLOYMENTS, self._deployment, status)

    # --- sizes ------------------------------------------------------------------------------------

    def _scale_all(self) -> None:
        """Bring a changed `spec.replicas` into the ReplicaSets without going on with a rollout."""
        wished = sizes.replicas_of(self._deployment)
        active = [item for item in self._everything if sizes.replicas_of(item)]
        latest = self._new or max(
            self._everything, key=lambda item: item["metadata"]["creationTimestamp"], default=None
        )
        if len(active) <= 1:
            only = active[0] if active else latest
            if only is not None:
                self._scale(only, wished)
        elif self._new is not None and self._is_saturated(self._new):
            for item in self._old:
                self._scale(item, 0)
        elif sizes.is_rolling(self._deployment):
            shares = sizes.proportional_sizes(self._deployment, active)
            for item in active:
                self._scale(item, shares[item["metadata"]["name"]])

    def _is_saturated(self, new: Object) -> bool:
        wished = sizes.replicas_of(self._deployment)
        available = sizes.status_count(new, "availableReplicas")
        divided = annotations_of(new).get(sizes.DESIRED)
        return sizes.replicas_of(new) == wished == available and divided == str(wished)

    def _scale(self, replica_set: Object, replicas: int) -> bool:
        """Set the size of a ReplicaSet; whether that changed anything."""
        before = sizes.replicas_of(replica_set)
        wanted = revisions.size_annotations(self._deployment)
        annotations = annotations_of(replica_set)
        if before == replicas and (not replicas or wanted.items() <= annotations.items()):
            return False
        spec = {**replica_set["spec"], "replicas": replicas}
        self._replace(replica_set, {**annotations, **wanted}, spec)
        if before != replicas:
            direction = "up" if replicas > before else "down"
            self._say_scaled(direction, replica_set["metadata"]["name"], before, replicas)
        return before != replicas

    def _say_scaled(self, direction: str, name: str, before: int, after: int) -> None:
        message = f"Scaled {direction} replica set {name} from {before} to {after}"
        self._tools.events.record(self._deployment, "Normal", "ScalingReplicaSet", message)

    def _replace(self, replica_set: Object, annotations: dict[str, str], spec: Object) -> Object:
        wanted = {
            **replica_set,
            "metadata": {**replica_set["metadata"], "annotations": annotations},
            "spec": spec,
        }
        return self._keep(self._tools.context.client.replace(REPLICA_SETS, wanted))

    def _keep(self, replica_set: Object) -> Object:
        self._sets[replica_set["metadata"]["name"]] = replica_set
        self._tools.context.informers[REPLICA_SETS].note(replica_set)
        return replica_set

    # --- history ----------------------------------------------------------------------------------

    def _clean_up(self) -> None:
        """Delete the oldest ReplicaSets beyond `spec.revisionHistoryLimit`."""
        limit = self._deployment["spec"].get("revisionHistoryLimit", 10)
        old = sorted((item for item in self._old if not is_terminating(item)), key=revisions.revision_of)
        for item in old[: max(0, len(old) - limit)]:
            if not sizes.replicas_of(item) and not sizes.status_count(item, "replicas"):
                meta = item["metadata"]
                self._tools.context.client.delete(REPLICA_SETS, meta["name"], meta["namespace"])
                del self._sets[meta["name"]]

    # --- status -----------------------------------------------------------------------------------

    def _finish(self, *, settled: bool) -> Result | None:
        """Write status and revision; look again when the progress deadline has passed."""
        outlook = said.Outlook(self._deployment, self._everything, self._new, self._now)
        status = outlook.status(self._conditions, settled=settled)
        revised = self._with_revision(self._deployment)
        written = write_status(self._tools.context.client, DEPLOYMENTS, revised, status)
        if revised is not self._deployment and revisions.revision_of(written) != revisions.revision_of(
            revised
        ):
            written = self._patch_revision(revised)
        self._tools.own.add(written, self._deployment)
        self._tools.context.informers[DEPLOYMENTS].note(written)
        self._deployment = written
        left = outlook.time_left(find(status.get("conditions") or [], said.PROGRESSING))
        return Result(requeue_after=max(left, 0) + 1) if left is not None and not settled else None

    def _with_revision(self, deployment: Object) -> Object:
        """The Deployment with the revision of its new ReplicaSet (its status may carry annotations along)."""
        revision = revisions.revision_of(self._new) if self._new else 0
        if not revision or revisions.revision_of(deployment) == revision:
            return deployment
        annotations = {**annotations_of(deployment), revisions.REVISION: str(revision)}
        return {**deployment, "metadata": {**deployment["metadata"], "annotations": annotations}}

    def _patch_revision(self, revised: Object) -> Object:
        meta = revised["metadata"]
        body = {"metadata": {"annotations": {revisions.REVISION: str(revisions.revision_of(revised))}}}
        return self._tools.context.client.patch(DEPLOYMENTS, meta["name"], body, meta["namespace"])


_STRATEGIES: dict[str, Callable[[Rollout], None]] = {
    "RollingUpdate": Rollout.roll,
    "Recreate": Rollout.recreate,
}
