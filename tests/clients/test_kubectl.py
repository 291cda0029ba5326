"""kubectl, as people use it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.clients.conftest import Served

KUBECTL = shutil.which("kubectl") or ""
PATIENCE = 30.0
pytestmark = pytest.mark.skipif(not KUBECTL, reason="kubectl is not on the PATH")

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  colour: %s
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 1
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - name: shop
        image: example.com/shop:%s
        ports: [{containerPort: 8080}]
"""


@dataclass(frozen=True)
class Kubectl:
    """Runs kubectl in a namespace. Fails if it ends with another code than it should."""

    kubeconfig: Path
    home: Path
    namespace: str = "default"

    def argv(self, *arguments: str) -> list[str]:
        fixed = [
            f"--kubeconfig={self.kubeconfig}",
            f"--cache-dir={self.home}",
            f"--namespace={self.namespace}",
        ]
        return [KUBECTL, *fixed, *arguments]

    def __call__(self, *arguments: str, stdin: str | bytes = b"", code: int = 0) -> str:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            self.argv(*arguments),
            input=given,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            env={"HOME": str(self.home), "EDITOR": "sed -i s/blue/red/", "PATH": "/usr/bin:/bin"},
        )
        output = (done.stdout + done.stderr).decode()
        assert done.returncode == code, output
        return output.strip()

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "-o", "json"))

    @contextmanager
    def running(self, *arguments: str) -> Iterator[Any]:
        """kubectl in the background: its lines as they come."""
        with subprocess.Popen(self.argv(*arguments), stdout=subprocess.PIPE, text=True) as process:
            try:
                yield process.stdout
            finally:
                process.kill()


