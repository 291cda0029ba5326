"""Server-side apply: merge a configuration, give up what it no longer names, and settle who owns what."""

from __future__ import annotations

from typing import NamedTuple

from fake_cluster.api.apply.client_side import KUBECTL, with_last_applied, yielding_fields
from fake_cluster.api.apply.comparing import NOTHING, Changes, changes
from fake_cluster.api.apply.configurations import Configurations
from fake_cluster.api.apply.conflicts import Conflict, apply_conflict
from fake_cluster.api.apply.entries import BEFORE_FIRST_APPLY, Writer, capped, entries_of, in_order
from fake_cluster.api.apply.fieldsets import MEMBER, FieldSet, difference, intersection
from fake_cluster.api.apply.merging import merged
from fake_cluster.api.apply.pruning import pruned
from fake_cluster.api.apply.tracking import STATUS, left_over, track_create
from fake_cluster.errors import bad_request
from fake_cluster.kinds.schema import Struct
from fake_cluster.objects import Object

_NAMED: FieldSet = {"f:metadata": {"f:name": MEMBER}}
"""What every configuration sets, though no entry says so: an object cannot lose its metadata."""


class Applied(NamedTuple):
    """What an apply comes to.

    `obj` is the merged object, to be decoded and defaulted; it shares parts with the live object and the
    configuration, and has no `managedFields`: `managed` takes their place afterwards.
    `same`: nothing at all has changed, and the live object can be answered as it is.
    """

    obj: Object
    managed: list[Object]
    same: bool


def apply(  # noqa: PLR0913 - these are the parts of an apply request
    live: Object | None,
    config: Object,
    schema: Struct,
    writer: Writer,
    *,
    force: bool,
    configurations: Configurations,
    ignored: frozenset[str] = STATUS,
) -> Applied:
    """Merge a configuration into the live object, which may not be there yet.

    `ignored` are top-level fields that this request cannot change. Raises 400 for another API version
    or managedFields in the configuration, 409 for conflicts unless forced, 500 for a configuration that
    does not fit the schema.
    """
    _check(config, writer)
    request = _Request(schema, writer, force, configurations, ignored)
    fields = configurations.fields(config, schema, ignored)
    if ignored:
        config = {name: value for name, value in config.items() if name not in ignored}
    if live is None:
        return Applied(config, [writer.entry(fields, writer.time)], same=False)
    return _applied(request, live, config, fields)


class _Request(NamedTuple):
    """The circumstances of an apply."""

    schema: Struct
    writer: Writer
    force: bool
    configurations: Configurations
    ignored: frozenset[str]


def _applied(request: _Request, live: Object, config: Object, fields: FieldSet) -> Applied:
    writer, schema = request.writer, request.schema
    entries = entries_of(live) or _before_first_apply(request, live)
    others = [entry for entry in entries if not writer.owns(entry)]
    own = next((entry for entry in entries if writer.owns(entry)), None)
    obj = merged(live, config, schema)
    if own is not None and _abandons(own["fieldsV1"], fields):
        owned = [_NAMED, fields, *(entry["fieldsV1"] for entry in others)]
        obj = pruned(obj, own["fieldsV1"], owned, schema)
    done = NOTHING if obj is live else changes(live, obj, schema, request.ignored)
    if done.gained and not request.force:
        _check_conflicts(request, live, done.gained, others)
    if writer.manager == KUBECTL:
        obj = with_last_applied(obj, config)
    changed = obj is not live and obj != live
    mine = _own_entry(own, fields, writer, changed=changed)
    if not changed and mine is own:
        return Applied(live, entries, same=entries is entries_of(live))
    return Applied(_without_owners(obj), _settled(mine, others, done), same=False)


def _without_owners(obj: Object) -> Object:
    metadata = {name: value for name, value in obj["metadata"].items() if name != "managedFields"}
    return obj | {"metadata": metadata}


def _abandons(last: FieldSet, fields: FieldSet) -> bool:
    """Whether the applier has applied something before that it applies no more."""
    return last != fields and difference(last, fields) is not None


def _check(config: Object, writer: Writer) -> None:
    version = config.get("apiVersion")
    if version != writer.api_version:
        raise bad_request(
            "Incorrect version specified in apply patch. "
            f"Specified patch version: {version}, expected: {writer.api_version}"
        )
    if (config.get("metadata") or {}).get("managedFields") is not None:
        raise bad_request("metadata.managedFields must be nil")


def _before_first_apply(request: _Request, live: Object) -> list[Object]:
    """An object without owners: all of it belongs to whoever came before the first applier."""
    _, _, version, time, subresource = request.writer
    before = Writer(BEFORE_FIRST_APPLY, "Update", version, time, subresource)
    return track_create(live, request.schema, before, ignored=request.ignored)


def _check_conflicts(request: _Request, live: Object, gained: FieldSet, others: list[Object]) -> None:
    yielding: FieldSet = {}
    if request.writer.manager == KUBECTL:
        yielding = yielding_fields(
            live, lambda config: request.configurations.fields(config, request.schema, STATUS)
        )
    conflicts = []
    for entry in others:
        fields = intersection(entry["fieldsV1"], gained)
        if fields and yielding:
            fields = difference(fields, yielding)
        if fields:
            conflicts.append(Conflict(entry, fields))
    if conflicts:
        raise apply_conflict(conflicts)


def _own_entry(own: Object | None, fields: FieldSet, writer: Writer, *, changed: bool) -> Object:
    """The applier's entry; its time moves only with the object, and so it stays itself if nothing moves."""
    if own is None:
        return writer.entry(fields, writer.time if changed else None)
    if not changed and own["apiVersion"] == writer.api_version and own["fieldsV1"] == fields:
        return own
    return writer.entry(fields, writer.time if changed else own.get("time"))


def _settled(mine: Object, others: list[Object], done: Changes) -> list[Object]:
    result = [mine] if mine["fieldsV1"] else []
    for entry in others:
        rest = left_over(entry["fieldsV1"], done)
        if rest is not None:
            result.append(entry if rest is entry["fieldsV1"] else entry | {"fieldsV1": rest})
    return in_order(capped(result))
