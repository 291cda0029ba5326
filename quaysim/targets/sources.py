"""Where a foreign cluster comes from: it is there and a kubeconfig leads to it, or it is started in containers.

What is started here may be used, whatever it is called. Operator 3.7.10 needs autoscaling/v2beta2, which ended
with Kubernetes 1.25: for the real operator the last images before that are taken.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from quaysim.targets.base import NoCluster
from quaysim.targets.connection import Options

CLUSTER = "quaysim"
KIND_BEFORE_1_25 = "kindest/node:v1.24.17"
K3S_BEFORE_1_25 = "rancher/k3s:v1.24.17-k3s1"
K3S_IMAGE = "rancher/k3s:v1.34.1-k3s1"
START_SECONDS = 300
ASK_SECONDS = 20
NODE_CONFIG = """\
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
- role: control-plane
  kubeadmConfigPatches:
  - |
    kind: InitConfiguration
    nodeRegistration:
      taints:
      - key: node-role.kubernetes.io/control-plane
        effect: NoSchedule
"""
"""For simulated nodes: kind's own node keeps to the cluster's own Pods, which tolerate this taint."""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


class Source(ABC):
    """A cluster to be."""

    @property
    @abstractmethod
    def where(self) -> str:
        """What it is, for the head of a run."""

    @abstractmethod
    def start(self) -> Options:
        """The way to the cluster, which is there now; raises NoCluster."""

    def stop(self) -> None:  # noqa: B027 - a cluster that was there before stays
        """Take away what `start` has started."""


class Given(Source):
    """A cluster that a kubeconfig leads to."""

    def __init__(self, options: Options) -> None:
        self.options = options

    @property
    def where(self) -> str:
        """What it is, for the head of a run."""
        return f"the cluster of context {self.options.context}"

    def start(self) -> Options:
        """The way to the cluster."""
        return self.options


@cache
def engine_trouble() -> str:
    """Why there are no containers, in one line; empty if there are. Asked once."""
    if shutil.which("docker") is None:
        return "docker is not installed"
    try:
        done = subprocess.run(
            ["docker", "info"],  # noqa: S607 - the one on the path is meant
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"docker does not answer: {error}"
    if done.returncode == 0:
        return ""
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["docker info has failed"]
    return lines[-1].strip()


class Kind(Source):
    """A cluster of the `kind` binary, called quaysim: used if it is there, else created, and then deleted."""

    def __init__(
        self, image: str = "", *, tainted: bool = False, keep: bool = False, run: Run = subprocess.run
    ) -> None:
        self._image = image
        self._tainted = tainted
        self._keep = keep
        self._run = run
        self._created = False
        self._kubeconfig = Path(tempfile.gettempdir()) / f"{CLUSTER}-kind.kubeconfig"

    @property
    def where(self) -> str:
        """What it is, for the head of a run."""
        return f"the kind cluster {CLUSTER}"

    def start(self) -> Options:
        """Create the cluster, unless it is there; raises NoCluster."""
        if shutil.which("kind") is None:
            raise NoCluster("kind is not installed")
        if trouble := engine_trouble():
            raise NoCluster(f"kind has no container engine: {trouble}")
        if CLUSTER in self._kind("get", "clusters").split():
            self._kind("export", "kubeconfig", "--name", CLUSTER, "--kubeconfig", str(self._kubeconfig))
        else:
            self._created = True
            self._kind(*self.create_command(), stdin=NODE_CONFIG if self._tainted else "")
        return Options(str(self._kubeconfig), f"kind-{CLUSTER}", not_a_test_cluster=True)

    def create_command(self) -> list[str]:
        """The words after `kind`."""
        command = [
            "create",
            "cluster",
            "--name",
            CLUSTER,
            "--kubeconfig",
            str(self._kubeconfig),
            "--wait",
            "120s",
        ]
        command += ["--image", self._image] if self._image else []
        return command + (["--config", "-"] if self._tainted else [])

    def stop(self) -> None:
        """Delete the cluster, if it was created here and is not to be kept."""
        if self._created and not self._keep:
            self._kind("delete", "cluster", "--name", CLUSTER)
            self._kubeconfig.unlink(missing_ok=True)

    def _kind(self, *words: str, stdin: str = "") -> str:
        command: Sequence[str] = ["kind", *words]
        try:
            done = self._run(
                command, input=stdin, capture_output=True, text=True, timeout=START_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoCluster(f"`kind {words[0]}` has failed: {error}") from error
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise NoCluster(f"`kind {' '.join(words[:2])}` has failed: {last}")
        return done.stdout


class K3s(Source):
    """A k3s server in a container of testcontainers, which goes with the run."""

    def __init__(self, image: str = K3S_IMAGE) -> None:
        self._image = image
        self._container: Any = None
        self._kubeconfig = Path(tempfile.gettempdir()) / f"{CLUSTER}-k3s.kubeconfig"

    @property
    def where(self) -> str:
        """What it is, for the head of a run."""
        return f"a k3s cluster of {self._image}"

    def start(self) -> Options:
        """Start the container; raises NoCluster."""
        if trouble := engine_trouble():
            raise NoCluster(f"k3s has no container engine: {trouble}")
        try:
            from testcontainers.community.k3s import K3SContainer  # noqa: PLC0415 - an extra, and slow
        except ImportError as error:
            raise NoCluster("k3s needs the extra `containers`: pip install 'quaysim[containers]'") from error
        try:
            self._container = K3SContainer(self._image)
            self._container.start()
            self._write(self._container.config_yaml())
        except Exception as error:
            raise NoCluster(f"k3s has not started: {error}") from error
        return Options(str(self._kubeconfig), "default", not_a_test_cluster=True)

    def _write(self, config: str) -> None:
        """The file holds credentials: nobody else may read it."""
        self._kubeconfig.touch(mode=0o600)
        self._kubeconfig.write_text(config, encoding="utf-8")

    def stop(self) -> None:
        """Stop the container."""
        if self._container is not None:
            self._container.stop()
            self._kubeconfig.unlink(missing_ok=True)