@pytest.fixture(scope="module")
def root(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    return Kubectl(served.path, tmp_path_factory.mktemp("home"))


@pytest.fixture
def kubectl(root: Kubectl, request: pytest.FixtureRequest) -> Kubectl:
    """In a namespace of the test's own."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:60].strip("-")
    root("create", "namespace", name)
    return Kubectl(root.kubeconfig, root.home, name)


@pytest.fixture(scope="module")
def web(root: Kubectl) -> Kubectl:
    """A namespace in which a Deployment `web` and a Service run."""
    root("create", "namespace", "web")
    kubectl = Kubectl(root.kubeconfig, root.home, "web")
    kubectl("create", "deployment", "web", "--image=nginx", "--replicas=2", "--port=80")
    kubectl("expose", "deployment", "web", "--port=80")
    kubectl("rollout", "status", "deployment/web", "--timeout=20s")
    return kubectl


@pytest.fixture(scope="module")
def pod(web: Kubectl) -> str:
    return web("get", "pods", "-o", "name").splitlines()[0].removeprefix("pod/")


class TestReading:
    def test_it_knows_the_version_and_the_resources(self, root: Kubectl) -> None:
        assert "Server Version: v1." in root("version")
        listed = root("api-resources")
        assert re.search(r"^deployments +deploy +apps/v1 +true +Deployment$", listed, re.MULTILINE)
        assert "batch/v1" in root("api-versions").splitlines()
        assert "is running at" in root("cluster-info")

    def test_it_prints_tables(self, web: Kubectl) -> None:
        head, *rows = web("get", "pods").splitlines()
        assert head.split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
        assert [row.split()[1:4] for row in rows] == [["1/1", "Running", "0"]] * 2
        assert web("get", "pods", "-o", "wide").splitlines()[0].split()[5:7] == ["IP", "NODE"]
        assert web("get", "deployments", "--show-labels").splitlines()[1].split()[1:4] == ["2/2", "2", "2"]

    def test_all_is_a_category(self, web: Kubectl) -> None:
        names = web("get", "all", "-o", "name").splitlines()
        assert sorted({name.partition("/")[0] for name in names}) == [
            "deployment.apps",
            "pod",
            "replicaset.apps",
            "service",
        ]

    def test_it_prints_objects_in_every_form(self, web: Kubectl) -> None:
        deployment = web.json("get", "deployment", "web")
        assert yaml.safe_load(web("get", "deployment", "web", "-o", "yaml"))["spec"] == deployment["spec"]
        assert web("get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}") == "2"
        columns = web("get", "deployment", "-o", "custom-columns=N:.metadata.name,R:.spec.replicas")
        assert [line.split() for line in columns.splitlines()] == [["N", "R"], ["web", "2"]]
        assert web("get", "deployment", "web", "-o", "go-template={{.metadata.name}}") == "web"

    def test_selectors_choose(self, web: Kubectl) -> None:
        assert len(web("get", "pods", "-l", "app=web", "-o", "name").splitlines()) == 2
        assert web("get", "pods", "-l", "app!=web") == "No resources found in web namespace."
        assert len(web("get", "pods", "--field-selector=status.phase=Running", "-o", "name").split()) == 2

    def test_the_scale_has_a_table_of_its_own(self, web: Kubectl) -> None:
        lines = web("get", "deployment", "web", "--subresource=scale").splitlines()
        assert [line.split()[:3] for line in lines] == [["NAME", "DESIRED", "AVAILABLE"], ["web", "2", "2"]]

    def test_it_watches(self, kubectl: Kubectl) -> None:
        with kubectl.running("get", "configmaps", "--watch", "-o", "name") as lines:
            assert lines.readline() == "configmap/kube-root-ca.crt\n"
            kubectl("create", "configmap", "news")
            assert lines.readline() == "configmap/news\n"

    def test_it_describes_what_belongs_together(self, web: Kubectl, pod: str) -> None:
        described = web("describe", "deployment", "web")
        assert "2 desired | 2 updated | 2 total | 2 available | 0 unavailable" in described
        assert "Scaled up replica set" in described
        described = web("describe", "pod", pod)
        assert "Controlled By:  ReplicaSet/web-" in described
        assert "Successfully assigned web/" in described
        assert re.search(r"Endpoints: +10\.\S+:80,10\.\S+:80", web("describe", "service", "web"))
        assert "KubeletReady" in web("describe", "node", "worker-0")
        assert "No resource quota." in web("describe", "namespace", "web")

    def test_events_tell_what_has_happened(self, web: Kubectl) -> None:
        assert "Scheduled" in web("get", "events")
        (event,) = web("events", "--for", "deployment/web", "--no-headers").splitlines()
        assert event.split()[1:4] == ["Normal", "ScalingReplicaSet", "Deployment/web"]

    def test_it_explains_fields(self, root: Kubectl) -> None:
        explained = root("explain", "pod.spec.containers")
        assert "FIELD: containers <[]Container>" in explained
        assert re.search(r"^  image\t<string>", explained, re.MULTILINE)
        assert "      terminationGracePeriodSeconds" in root("explain", "deployment", "--recursive")
        assert 'field "colour" does not exist' in root("explain", "pod.colour", code=1)

    def test_it_says_what_is_missing(self, root: Kubectl) -> None:
        assert root("get", "pod", "x", code=1) == 'Error from server (NotFound): pods "x" not found'
        assert "doesn't have a resource type" in root("get", "unicorns", code=1)


class TestWriting:
    @pytest.mark.parametrize(
        "command",
        [
            "job pi --image=perl -- perl -e 1",
            "configmap c --from-literal=a=b",
            "secret generic s --from-literal=password=x",
            "serviceaccount robot",
            "role reader --verb=get --resource=pods",
            "quota q --hard=pods=3",
            "poddisruptionbudget p --selector=app=web --min-available=50%",
            "ingress i --rule=example.com/path=web:80",
            "service nodeport n --tcp=80:8080",
        ],
        ids=lambda command: command.split()[0],
    )
    def test_it_creates(self, root: Kubectl, command: str) -> None:
        assert root("create", *command.split(" ")).endswith(" created")

    def test_a_job_is_made_from_a_cron_job(self, kubectl: Kubectl) -> None:
        kubectl("create", "cronjob", "daily", "--image=busybox", "--schedule=0 0 * * *", "--", "echo", "done")
        kubectl("create", "job", "now", "--from=cronjob/daily")
        kubectl("wait", "--for=condition=Complete", "job/now", "--timeout=20s")
        assert kubectl("logs", "job/now") == "done"

    def test_apply_goes_by_what_was_applied_before(self, kubectl: Kubectl) -> None:
        assert kubectl("apply", "-f", "-", stdin=CONFIG % "blue") == "configmap/settings created"
        assert kubectl("apply", "-f", "-", stdin=CONFIG % "blue") == "configmap/settings unchanged"
        assert "+  colour: green" in kubectl("diff", "-f", "-", stdin=CONFIG % "green", code=1)
        kubectl("patch", "configmap", "settings", "-p", '{"data": {"size": "3"}}')
        assert kubectl("apply", "-f", "-", stdin=CONFIG % "green") == "configmap/settings configured"
        assert kubectl.json("get", "configmap", "settings")["data"] == {"colour": "green", "size": "3"}

    def test_server_side_apply_knows_conflicts(self, kubectl: Kubectl) -> None:
        apply = ("apply", "--server-side", "-f", "-")
        assert kubectl(*apply, stdin=CONFIG % "blue") == "configmap/settings serverside-applied"
        refused = kubectl(*apply, "--field-manager=other", stdin=CONFIG % "red", code=1)
        assert 'conflict with "kubectl": .data.colour' in refused
        kubectl(*apply, "--field-manager=other", "--force-conflicts", stdin=CONFIG % "red")
        managed = kubectl.json("get", "configmap", "settings", "--show-managed-fields")["metadata"][
            "managedFields"
        ]
        assert [entry["manager"] for entry in managed] == ["other"]

    def test_a_dry_run_changes_nothing(self, kubectl: Kubectl) -> None:
        dry = kubectl("apply", "--dry-run=server", "-f", "-", stdin=CONFIG % "blue")
        assert dry == "configmap/settings created (server dry run)"
        kubectl("get", "configmap", "settings", code=1)

    def test_unknown_fields_are_refused(self, kubectl: Kubectl) -> None:
        refused = kubectl("create", "-f", "-", stdin=CONFIG % "blue" + "colour: blue\n", code=1)
        assert 'unknown field "colour"' in refused

    def test_it_patches_in_every_way(self, kubectl: Kubectl) -> None:
        kubectl("create", "deployment", "shop", "--image=a")
        patch = ("patch", "deployment", "shop")
        strategic = '{"spec": {"template": {"spec": {"containers": [{"name": "a", "image": "b"}]}}}}'
        assert kubectl(*patch, "-p", strategic) == "deployment.apps/shop patched"
        assert kubectl(*patch, "-p", strategic) == "deployment.apps/shop patched (no change)"
        kubectl(*patch, "--type=merge", "-p", '{"metadata": {"labels": {"app": null}}}')
        kubectl(*patch, "--type=json", "-p", '[{"op": "add", "path": "/spec/paused", "value": true}]')
        kubectl(*patch, "--subresource=scale", "--type=merge", "-p", '{"spec": {"replicas": 0}}')
        shop = kubectl.json("get", "deployment", "shop")
        assert "labels" not in shop["metadata"]
        assert (shop["spec"]["paused"], shop["spec"]["replicas"]) == (True, 0)

    def test_labels_and_annotations_come_and_go(self, kubectl: Kubectl) -> None:
        kubectl("create", "configmap", "c")
        assert kubectl("label", "configmap", "c", "tier=front") == "configmap/c labeled"
        assert "already has a value" in kubectl("label", "configmap", "c", "tier=back", code=1)
        assert kubectl("label", "configmap", "c", "tier=back", "--overwrite") == "configmap/c labeled"
        assert kubectl("label", "configmap", "c", "tier-") == "configmap/c unlabeled"
        assert kubectl("annotate", "configmap", "c", "note=1") == "configmap/c annotated"

    def test_an_editor_changes_an_object(self, kubectl: Kubectl) -> None:
        kubectl("create", "configmap", "c", "--from-literal=colour=blue")
        assert kubectl("edit", "configmap", "c") == "configmap/c edited"
        assert kubectl.json("get", "configmap", "c")["data"] == {"colour": "red"}

    def test_it_replaces_by_force(self, kubectl: Kubectl) -> None:
        kubectl("create", "-f", "-", stdin=CONFIG % "blue")
        before = kubectl.json("get", "configmap", "settings")["metadata"]["uid"]
        kubectl("replace", "--force", "-f", "-", stdin=CONFIG % "red")
        assert kubectl.json("get", "configmap", "settings")["metadata"]["uid"] != before


class TestWorkloads:
    def test_a_rollout_has_a_history(self, kubectl: Kubectl) -> None:
        kubectl("apply", "-f", "-", stdin=DEPLOYMENT % "1")
        kubectl("set", "image", "deployment/shop", "shop=example.com/shop:2")
        assert "successfully rolled out" in kubectl("rollout", "status", "deployment/shop", "--timeout=20s")
        assert kubectl("rollout", "history", "deployment/shop").splitlines()[-1].split() == ["2", "<none>"]
        assert "example.com/shop:1" in kubectl("rollout", "history", "deployment/shop", "--revision=1")
        assert kubectl("rollout", "undo", "deployment/shop") == "deployment.apps/shop rolled back"
        assert "successfully rolled out" in kubectl("rollout", "status", "deployment/shop", "--timeout=20s")
        (image,) = kubectl("get", "pods", "-o", "jsonpath={..image}").split()[:1]
        assert image == "example.com/shop:1"

    def test_a_rollout_can_be_held_and_done_again(self, kubectl: Kubectl) -> None:
        kubectl("create", "deployment", "shop", "--image=nginx")
        for verb, done in (("pause", "paused"), ("resume", "resumed"), ("restart", "restarted")):
            assert kubectl("rollout", verb, "deployment/shop") == f"deployment.apps/shop {done}"
        kubectl("rollout", "status", "deployment/shop", "--timeout=20s")

    def test_it_scales_and_waits(self, kubectl: Kubectl) -> None:
        kubectl("create", "deployment", "shop", "--image=nginx")
        assert kubectl("scale", "deployment", "shop", "--replicas=2") == "deployment.apps/shop scaled"
        kubectl("wait", "--for=jsonpath={.status.readyReplicas}=2", "deployment/shop", "--timeout=20s")
        waited = kubectl("wait", "--for=condition=Available", "deployment/shop", "--timeout=20s")
        assert waited == "deployment.apps/shop condition met"
        assert "Expected replicas to be 9" in kubectl(
            "scale", "deployment", "shop", "--current-replicas=9", "--replicas=1", code=1
        )

    def test_deletes_cascade_as_they_are_told(self, kubectl: Kubectl) -> None:
        kubectl("create", "deployment", "shop", "--image=nginx")
        kubectl("rollout", "status", "deployment/shop", "--timeout=20s")
        kubectl("delete", "deployment", "shop", "--cascade=orphan")
        (replica_set,) = kubectl("get", "replicasets", "-o", "name").splitlines()
        kubectl("delete", replica_set, "--cascade=foreground")
        kubectl("wait", "--for=delete", "pod", "-l", "app=shop", "--timeout=20s")
        assert kubectl("get", "pods") == f"No resources found in {kubectl.namespace} namespace."

    def test_a_namespace_takes_everything_with_it(self, kubectl: Kubectl) -> None:
        kubectl("create", "configmap", "c")
        deleted = kubectl("delete", "namespace", kubectl.namespace)
        assert f'namespace "{kubectl.namespace}" deleted' in deleted
        kubectl("get", "configmap", "c", code=1)

    def test_a_pod_does_what_it_is_told_and_goes(self, kubectl: Kubectl) -> None:
        said = kubectl(
            "run", "once", "--image=busybox", "--restart=Never", "-i", "--rm", "--", "echo", "hello"
        )
        assert "hello" in said
        kubectl("get", "pod", "once", code=1)

    def test_an_autoscaler_is_described(self, kubectl: Kubectl) -> None:
        kubectl("create", "deployment", "shop", "--image=nginx")
        kubectl("autoscale", "deployment", "shop", "--max=5", "--cpu-percent=80")
        assert "Deployment/shop" in kubectl("get", "horizontalpodautoscalers")
        assert re.search(r"Max replicas: +5", kubectl("describe", "horizontalpodautoscaler", "shop"))


class TestNodes:
    def test_taints_come_and_go(self, root: Kubectl) -> None:
        assert root("taint", "node", "worker-2", "k=v:NoSchedule") == "node/worker-2 tainted"
        assert root("taint", "node", "worker-2", "k-") == "node/worker-2 untainted"

    def test_a_drained_node_is_left(self, root: Kubectl, kubectl: Kubectl) -> None:
        kubectl("create", "deployment", "shop", "--image=nginx", "--replicas=3")
        kubectl("rollout", "status", "deployment/shop", "--timeout=20s")
        selector = "--pod-selector=app=shop"
        assert "node/worker-1 drained" in root("drain", "worker-1", selector, "--timeout=20s")
        assert "SchedulingDisabled" in root("get", "node", "worker-1")
        nodes = kubectl("get", "pods", "-o", "jsonpath={..nodeName}").split()
        assert nodes
        assert "worker-1" not in nodes
        assert root("uncordon", "worker-1") == "node/worker-1 uncordoned"


class TestContainers:
    def test_logs_are_followed_to_the_end(self, kubectl: Kubectl) -> None:
        script = ("sh", "-c", "echo one; sleep 60; echo two")
        kubectl("run", "teller", "--image=busybox", "--restart=Never", "--", *script)
        kubectl("wait", "--for=condition=Ready", "pod/teller", "--timeout=20s")
        assert kubectl("logs", "-f", "teller") == "one\ntwo"
        assert kubectl("logs", "teller", "--tail=1") == "two"

    def test_commands_run_in_containers(self, web: Kubectl, pod: str) -> None:
        assert web("exec", pod, "--", "echo", "hello") == "hello"
        assert web("exec", "deployment/web", "--", "sh", "-c", "cd /home && pwd") == "/home"
        assert web("exec", "-i", pod, "--", "cat", stdin="through the pipe") == "through the pipe"
        assert web("exec", "-i", pod, "--", "sh", stdin="echo 1\nexit 4\n", code=4).startswith("1")

    def test_exit_codes_and_errors_come_back(self, web: Kubectl, pod: str) -> None:
        failed = web("exec", pod, "--", "sh", "-c", "echo oops >&2; exit 3", code=3)
        assert failed == "oops\ncommand terminated with exit code 3"
        missing = web("exec", pod, "--", "unicorn", code=1)
        assert 'exec: "unicorn": executable file not found in $PATH: unknown' in missing
        assert "container x is not valid for pod" in web("exec", pod, "-c", "x", "--", "ls", code=1)

    def test_an_old_kubectl_speaks_spdy(self, web: Kubectl, pod: str) -> None:
        environment = {"KUBECTL_REMOTE_COMMAND_WEBSOCKETS": "false", "HOME": str(web.home)}
        done = subprocess.run(
            web.argv("exec", "-i", pod, "--", "cat"),
            input=b"hello",
            capture_output=True,
            timeout=PATIENCE,
            check=True,
            env=environment,
        )
        assert done.stdout == b"hello"

    def test_files_are_copied_there_and_back(self, web: Kubectl, pod: str, tmp_path: Path) -> None:
        source, target = tmp_path / "source", tmp_path / "target"
        (source / "deep").mkdir(parents=True)
        (source / "a").write_bytes(bytes(range(256)) * 1000)
        (source / "deep" / "b").write_text("b")
        web("cp", str(source), f"{pod}:/home/copied")
        assert web("exec", pod, "--", "ls", "/home/copied/deep") == "b"
        web("cp", f"{pod}:/home/copied", str(target))
        assert (target / "a").read_bytes() == (source / "a").read_bytes()
        assert (target / "deep" / "b").read_text() == "b"

    def test_ports_are_forwarded(self, web: Kubectl) -> None:
        with web.running("port-forward", "service/web", ":80", "--address=127.0.0.1") as lines:
            port = re.search(r"127\.0\.0\.1:(\d+)", lines.readline())
            assert port is not None
            for _ in range(2):
                with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/", timeout=PATIENCE) as answer:
                    assert answer.read().decode().startswith("web-")

    def test_a_service_is_reached_through_the_api(self, web: Kubectl) -> None:
        path = f"/api/v1/namespaces/{web.namespace}/services/web:80/proxy/"
        assert web("get", "--raw", path).startswith("web-")

    def test_what_pods_and_nodes_use_is_shown(self, web: Kubectl) -> None:
        pods = web("top", "pods", "--no-headers").splitlines()
        assert {line.split()[0].startswith("web-") for line in pods} == {True}
        assert {tuple(line.split()[1:]) for line in pods} == {("1m", "16Mi")}
        heading, *nodes = web("top", "nodes").splitlines()
        assert heading.split() == ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"]
        assert len(nodes) == 3
        assert "usage" in web("explain", "nodemetrics")


class TestAccess:
    def test_it_knows_who_one_is_and_what_one_may(self, root: Kubectl) -> None:
        assert "kubernetes-admin" in root("auth", "whoami")
        assert root("auth", "can-i", "create", "pods") == "yes"
        assert "[*]" in root("auth", "can-i", "--list")

    def test_a_token_names_its_service_account(self, root: Kubectl) -> None:
        token = root("create", "token", "default")
        assert len(token.split(".")) == 3
