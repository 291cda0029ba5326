"""The file system of a container: what its volumes hold, and above it what commands have written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from posixpath import normpath

_DIRECTORIES = ("/", "/bin", "/etc", "/home", "/proc", "/root", "/tmp", "/usr", "/var")  # noqa: S108 - not this machine's


class Files:
    """Files and directories by absolute path. `mounts` gives the files of volumes as they are now.

    Errors are the ones of Python's `open`, with the path as their text.
    """

    def __init__(
        self,
        mounted: Callable[[], Iterable[str]],
        read_mounted: Callable[[str], bytes],
        directories: Iterable[str] = (),
    ) -> None:
        self._mounted = mounted
        self._read_mounted = read_mounted
        self._written: dict[str, bytes] = {}
        self._removed: set[str] = set()
        self._made: set[str] = set(_DIRECTORIES)
        for directory in directories:
            self.make_directory(directory)

    def read(self, path: str) -> bytes:
        """The content of a file."""
        if path in self._written:
            return self._written[path]
        if path in self._removed:
            raise FileNotFoundError(path)
        if self.is_directory(path):
            raise IsADirectoryError(path)
        return self._read_mounted(path)

    def write(self, path: str, content: bytes) -> None:
        """Write a file; its directory must be there."""
        if self.is_directory(path):
            raise IsADirectoryError(path)
        if not self.is_directory(parent(path)):
            raise FileNotFoundError(path)
        self._removed.discard(path)
        self._written[path] = content

    def remove(self, path: str) -> None:
        """Remove a file, or a directory with all that is in it."""
        if not self.exists(path):
            raise FileNotFoundError(path)
        for inside in self.below(path):
            self._written.pop(inside, None)
            self._removed.add(inside)
        self._made -= {made for made in self._made if made == path or made.startswith(f"{path}/")}

    def make_directory(self, path: str) -> None:
        """Make a directory, and those above it."""
        while path not in self._made:
            self._made.add(path)
            path = parent(path)

    def paths(self) -> list[str]:
        """All files."""
        mounted = (path for path in self._mounted() if path not in self._removed)
        return sorted({*mounted, *self._written})

    def below(self, path: str) -> list[str]:
        """The file itself, or all files in a directory and below."""
        return [found for found in self.paths() if found == path or found.startswith(path.rstrip("/") + "/")]

    def is_file(self, path: str) -> bool:
        """Whether a file is there."""
        return path in self._written or path in self.paths()

    def is_directory(self, path: str) -> bool:
        """Whether a directory is there."""
        return path in self._made or any(found.startswith(f"{path}/") for found in self.paths())

    def exists(self, path: str) -> bool:
        """Whether there is anything."""
        return self.is_file(path) or self.is_directory(path)

    def names(self, path: str) -> list[str]:
        """The names in a directory."""
        start = path.rstrip("/") + "/"
        inside = [found[len(start) :] for found in (*self.paths(), *self._made) if found.startswith(start)]
        return sorted({name.split("/", 1)[0] for name in inside if name})


def parent(path: str) -> str:
    """The directory above."""
    return path.rpartition("/")[0] or "/"


def absolute(directory: str, path: str) -> str:
    """A path as seen from a directory."""
    found = normpath(path if path.startswith("/") else f"{directory}/{path}")
    return "/" + found.lstrip("/")
