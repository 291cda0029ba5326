"""`tar`, as `kubectl cp` calls it: to pack files to stdout, and to unpack stdin."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field

from fake_cluster.node.program import ExecResult
from fake_cluster.node.shell.files import Files, absolute, parent


@dataclass
class _Wish:
    """What the arguments ask for."""

    mode: str = ""
    directory: str = "/"
    names: list[str] = field(default_factory=list)


def tar(files: Files, directory: str, arguments: Sequence[str], stdin: bytes) -> ExecResult:
    """Run tar: `c`, `x` and `t` with `f -`, and `-C`."""
    wish = _read(arguments, directory)
    if wish.mode == "c":
        return _pack(files, wish)
    if wish.mode in ("x", "t"):
        try:
            return _unpack(files, wish, stdin)
        except tarfile.TarError:
            return ExecResult(2, stderr=b"tar: This does not look like a tar archive\n")
    return ExecResult(2, stderr=b"tar: You must specify one of the '-Acdtrux' options\n")


def _read(arguments: Sequence[str], directory: str) -> _Wish:
    wish, rest = _Wish(directory=directory), list(arguments)
    while rest:
        word = rest.pop(0)
        if word in ("-C", "--directory") and rest:
            wish.directory = absolute(directory, rest.pop(0))
        elif word.startswith("--"):
            continue
        elif word.startswith("-") or not wish.mode:
            wish.mode = next((letter for letter in word if letter in "cxt"), wish.mode)
            if "f" in word and rest:
                rest.pop(0)
        else:
            wish.names.append(word)
    return wish


def _pack(files: Files, wish: _Wish) -> ExecResult:
    target, problems = io.BytesIO(), []
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in wish.names:
            path = absolute(wish.directory, name)
            if not files.exists(path):
                problems.append(f"tar: {name}: Cannot stat: No such file or directory\n")
                continue
            if files.is_directory(path):
                archive.addfile(_directory(name.strip("/")))
            for found in files.below(path):
                content = files.read(found)
                member = tarfile.TarInfo((name.rstrip("/") + found[len(path) :]).lstrip("/"))
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return ExecResult(2 if problems else 0, target.getvalue(), "".join(problems).encode())


def _directory(name: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.mode = tarfile.DIRTYPE, 0o755
    return member


def _unpack(files: Files, wish: _Wish, stdin: bytes) -> ExecResult:
    if not files.is_directory(wish.directory):
        text = f"tar: {wish.directory}: Cannot open: No such file or directory\n"
        return ExecResult(2, stderr=text.encode())
    listed = []
    with tarfile.open(fileobj=io.BytesIO(stdin), mode="r:") as archive:
        for member in archive:
            listed.append(f"{member.name}\n")
            if wish.mode == "x":
                _place(files, absolute(wish.directory, member.name), archive, member)
    return ExecResult(0, "".join(listed).encode() if wish.mode == "t" else b"")


def _place(files: Files, path: str, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    if member.isdir():
        files.make_directory(path)
        return
    content = archive.extractfile(member)
    if content is not None:
        files.make_directory(parent(path))
        files.write(path, content.read())
