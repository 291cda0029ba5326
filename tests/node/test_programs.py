"""Programs in containers: which runs where, its log, and commands run in it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fake_cluster.errors import ApiError
from fake_cluster.machinery.clock import EPOCH
from fake_cluster.node.logs import rendered
from fake_cluster.node.program import Context, ExecResult, LogLine, Program
from fake_cluster.node.programs import Match, Programs, crashes, service
from tests.node.conftest import Lab, container, pod

LINES = [LogLine(EPOCH + second, f"line {second}") for second in range(4)]


class Shell(Program):
    """Echoes what it is told."""

    def start(self, context: Context) -> None:
        context.log("hello\nworld")

    def exec(self, argv: Sequence[str], stdin: bytes = b"") -> ExecResult:
        return ExecResult(0, " ".join(argv).encode() + stdin)


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        (Match(), True),
        (Match(image="example.com/*"), True),
        (Match(image="other.example.com/*"), False),
        (Match(pod="p-?", container="c"), True),
        (Match(container="d"), False),
        (Match(labels={"app": "web"}), True),
        (Match(labels={"app": "web", "tier": "front"}), False),
        (Match(namespace="default"), True),
        (Match(namespace="kube-*"), False),
    ],
)
def test_a_match_fits_if_all_of_it_does(match: Match, fits: bool) -> None:  # noqa: FBT001 - a table's column
    assert match.fits(pod("p-1", labels={"app": "web"}), container()) is fits


def test_the_latest_entry_counts_until_it_is_removed() -> None:
    programs = Programs()
    programs.add("*", service(ready_after=1))
    programs.add("example.com/*", Shell)
    assert isinstance(programs.program(pod(), container(), init=False), Shell)
    programs.remove("example.com/*")
    assert not isinstance(programs.program(pod(), container(), init=False), Shell)


def test_a_command_runs_in_the_container(lab: Lab) -> None:
    lab.cluster.programs.add("*", Shell)
    lab.create()
    lab.until_ready()
    answer = lab.cluster.node_agent.exec(lab.pod(), "c", ["echo", "hello"], b"!")
    assert (answer.code, answer.stdout) == (0, b"echo hello!")


def test_an_unknown_command_is_not_found(lab: Lab) -> None:
    lab.create()
    lab.until_ready()
    with pytest.raises(ApiError, match='exec: "psql": executable file not found in \\$PATH: unknown'):
        lab.cluster.node_agent.exec(lab.pod(), "c", ["psql"])


def test_no_command_runs_in_a_container_that_does_not_run(lab: Lab) -> None:
    lab.create()
    lab.cluster.settle()
    with pytest.raises(ApiError, match="container not found"):
        lab.cluster.node_agent.exec(lab.pod(), "c", ["true"])


def test_the_log_of_the_previous_start_can_be_read(lab: Lab) -> None:
    class Counting(Program):
        starts = 0

        def start(self, context: Context) -> None:
            Counting.starts += 1
            context.log(f"start {Counting.starts}")
            context.after(1, lambda: context.exit(1))

    lab.cluster.programs.add("*", Counting)
    lab.create()
    lab.cluster.run_until(lambda: lab.status()["restartCount"] == 1 and "running" in lab.state())
    logs = lab.cluster.node_agent.logs
    assert logs(lab.pod(), "c", {}) == "start 2\n"
    assert logs(lab.pod(), "c", {"previous": "true"}) == "start 1\n"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"tailLines": "1"}, "line 3\n"),
        ({"tailLines": "0"}, ""),
        ({"sinceSeconds": "2"}, "line 2\nline 3\n"),
        ({"sinceTime": "2026-01-01T00:00:03Z"}, "line 3\n"),
        ({"limitBytes": "9"}, "line 0\nli"),
        ({"tailLines": "1", "timestamps": "true"}, "2026-01-01T00:00:03.000000Z line 3\n"),
    ],
)
def test_a_log_is_cut_as_asked_for(query: dict[str, str], text: str) -> None:
    assert rendered(LINES, query, EPOCH + 4) == text


def test_programs_that_crash_say_why(lab: Lab) -> None:
    lab.cluster.programs.add(Match(pod="p"), crashes(code=9, message="out of luck"))
    lab.create(restartPolicy="Never")
    lab.create("q", restartPolicy="Never")
    lab.cluster.run_until(lambda: lab.phase() == "Failed" and lab.phase("q") == "Succeeded")
    assert lab.state()["terminated"]["message"] == "out of luck"
