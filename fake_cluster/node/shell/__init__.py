"""A shell for containers: what `kubectl exec` and `kubectl cp` find in every simulated container.

No image is run, so there are no programs but these: a few commands, and `sh` to put them together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from fake_cluster.errors import ApiError, internal
from fake_cluster.node.program import Context, ExecResult
from fake_cluster.node.shell.commands import COMMANDS, Machine
from fake_cluster.node.shell.files import Files
from fake_cluster.node.shell.session import SHELLS, Session
from fake_cluster.objects import Object

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NOT_FOUND = (
    "error executing command in container: failed to exec in container: failed to start exec {id}: OCI runtime "
    "exec failed: exec failed: unable to start container process: exec: {name}: {why}: unknown"
)
"""The words of containerd and runc, which the kubelet passes on."""
_READERS = frozenset({"cat", "tee", "wc", "grep", "head", "tail"})


class Shell:
    """Runs commands in one container, from its start to its end."""

    def __init__(self, context: Context) -> None:
        mounts = [mount["mountPath"].rstrip("/") for mount in context.container.get("volumeMounts") or ()]
        self._context = context
        self._files = Files(context.files, context.read, [path for path in mounts if path])

    def session(self) -> Session:
        """A new shell process, with the container's environment."""
        name = self._context.pod["metadata"]["name"]
        variables = {"PATH": _PATH, "HOSTNAME": name, "HOME": "/root", **self._context.env}
        directory = self._context.container.get("workingDir", "/")
        return Session(Machine(self._context, self._files, directory, variables))

    def run(self, argv: Sequence[str], stdin: bytes = b"") -> ExecResult:
        """Run a command; raises the ApiError of a kubelet where there is no such program."""
        name = argv[0].rpartition("/")[2] if argv else ""
        if name not in COMMANDS and name not in SHELLS:
            raise _not_found(argv[0] if argv else "")
        return self.session().run([name, *argv[1:]], stdin)

    def attempt(self, argv: Sequence[str]) -> tuple[ExecResult, float] | None:
        """Run a command if all of it is understood, and say for how many seconds it would have slept."""
        name = argv[0].rpartition("/")[2] if argv else ""
        if name not in COMMANDS and (name not in SHELLS or "-c" not in argv):
            return None
        session = self.session()
        result = session.run([name, *argv[1:]], b"")
        return (result, sum(session.naps)) if session.understands else None


def argv_of(container: Object) -> list[str]:
    """The command of a container: its own, or its arguments if the image has no entry point."""
    return [*(container.get("command") or ()), *(container.get("args") or ())]


def reads_stdin(argv: Sequence[str]) -> bool:
    """Whether a command waits for its stdin."""
    name = argv[0].rpartition("/")[2] if argv else ""
    if name == "tar":
        return any("x" in word or "t" in word for word in argv[1:2])
    if name in SHELLS:
        return "-c" not in argv or any(reader in argv[-1] for reader in ("cat", "tar", "tee"))
    operands = [word for word in argv[1:] if word == "-" or word[:1] != "-"]
    return name in _READERS and len(operands) <= (1 if name == "grep" else 0)


def _not_found(name: str) -> ApiError:
    number = hashlib.sha256(name.encode()).hexdigest()
    why = "no such file or directory" if "/" in name else "executable file not found in $PATH"
    if "/" in name:
        why = f"stat {name}: {why}"
    return internal(_NOT_FOUND.format(id=json.dumps(number), name=json.dumps(name), why=why))


__all__ = ["SHELLS", "Session", "Shell", "argv_of", "reads_stdin"]
