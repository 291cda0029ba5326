"""Get, list and watch.

Lists are snapshots: a page after the first shows the state of the first page's revision, which the watch log
still knows. An older one, or one from the future, is refused as kube-apiserver refuses it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import orjson

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.selectors import StoredTest, selection
from fake_cluster.api.watching import WatchStream
from fake_cluster.errors import ApiError, bad_request, expired, not_found
from fake_cluster.kinds import Resource
from fake_cluster.objects import Object
from fake_cluster.store import Stored, Table

LONGEST_WATCH = 3600.0
"""Seconds after which a watch without timeoutSeconds ends (kube-apiserver: 30 to 60 minutes)."""


def get(core: Core, call: Call) -> Answer:
    """One object as it is now."""
    stored = core.table(call.resource).get(call.namespace, call.name)
    if stored is None:
        raise not_found(call.resource.ref, call.name)
    wanted = call.options.resource_version
    if wanted:
        _check_reached(core, _revision(wanted))
    return Answer(200, core.view(call.resource, stored))


def list_(core: Core, call: Call) -> Answer:
    """All objects that match, or a page of them."""
    options = call.options
    if options.continue_token or options.limit or options.resource_version:
        return _page(core, call)
    entries = core.table(call.resource).entries(call.namespace)
    return Answer(200, entries=_matching(core, call, entries), revision=core.store.revision)


def _matching(core: Core, call: Call, entries: Sequence[Stored]) -> Sequence[Stored]:
    resource = call.resource
    if not core.shows_stored(resource):
        entries = [core.view(resource, entry) for entry in entries]
    matches = selection(resource, call.options.labels, call.options.fields)
    return entries if matches is None else [entry for entry in entries if matches(entry)]


def _page(core: Core, call: Call) -> Answer:
    options, table = call.options, core.table(call.resource)
    revision, after = _starting_point(core, call, table)
    current = revision == core.store.revision
    entries = table.entries(call.namespace) if current else table.entries_at(revision, call.namespace)
    if after:
        entries = [entry for entry in entries if _position(entry) > after]
    found = _matching(core, call, entries)
    if options.limit <= 0 or len(found) <= options.limit:
        return Answer(200, entries=found, revision=revision)
    page = found[: options.limit]
    remaining = None if options.labels or options.fields else len(found) - len(page)
    token = _token(revision, _position(page[-1]))
    return Answer(200, entries=page, revision=revision, continue_token=token, remaining=remaining)


def _position(entry: Stored) -> tuple[str, str]:
    metadata = entry.obj["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def _starting_point(core: Core, call: Call, table: Table) -> tuple[int, tuple[str, str] | None]:
    """The revision to show, and the object after which to go on."""
    options = call.options
    if options.continue_token:
        if options.resource_version not in ("", "0"):
            raise bad_request("specifying resource version is not allowed when using continue")
        revision, after = _read_token(options.continue_token)
        if revision < table.compacted:
            raise _continue_expired(core.store.revision, after)
        return revision, after
    revision = _revision(options.resource_version or "0")
    _check_reached(core, revision)
    if options.resource_version_match == "Exact":
        if revision < table.compacted:
            raise expired(f"The resourceVersion for the provided list is too old: {revision}")
        return revision, None
    return core.store.revision, None


def _revision(text: str) -> int:
    if not text.isdecimal():
        message = (
            f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        )
        raise bad_request(message)
    return int(text)


def _check_reached(core: Core, revision: int) -> None:
    if revision > core.store.revision:
        message = f"Timeout: Too large resource version: {revision}, current: {core.store.revision}"
        causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
        raise ApiError(504, "Timeout", message, {"causes": causes, "retryAfterSeconds": 1})


def _token(revision: int, after: tuple[str, str]) -> str:
    text = orjson.dumps({"v": "meta.k8s.io/v1", "rv": revision, "start": "/".join(after) + "\0"})
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _read_token(token: str) -> tuple[int, tuple[str, str]]:
    try:
        content = orjson.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        namespace, _, name = content["start"].removesuffix("\0").partition("/")
        return int(content["rv"]), (namespace, name)
    except (binascii.Error, ValueError, TypeError, KeyError, AttributeError) as error:
        raise bad_request(f"continue key is not valid: {error}") from None


def _continue_expired(revision: int, after: tuple[str, str]) -> ApiError:
    message = (
        "The provided continue parameter is too old to display a consistent list result. You can start a new "
        "list without the continue parameter, or use the continue token in this response to retrieve the "
        "remainder of the results. Continuing with the provided token results in an inconsistent list - "
        "objects that were created, modified, or deleted between the time the first chunk was returned and "
        "now may show up in the list."
    )
    error = expired(message)
    error.metadata = {"continue": _token(revision, after)}
    return error


def watch(core: Core, call: Call) -> Answer:
    """A stream of what changes from now on, or from a revision on."""
    options, resource = call.options, call.resource
    table = core.table(resource)
    matches = _matches(core, call)
    start = _revision(options.resource_version or "0")
    stream = WatchStream(table, matches, lambda stored: core.view(resource, stored), call.namespace)
    now = core.clock.now()
    stream.ends_at = now + (options.timeout_seconds or LONGEST_WATCH)
    if options.bookmarks:
        stream.bookmark = lambda initial_end: _bookmark(core, resource, initial_end)
        stream.bookmark_at = now + 60.0
    _begin(core, call, stream, start)
    return Answer(200, stream=stream)


def _matches(core: Core, call: Call) -> StoredTest | None:
    """What the selectors ask of an object as the watcher sees it."""
    resource = call.resource
    matches = selection(resource, call.options.labels, call.options.fields)
    if matches is None or core.shows_stored(resource):
        return matches
    return lambda stored: matches(core.view(resource, stored))


def _begin(core: Core, call: Call, stream: WatchStream, start: int) -> None:
    table, options = core.table(call.resource), call.options
    if options.send_initial_events or (start == 0 and options.send_initial_events is None):
        announce = bool(options.send_initial_events)
        stream.start(table.entries(call.namespace), (), announce=announce)
    elif start == 0:
        stream.start((), ())
    elif start < table.compacted:
        stream.fail(expired(f"too old resource version: {start} ({core.store.revision})"))
    else:
        stream.start((), table.changes_since(start))


def _bookmark(core: Core, resource: Resource, initial_end: bool) -> Stored:  # noqa: FBT001 - a callback
    metadata: Object = {"resourceVersion": str(core.store.revision), "creationTimestamp": None}
    if initial_end:
        metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
    ref = resource.ref
    return Stored(
        {"kind": ref.kind, "apiVersion": ref.api_version, "metadata": metadata}, core.store.revision
    )
