"""One shell process in a container: it runs lines of commands, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from fake_cluster.node.program import ExecResult
from fake_cluster.node.shell.commands import COMMANDS, Machine, failed
from fake_cluster.node.shell.words import Step, SyntaxFault, expanded, steps

SHELLS = frozenset({"sh", "bash", "ash", "dash"})


class Session:
    """One shell process: its directory, its variables, and the status of its last command."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.naps = machine.naps
        self.status = 0
        self.over = False
        self.understands = True

    def run(self, argv: list[str], stdin: bytes) -> ExecResult:
        """Run one command, with its words as they are."""
        name, *arguments = argv
        if name in SHELLS:
            script = arguments[arguments.index("-c") + 1] if "-c" in arguments[:-1] else stdin.decode()
            inner = Session(replace(self._machine, variables=dict(self._machine.variables)))
            result = inner.script(script, stdin if "-c" in arguments else b"")
            self.understands &= inner.understands
            return result
        builtin = self._BUILTINS.get(name)
        if builtin is not None:
            return builtin(self, arguments)
        command = COMMANDS.get(name.rpartition("/")[2])
        if command is None:
            self.understands = False
            return failed(f"sh: {name}: not found", 127)
        try:
            return command(self._machine, arguments, stdin)
        except (IndexError, ValueError):
            return failed(f"{name}: invalid arguments", 2)
        except OSError as error:
            return failed(f"{name}: {error}: No such file or directory")

    def script(self, text: str, stdin: bytes = b"") -> ExecResult:
        """Run lines of shell, one command after the other."""
        out, problems, joint, piped = b"", b"", ";", stdin
        try:
            for step in steps(text):
                if self.over or (joint == "&&" and self.status) or (joint == "||" and not self.status):
                    joint = step.joint if joint in ("&&", "||") and step.joint != "|" else joint
                    continue
                result = self._step(step, piped)
                self.status, joint = result.code, step.joint
                self._machine.variables["?"] = str(result.code)
                problems += result.stderr
                piped = result.stdout if joint == "|" else stdin
                out += b"" if joint == "|" else result.stdout
        except SyntaxFault as error:
            self.understands = False
            return ExecResult(2, out, problems + f"sh: {error}\n".encode())
        return ExecResult(self.status, out, problems)

    def _step(self, step: Step, stdin: bytes) -> ExecResult:
        machine = self._machine
        if step.source:
            try:
                stdin = machine.files.read(machine.path(expanded(step.source, machine.variables)))
            except OSError as error:
                return failed(f"sh: can't open {error}: no such file")
        result = self._command(step, stdin)
        if step.merges:
            result = ExecResult(result.code, result.stdout + result.stderr)
        if step.complains:
            result = ExecResult(result.code, stderr=result.stderr + result.stdout)
        if step.discards:
            result = ExecResult(result.code, result.stdout)
        return self._redirected(step, result) if step.target else result

    def _command(self, step: Step, stdin: bytes) -> ExecResult:
        """Assignments before the command, then the command."""
        variables, tokens = self._machine.variables, list(step.words)
        while tokens and _is_assignment(tokens[0]):
            name, _, value = tokens.pop(0).partition("=")
            variables[name] = expanded(value, variables)
        words = [expanded(token, variables) for token in tokens]
        words = [word for word, token in zip(words, tokens, strict=True) if word or token[0] in "'\""]
        return self.run(words, stdin) if words else ExecResult(0)

    def _redirected(self, step: Step, result: ExecResult) -> ExecResult:
        machine = self._machine
        path = machine.path(expanded(step.target, machine.variables))
        if path == "/dev/null":
            return ExecResult(result.code, stderr=result.stderr)
        before = machine.files.read(path) if step.appends and machine.files.is_file(path) else b""
        try:
            machine.files.write(path, before + result.stdout)
        except OSError as error:
            why = "Is a directory" if isinstance(error, IsADirectoryError) else "nonexistent directory"
            return failed(f"sh: can't create {path}: {why}")
        return ExecResult(result.code, stderr=result.stderr)

    # --- what only the shell itself can do --------------------------------------------------------

    def _exit(self, arguments: list[str]) -> ExecResult:
        self.over = True
        return ExecResult(int(arguments[0]) if arguments else self.status)

    def _cd(self, arguments: list[str]) -> ExecResult:
        name = arguments[0] if arguments else self._machine.variables.get("HOME", "/")
        path = self._machine.path(name)
        if not self._machine.files.is_directory(path):
            return failed(f"sh: cd: can't cd to {name}: No such file or directory", 2)
        self._machine.directory = path
        return ExecResult(0)

    def _export(self, arguments: list[str]) -> ExecResult:
        for word in arguments:
            name, sign, value = word.partition("=")
            if sign:
                self._machine.variables[name] = value
        return ExecResult(0)

    def _exec(self, arguments: list[str]) -> ExecResult:
        self.over = True
        return self.run(arguments, b"")

    def _nothing(self, arguments: list[str]) -> ExecResult:
        del arguments
        return ExecResult(0)

    _BUILTINS: ClassVar[dict[str, Callable[[Session, list[str]], ExecResult]]] = {
        ":": _nothing,
        "cd": _cd,
        "exec": _exec,
        "exit": _exit,
        "export": _export,
        "set": _nothing,
    }


def _is_assignment(token: str) -> bool:
    name, sign, _ = token.partition("=")
    return bool(sign) and name.isidentifier()
