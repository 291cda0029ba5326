"""One request and its answer, after parsing and before rendering.

Everything that talks to the API ends in a `Call`: the in-process client makes one directly, HTTP and the
transport under the official client parse theirs from a URL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fake_cluster.api.access.users import ADMINISTRATOR, User
from fake_cluster.api.sessions import Session, Stream
from fake_cluster.api.watching import WatchStream
from fake_cluster.kinds import Resource
from fake_cluster.objects import Object
from fake_cluster.store import Stored

Verb = Literal["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]
PatchKind = Literal["", "json", "merge", "strategic", "apply"]
FieldValidation = Literal["Ignore", "Warn", "Strict"]
LONGEST_MANAGER = 128
"""Bytes that the name of a field manager may have."""


@dataclass(slots=True, eq=False)
class Options:
    """What a query string (and the body of a delete) may say. Empty strings and zeros mean: not said."""

    dry_run: bool = False
    field_validation: FieldValidation = "Warn"
    field_manager: str = ""
    force: bool = False
    labels: str = ""
    fields: str = ""
    limit: int = 0
    continue_token: str = ""
    resource_version: str = ""
    resource_version_match: str = ""
    timeout_seconds: float | None = None
    bookmarks: bool = False
    send_initial_events: bool | None = None
    propagation: str = ""
    orphan_dependents: bool | None = None
    grace_seconds: int | None = None
    preconditions: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


NO_OPTIONS = Options()


@dataclass(slots=True, eq=False)
class Call:
    """A parsed request. `body` is parsed JSON; `user_agent` gives the default field manager.

    `upgrade`: the client is ready to speak another protocol on the connection. `memory` is what a request
    that has to wait for webhooks knows of its earlier attempts; `waits`: who asks can wait for the answer
    meanwhile. `struck`: no fault is to strike it any more.
    """

    verb: Verb
    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    options: Options = NO_OPTIONS
    body: Any = None
    patch: PatchKind = ""
    user_agent: str = ""
    upgrade: bool = False
    user: User = ADMINISTRATOR
    memory: object = None
    waits: bool = False
    struck: bool = False

    @property
    def manager(self) -> str:
        """The field manager of a write: as asked for, or the first part of the user agent."""
        asked = self.options.field_manager
        return asked or self.user_agent.partition("/")[0][:LONGEST_MANAGER] or "unknown"


@dataclass(slots=True, eq=False)
class Answer:
    """What came of a call.

    Exactly one of `stored` (one object), `entries` (a list at `revision`), `stream` (a watch), `obj`
    (something that is not stored, a Status for instance), `text`, `lines` (text that is still being
    written), `session` (the connection is to be upgraded for it) and `proxied` (content type and body of
    somebody else's answer) is the content.
    """

    code: int = 200
    stored: Stored | None = None
    obj: Object | None = None
    entries: Sequence[Stored] | None = None
    stream: WatchStream | None = None
    text: str | None = None
    lines: Stream | None = None
    session: Session | None = None
    proxied: tuple[str, bytes] | None = None
    revision: int = 0
    continue_token: str = ""
    remaining: int | None = None
    warnings: Sequence[str] = ()

    @property
    def content(self) -> Object:
        """The one object of this answer, shared."""
        return self.stored.obj if self.stored is not None else self.obj or {}
