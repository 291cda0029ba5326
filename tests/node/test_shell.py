"""What commands find in a container: a small shell, a file system, and the mounted volumes."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CONFIG_MAPS
from fake_cluster.machinery.clock import VirtualClock
from fake_cluster.node.command import Command, Interactive, started
from fake_cluster.node.program import Context, ExecResult, Program, Surroundings
from fake_cluster.node.shell import Shell, reads_stdin
from tests.node.conftest import Lab, container, pod


class Room(Surroundings):
    """A container with one mounted file and one variable."""

    def read(self, path: str) -> bytes:
        if path == "/config/colour":
            return b"blue\n"
        raise FileNotFoundError(path)

    def files(self) -> Sequence[str]:
        return ["/config/colour"]

    def environment(self) -> dict[str, str]:
        return {"NAME": "a b"}


@pytest.fixture
def shell() -> Shell:
    return Shell(Context(pod("web"), container(), VirtualClock(), Room()))


@pytest.mark.parametrize(
    ("script", "out", "code"),
    [
        ("echo a   b", "a b\n", 0),
        ("echo \"$NAME\" ${NAME}s '$NAME'", "a b a bs $NAME\n", 0),
        ("X=1; export Y=2; echo $X$Y", "12\n", 0),
        ("true && echo yes || echo no", "yes\n", 0),
        ("false && echo yes || echo no", "no\n", 0),
        ("false; echo $?", "1\n", 0),
        ("echo hidden > /dev/null; echo shown", "shown\n", 0),
        ("cd /home && echo 1 > f && echo 2 >> f; cat f; ls", "1\n2\nf\n", 0),
        ("printf 'a\\nb\\nc\\n' | tail -n 2 | head -1", "b\n", 0),
        ("cat /config/colour; ls /config; test -f /config/colour && echo there", "blue\ncolour\nthere\n", 0),
        ("cat < /config/colour | wc -l", "1\n", 0),
        ("grep -q red /config/colour", "", 1),
        ("mkdir -p /home/a/b; touch /home/a/b/c; rm -r /home/a; ls /home", "", 0),
        ("[ a = a ] && [ ! -d /nowhere ] && echo right", "right\n", 0),
        ("cat /nothing 2>/dev/null; exit 7; echo never", "", 7),
        ("sh -c 'echo inner; exit 2'; echo $?", "inner\n2\n", 0),
        ("echo gone >&2", "", 0),
        ("ls /nothing 2>&1", "ls: /nothing: No such file or directory\n", 1),
        ("hostname; whoami; pwd", "web\nroot\n/\n", 0),
        ("unicorn 2>&1", "sh: unicorn: not found\n", 127),
    ],
)
def test_lines_of_shell_are_understood(shell: Shell, script: str, out: str, code: int) -> None:
    result = shell.run(["sh", "-c", script])
    assert (result.stdout.decode(), result.code) == (out, code)


def test_what_one_command_writes_the_next_one_reads(shell: Shell) -> None:
    shell.run(["sh", "-c", "echo kept > /home/file"])
    assert shell.run(["cat", "/home/file"]).stdout == b"kept\n"


def test_an_unknown_program_is_refused_in_the_words_of_the_runtime(shell: Shell) -> None:
    with pytest.raises(ApiError, match='exec: "/bin/unicorn": stat /bin/unicorn: no such file or directory'):
        shell.run(["/bin/unicorn"])


def test_a_broken_line_is_a_syntax_error(shell: Shell) -> None:
    for script in ("echo 'open", "echo >", "echo > > f"):
        result = shell.run(["sh", "-c", script])
        assert (result.code, result.stderr.startswith(b"sh: syntax error")) == (2, True)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab '\"$\\|&;<>2{}\n#=?é", max_size=30))
def test_no_line_breaks_the_shell(script: str) -> None:
    shell = Shell(Context(pod("web"), container(), VirtualClock(), Room()))
    assert isinstance(shell.run(["sh", "-c", script]), ExecResult)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.binary(max_size=2000), max_size=5))
def test_tar_packs_what_it_has_unpacked(files: dict[str, bytes]) -> None:
    shell = Shell(Context(pod("web"), container(), VirtualClock(), Room()))
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as packed:
        for name, content in files.items():
            member = tarfile.TarInfo(f"deep/{name}")
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    assert shell.run(["tar", "-xmf", "-", "-C", "/home"], archive.getvalue()).code == 0
    out = shell.run(["tar", "cf", "-", "/home"]).stdout
    with tarfile.open(fileobj=io.BytesIO(out)) as unpacked:
        found = {m.name: unpacked.extractfile(m) for m in unpacked.getmembers() if m.isfile()}
        assert {name: file.read() for name, file in found.items() if file} == {
            f"home/deep/{name}": content for name, content in files.items()
        }


@pytest.mark.parametrize(
    ("argv", "reads"),
    [
        (["cat"], True),
        (["cat", "/file"], False),
        (["sh"], True),
        (["sh", "-c", "echo"], False),
        (["sh", "-c", "cat > /file"], True),
        (["tar", "xf", "-"], True),
        (["tar", "cf", "-", "/"], False),
        (["grep", "word"], True),
        (["ls"], False),
    ],
)
def test_some_commands_wait_for_their_input(argv: list[str], reads: bool) -> None:  # noqa: FBT001 - a table's column
    assert reads_stdin(argv) is reads


def said(command: Command) -> bytes:
    return b"".join(data for _, data in command.take())


def test_a_shell_runs_line_after_line(shell: Shell) -> None:
    command = started(Program(), shell, ["sh"], stdin=True, tty=False)
    command.feed(b"cd /home\npw")
    assert said(command) == b""
    command.feed(b"d\n")
    assert said(command) == b"/home\n"
    command.feed(b"exit 3\n")
    assert command.code == 3


def test_on_a_terminal_a_shell_prompts_and_echoes(shell: Shell) -> None:
    command = Interactive(shell.session(), tty=True)
    assert said(command) == b"/ # "
    command.feed(b"echo hi\r")
    assert said(command) == b"echo hi\r\nhi\r\n/ # "
    command.feed(b"\x04")
    assert command.code == 0


def test_a_program_of_ones_own_comes_before_the_shell(shell: Shell) -> None:
    class Database(Program):
        def exec(self, argv: Sequence[str], stdin: bytes = b"") -> ExecResult | None:
            return ExecResult(0, stdin.upper()) if argv[0] == "psql" else None

    command = started(Database(), shell, ["psql"], stdin=True, tty=False)
    command.feed(b"sel")
    command.feed(b"ect")
    assert said(command) == b""
    command.end_of_input()
    assert (said(command), command.code) == (b"SELECT", 0)
    assert said(started(Database(), shell, ["echo", "1"], stdin=False, tty=False)) == b"1\n"


def test_volumes_are_files(lab: Lab) -> None:
    lab.client.create(
        CONFIG_MAPS, {"metadata": {"name": "c", "namespace": "default"}, "data": {"a": "1", "b": "2"}}
    )
    items = [{"key": "b", "path": "only"}]
    volumes = [
        {"name": "all", "configMap": {"name": "c"}},
        {"name": "some", "configMap": {"name": "c", "items": items}},
    ]
    mounts = [{"name": "all", "mountPath": "/all"}, {"name": "some", "mountPath": "/some"}]
    lab.create(volumes=volumes, containers=[container(volumeMounts=mounts)])
    lab.until_ready()
    listed = lab.cluster.node_agent.exec(lab.pod(), "c", ["sh", "-c", "ls /all /some; cat /some/only"])
    assert listed.stdout == b"a\nb\nonly\n2"


def test_a_task_does_what_its_command_says(lab: Lab) -> None:
    script = ["sh", "-c", "echo working; sleep 60; exit 4"]
    lab.create(restartPolicy="Never", containers=[container(command=script)])
    lab.cluster.run_until(lambda: lab.phase() == "Failed")
    state = lab.pod()["status"]["containerStatuses"][0]["state"]["terminated"]
    assert state["exitCode"] == 4
    assert lab.cluster.node_agent.logs(lab.pod(), "c", {}) == "working\n"


def test_a_log_is_followed_to_the_end_of_its_container(lab: Lab) -> None:
    script = ["sh", "-c", "echo one; echo two"]
    lab.create(restartPolicy="Never", containers=[container(command=script)])
    lab.cluster.run_until(lambda: lab.phase() == "Running")
    follower = lab.cluster.node_agent.follow(lab.pod(), "c", {})
    assert follower is not None
    assert follower.poll(0.0) == []
    calls: list[bool] = []
    follower.on_ready = lambda: calls.append(True)
    lab.cluster.run_until(lambda: lab.phase() == "Succeeded")
    assert calls
    assert follower.poll(0.0) == [b"one\ntwo\n"]
    assert follower.closed
