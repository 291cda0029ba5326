"""The commands that a simulated container has: each takes its arguments and stdin, and ends.

Their texts and exit codes are those of the small tools in common images (BusyBox, coreutils).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from fake_cluster.machinery.clock import timestamp
from fake_cluster.node.program import Context, ExecResult
from fake_cluster.node.shell.archive import tar
from fake_cluster.node.shell.files import Files, absolute


@dataclass
class Machine:
    """What commands work on. `directory` and `variables` are those of one shell.

    `naps` are the seconds that commands would have slept: none of them takes any time.
    """

    context: Context
    files: Files
    directory: str = "/"
    variables: dict[str, str] = field(default_factory=dict)
    naps: list[float] = field(default_factory=list)

    def path(self, name: str) -> str:
        """An absolute path."""
        return absolute(self.directory, name)


Command = Callable[[Machine, list[str], bytes], ExecResult]


def said(text: str) -> ExecResult:
    """A success that writes a line."""
    return ExecResult(0, f"{text}\n".encode())


def failed(text: str, code: int = 1) -> ExecResult:
    """A failure that writes a line."""
    return ExecResult(code, stderr=f"{text}\n".encode())


def _echo(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    del machine, stdin
    bare = arguments[:1] in (["-n"], ["-e"], ["-ne"], ["-en"])
    text = " ".join(arguments[1:] if bare else arguments)
    if bare and "e" in arguments[0]:
        text = text.replace("\\n", "\n").replace("\\t", "\t")
    return ExecResult(0, (text if bare and "n" in arguments[0] else f"{text}\n").encode())


def _printf(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    del machine, stdin
    text = arguments[0] if arguments else ""
    values = iter(arguments[1:])
    text = re.sub(r"%[sd]", lambda _: next(values, ""), text)
    return ExecResult(0, text.replace("\\n", "\n").replace("\\t", "\t").encode())


def _cat(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    return _of_files(machine, "cat", [name for name in arguments if name != "-"], stdin, lambda data: data)


def _of_files(
    machine: Machine, tool: str, names: list[str], stdin: bytes, change: Callable[[bytes], bytes]
) -> ExecResult:
    """Something made of each file, or of stdin where none is named."""
    if not names:
        return ExecResult(0, change(stdin))
    out, problems = b"", []
    for name in names:
        try:
            out += change(machine.files.read(machine.path(name)))
        except FileNotFoundError:
            problems.append(f"{tool}: {name}: No such file or directory\n")
        except IsADirectoryError:
            problems.append(f"{tool}: {name}: Is a directory\n")
    return ExecResult(1 if problems else 0, out, "".join(problems).encode())


def _lines(tool: str, choose: Callable[[list[bytes], int], list[bytes]]) -> Command:
    """`head` or `tail`: -n N, -N, and -c +N of the latter."""

    def command(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
        count, rest = 10, list(arguments)
        if rest[:1] == ["-n"]:
            count, rest = int(rest[1].lstrip("+-")), rest[2:]
        elif rest and re.fullmatch(r"-n?\d+", rest[0]):
            count, rest = int(rest[0].lstrip("-n")), rest[1:]
        elif rest and re.fullmatch(r"-c\+\d+", rest[0]):
            start = int(rest[0][3:]) - 1
            return _of_files(machine, tool, rest[1:], stdin, lambda data: data[max(start, 0) :])
        return _of_files(
            machine, tool, rest, stdin, lambda data: b"".join(choose(data.splitlines(keepends=True), count))
        )

    return command


_MEASURES: Final[dict[str, Callable[[bytes], int]]] = {
    "-l": lambda data: data.count(b"\n"),
    "-w": lambda data: len(data.split()),
    "-c": len,
}


def _wc(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    chosen = [_MEASURES[flag] for flag in arguments if flag in _MEASURES] or list(_MEASURES.values())
    names = [name for name in arguments if name not in _MEASURES]

    def count(data: bytes) -> bytes:
        return " ".join(str(measure(data)) for measure in chosen).encode() + b"\n"

    return _of_files(machine, "wc", names, stdin, count)


def _grep(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    flags, rest = _split(arguments)
    pattern = re.compile(rest[0].encode(), re.IGNORECASE if "i" in flags else 0)

    def matching(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        return b"".join(line for line in lines if bool(pattern.search(line)) != ("v" in flags))

    found = _of_files(machine, "grep", rest[1:], stdin, matching)
    shown = b"" if "q" in flags else found.stdout
    return ExecResult(found.code or (0 if found.stdout else 1), shown, found.stderr)


def _ls(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    del stdin
    flags, names = _split(arguments)
    out, problems = [], []
    for name in names or [machine.directory]:
        path = machine.path(name)
        if machine.files.is_directory(path):
            hidden = "a" in flags or "A" in flags
            out += [entry for entry in machine.files.names(path) if hidden or entry[0] != "."]
        elif machine.files.is_file(path):
            out.append(name)
        else:
            problems.append(f"ls: {name}: No such file or directory\n")
    return ExecResult(
        1 if problems else 0, "".join(f"{line}\n" for line in out).encode(), "".join(problems).encode()
    )


def _env(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    del stdin
    if arguments:
        found = [machine.variables[name] for name in arguments if name in machine.variables]
        return ExecResult(0 if len(found) == len(arguments) else 1, "".join(f"{v}\n" for v in found).encode())
    return ExecResult(0, "".join(f"{key}={value}\n" for key, value in machine.variables.items()).encode())


def _test(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    del stdin
    if arguments[:1] == ["!"]:
        return ExecResult(1 - _test(machine, arguments[1:], b"").code)
    match arguments:
        case [flag, operand] if flag in _TESTS:
            holds = _TESTS[flag](machine, operand)
        case [left, "=" | "==", right]:
            holds = left == right
        case [left, "!=", right]:
            holds = left != right
        case _:
            holds = len(arguments) == 1 and bool(arguments[0])
    return ExecResult(0 if holds else 1)


_TESTS: Final[dict[str, Callable[[Machine, str], bool]]] = {
    "-d": lambda machine, name: machine.files.is_directory(machine.path(name)),
    "-e": lambda machine, name: machine.files.exists(machine.path(name)),
    "-f": lambda machine, name: machine.files.is_file(machine.path(name)),
    "-s": lambda machine, name: machine.files.is_file(machine.path(name)),
    "-n": lambda _, text: bool(text),
    "-z": lambda _, text: not text,
}


def _bracket(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    if arguments[-1:] != ["]"]:
        return failed("sh: missing ]", 2)
    return _test(machine, arguments[:-1], stdin)


def _mkdir(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    del stdin
    flags, names = _split(arguments)
    for name in names:
        if machine.files.exists(machine.path(name)) and "p" not in flags:
            return failed(f"mkdir: can't create directory '{name}': File exists")
        machine.files.make_directory(machine.path(name))
    return ExecResult(0)


def _rm(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    del stdin
    flags, names = _split(arguments)
    for name in names:
        path = machine.path(name)
        if machine.files.is_directory(path) and not {"r", "R"} & flags:
            return failed(f"rm: '{name}' is a directory")
        if machine.files.exists(path):
            machine.files.remove(path)
        elif "f" not in flags:
            return failed(f"rm: can't remove '{name}': No such file or directory")
    return ExecResult(0)


def _touch(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    del stdin
    for name in arguments:
        path = machine.path(name)
        if not machine.files.exists(path):
            try:
                machine.files.write(path, b"")
            except FileNotFoundError:
                return failed(f"touch: {name}: No such file or directory")
    return ExecResult(0)


def _tee(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    for name in _split(arguments)[1]:
        machine.files.write(machine.path(name), stdin)
    return ExecResult(0, stdin)


def _split(arguments: list[str]) -> tuple[set[str], list[str]]:
    """Single-letter flags, and the rest."""
    flags = {letter for word in arguments if word[:1] == "-" for letter in word[1:]}
    return flags, [word for word in arguments if word[:1] != "-" or word == "-"]


def _sleep(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    del stdin
    machine.naps += [float(word.rstrip("s")) for word in arguments]
    return ExecResult(0)


def _nothing(code: int) -> Command:
    return lambda *_: ExecResult(code)


def _pod_name(machine: Machine, *_: object) -> ExecResult:
    return said(machine.context.pod["spec"].get("hostname") or machine.context.pod["metadata"]["name"])


def _tar(machine: Machine, arguments: list[str], stdin: bytes) -> ExecResult:
    return tar(machine.files, machine.directory, arguments, stdin)


COMMANDS: Final[dict[str, Command]] = {
    "[": _bracket,
    "cat": _cat,
    "date": lambda machine, *_: said(timestamp(machine.context.now())),
    "echo": _echo,
    "env": _env,
    "false": _nothing(1),
    "grep": _grep,
    "head": _lines("head", lambda lines, count: lines[:count]),
    "hostname": _pod_name,
    "id": lambda *_: said("uid=0(root) gid=0(root) groups=0(root)"),
    "ls": _ls,
    "mkdir": _mkdir,
    "printenv": _env,
    "printf": _printf,
    "pwd": lambda machine, *_: said(machine.directory),
    "rm": _rm,
    "sleep": _sleep,
    "sync": _nothing(0),
    "tail": _lines("tail", lambda lines, count: lines[-count:] if count else []),
    "tar": _tar,
    "tee": _tee,
    "test": _test,
    "touch": _touch,
    "true": _nothing(0),
    "wc": _wc,
    "whoami": lambda *_: said("root"),
}
"""What can be run, by name."""
