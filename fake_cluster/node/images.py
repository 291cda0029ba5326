"""Images: which can be pulled, and what they are called.

Every image exists, except those of the reserved domain `invalid` (RFC 2606) and those that a test has
declared broken. So a scenario that needs an image which cannot be pulled finds one on every cluster.
"""

from __future__ import annotations

import hashlib
import re
from fnmatch import fnmatchcase

_REFERENCE = re.compile(
    r"(?:(?P<host>[a-zA-Z0-9.-]+(?::\d+)?)/)?"
    r"(?P<path>[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)"
    r"(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>[a-z0-9]+:[0-9a-f]{32,}))?"
)
"""The grammar of image references (distribution specification)."""


class PullError(Exception):
    """An image cannot be pulled."""


def normalised(image: str) -> str | None:
    """The image with host and tag (`nginx` is `docker.io/library/nginx:latest`), None if it is none."""
    found = _REFERENCE.fullmatch(image)
    if found is None:
        return None
    host, path, tag, digest = found["host"], found["path"], found["tag"], found["digest"]
    if host and not ("." in host or ":" in host or host == "localhost"):
        host, path = None, f"{host}/{path}"
    if not host:
        host, path = "docker.io", path if "/" in path else f"library/{path}"
    end = f"@{digest}" if digest else f":{tag or 'latest'}"
    return f"{host}/{path}{end}"


def image_id(image: str) -> str:
    """The image by digest, as container statuses have it; the same image has the same digest."""
    if "@" in image:
        return image
    name = image.rpartition(":")[0]
    return f"{name}@sha256:{hashlib.sha256(image.encode()).hexdigest()}"


class Images:
    """What the registries of the world answer, and what each node has pulled already.

    `pull_seconds` is how long a pull takes.
    """

    def __init__(self, pull_seconds: float = 0.6) -> None:
        self.pull_seconds = pull_seconds
        self._broken: dict[str, str] = {}
        self._present: set[tuple[str, str]] = set()

    def fail(self, pattern: str, message: str = "manifest unknown") -> None:
        """Let pulls of matching images (`*` and `?` are wildcards) fail from now on."""
        self._broken[pattern] = message

    def heal(self, pattern: str) -> None:
        """Take back what `fail` did with the same pattern."""
        self._broken.pop(pattern, None)

    def must_be_pulled(self, node: str, image: str, policy: str) -> bool:
        """Whether a kubelet asks the registry for the image before it starts a container."""
        return policy == "Always" or (node, image) not in self._present

    def pull(self, node: str, image: str) -> None:
        """Fetch an image (normalised) to a node; raises PullError."""
        trouble = self._trouble(image)
        if trouble:
            what = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}"'
            raise PullError(f"{what}: {trouble}")
        self._present.add((node, image))

    def _trouble(self, image: str) -> str:
        for pattern, message in self._broken.items():
            if fnmatchcase(image, pattern) or fnmatchcase(image.removeprefix("docker.io/library/"), pattern):
                return f"{image}: {message}"
        host = image.partition("/")[0]
        if not host.partition(":")[0].endswith(".invalid"):
            return ""
        path, _, tag = image.partition("/")[2].rpartition(":")
        return (
            f'failed to do request: Head "https://{host}/v2/{path}/manifests/{tag}": '
            f"dial tcp: lookup {host}: no such host"
        )
