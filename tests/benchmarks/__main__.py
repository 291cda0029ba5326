"""`python -m tests.benchmarks`: figures, and their ratios to what is to be reached.

python -m tests.benchmarks                           everything, against a server of its own
python -m tests.benchmarks --only http               cluster, http, watch or features
python -m tests.benchmarks --kubeconfig FILE         the HTTP figures of any other API server
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from tests.benchmarks import cluster, http

# Requests per second of a kube-apiserver 1.36 with etcd that shared two cores with its client: 1 and 8 connections.
REAL_RATES = {
    "get": (1340, 3350),
    "list of 100": (580, 1055),
    "merge patch": (655, 1185),
    "apply": (575, 1180),
    "create": (705, 1510),
    "delete": (600, 1460),
}
GOALS = {
    "start": 0.020,
    "to available": 0.050,
    "features": 5.0,
    "one watcher": 0.001,
    "100 watchers": 0.010,
}

console = Console(highlight=False)


def main() -> None:
    """Print the figures that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--only", choices=_PARTS, action="append", help="leave out the others")
    parser.add_argument(
        "--server",
        "--kubeconfig",
        type=Path,
        dest="kubeconfig",
        metavar="KUBECONFIG",
        help="an API server that runs already, by its kubeconfig",
    )
    parser.add_argument("--count", type=int, default=2000, help="requests a figure")
    options = parser.parse_args()
    default = ("http", "watch") if options.kubeconfig else tuple(_PARTS)
    for name in options.only or default:
        _PARTS[name](options)


def _in_process(options: argparse.Namespace) -> None:
    del options
    _against_goal("start of a cluster", cluster.median(cluster.start, 15), GOALS["start"])
    _against_goal(
        "default registry to Available", cluster.median(cluster.to_available, 9), GOALS["to available"]
    )


def _http(options: argparse.Namespace) -> None:
    with _server(options) as server:
        for figure in http.run(http.Rates(server, options.count).measure()):
            real = REAL_RATES[figure.name][figure.connections > 1]
            ratio = f"{figure.value / real:5.2f} x a real one ({real:,}/s)"
            name = f"{figure.name}, {figure.connections} connection{'s' * (figure.connections > 1)}"
            console.print(f"{name:<34}{figure.value:>9,.0f} /s   {ratio}")


def _watch(options: argparse.Namespace) -> None:
    with _server(options) as server:
        for watchers, name in ((1, "one watcher"), (100, "100 watchers")):
            seconds = http.run(http.watch_latency(server, watchers, 100))
            _against_goal(f"write to event, {name}", seconds, GOALS[name])


def _features(options: argparse.Namespace) -> None:
    del options
    begin = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "features/", "-n", "2", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    _against_goal("features, two workers", time.perf_counter() - begin, GOALS["features"])
    console.print(f"{'':<34}{done.stdout.strip().splitlines()[-1]}")


_PARTS = {"cluster": _in_process, "http": _http, "watch": _watch, "features": _features}


def _against_goal(name: str, seconds: float, goal: float) -> None:
    console.print(
        f"{name:<34}{seconds * 1e3:>9,.1f} ms   {seconds / goal:5.2f} x the goal ({goal * 1e3:,.0f} ms)"
    )


@contextmanager
def _server(options: argparse.Namespace) -> Iterator[http.Server]:
    """The server of a kubeconfig, or one of our own without operator and nodes."""
    if options.kubeconfig:
        yield http.Server.of(options.kubeconfig)
        return
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "kubeconfig"
        command = [sys.executable, "-m", "quaysim", "serve", "--kubeconfig-out", str(path)]
        command += ["--operator", "none", "--node", "none", "--platform", "kubernetes"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
            try:
                assert served.stdout is not None
                served.stdout.readline()
                yield http.Server.of(path)
            finally:
                served.terminate()


if __name__ == "__main__":
    main()
