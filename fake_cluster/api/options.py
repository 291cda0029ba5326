"""Query strings, and the bodies of deletes, into `Options`; what they must not say is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fake_cluster.api.call import LONGEST_MANAGER, NO_OPTIONS, FieldValidation, Options
from fake_cluster.errors import (
    FieldError,
    bad_request,
    forbidden_field,
    invalid,
    invalid_value,
    not_supported,
    required,
    too_long,
)
from fake_cluster.objects import ResourceRef

VALIDATIONS: dict[str, FieldValidation] = {"": "Warn", "Ignore": "Ignore", "Warn": "Warn", "Strict": "Strict"}
POLICIES = ("Foreground", "Background", "Orphan", "nil")
_KINDS = {
    "create": "CreateOptions",
    "update": "UpdateOptions",
    "patch": "PatchOptions",
    "delete": "DeleteOptions",
    "deletecollection": "DeleteOptions",
}


def parse(query: Mapping[str, str], verb: str, patch: str = "") -> Options:
    """The options of a request, checked for its verb; 400 or 422 for what they must not say."""
    if not query and patch != "apply":
        return NO_OPTIONS
    options = Options(query=dict(query))
    for name, value in query.items():
        setter = _SETTERS.get(name)
        if setter is not None:
            setter(options, value)
    _CHECKS.get(verb, _check_write)(options, query, verb, patch)
    return options


def _boolean(text: str) -> bool:
    if text.lower() in ("", "true", "1", "t"):
        return True
    if text.lower() in ("false", "0", "f"):
        return False
    raise bad_request(f'strconv.ParseBool: parsing "{text}": invalid syntax')


def _integer(text: str) -> int:
    try:
        return int(text) if text else 0
    except ValueError:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None


def _set(name: str, convert: Callable[[str], Any] = str) -> Callable[[Options, str], None]:
    def setter(options: Options, text: str) -> None:
        setattr(options, name, convert(text))

    return setter


_SETTERS: dict[str, Callable[[Options, str], None]] = {
    "dryRun": _set("dry_run", bool),
    "fieldValidation": _set("field_validation", lambda text: VALIDATIONS.get(text, "Warn")),
    "fieldManager": _set("field_manager"),
    "force": _set("force", _boolean),
    "labelSelector": _set("labels"),
    "fieldSelector": _set("fields"),
    "limit": _set("limit", _integer),
    "continue": _set("continue_token"),
    "resourceVersion": _set("resource_version"),
    "resourceVersionMatch": _set("resource_version_match"),
    "timeoutSeconds": _set("timeout_seconds", _integer),
    "allowWatchBookmarks": _set("bookmarks", _boolean),
    "sendInitialEvents": _set("send_initial_events", _boolean),
    "propagationPolicy": _set("propagation"),
    "orphanDependents": _set("orphan_dependents", _boolean),
    "gracePeriodSeconds": _set("grace_seconds", _integer),
}


def _options_ref(verb: str) -> ResourceRef:
    return ResourceRef("meta.k8s.io", "v1", "", _KINDS.get(verb, "ListOptions"))


def _refuse(verb: str, errors: list[FieldError]) -> None:
    if errors:
        raise invalid(_options_ref(verb), "", errors)


def _check_write(options: Options, query: Mapping[str, str], verb: str, patch: str) -> None:
    errors: list[FieldError] = []
    if patch == "apply" and not options.field_manager:
        errors.append(required("fieldManager", "is required for apply patch"))
    if patch != "apply" and "force" in query:
        errors.append(forbidden_field("force", "may not be specified for non-apply patch"))
    errors += _manager_errors(options.field_manager) + _dry_run_errors(query)
    asked = query.get("fieldValidation", "")
    if asked not in VALIDATIONS:
        errors.append(not_supported("fieldValidation", asked, ["", "Ignore", "Strict", "Warn"]))
    _refuse(verb, errors)


def _manager_errors(manager: str) -> list[FieldError]:
    if len(manager.encode()) > LONGEST_MANAGER:
        return [too_long("fieldManager", manager, LONGEST_MANAGER)]
    if not manager.isprintable():
        return [invalid_value("fieldManager", manager, "should only contain printable characters")]
    return []


def _dry_run_errors(query: Mapping[str, str]) -> list[FieldError]:
    asked = query.get("dryRun", "")
    return [not_supported("dryRun", [asked], ["All"])] if asked not in ("", "All") else []


def _check_list(options: Options, query: Mapping[str, str], verb: str, patch: str) -> None:
    del patch
    path, match, version = "resourceVersionMatch", options.resource_version_match, options.resource_version
    errors: list[FieldError] = []
    if "sendInitialEvents" in query:
        errors.append(forbidden_field("sendInitialEvents", "sendInitialEvents is forbidden for list"))
    if match:
        if options.continue_token:
            errors.append(
                forbidden_field(path, "resourceVersionMatch is forbidden when continue is provided")
            )
        if not version:
            why = "resourceVersionMatch is forbidden unless resourceVersion is provided"
            errors.append(forbidden_field(path, why))
        if match not in ("Exact", "NotOlderThan"):
            errors.append(not_supported(path, match, ["Exact", "NotOlderThan"]))
        if match == "Exact" and version == "0":
            why = 'resourceVersionMatch "Exact" is forbidden for resourceVersion "0"'
            errors.append(forbidden_field(path, why))
    _refuse(verb, errors)


def _check_watch(options: Options, query: Mapping[str, str], verb: str, patch: str) -> None:
    del patch
    path, match = "resourceVersionMatch", options.resource_version_match
    errors: list[FieldError] = []
    if "sendInitialEvents" in query and match != "NotOlderThan":
        if match:
            errors.append(not_supported(path, match, ["NotOlderThan"]))
        else:
            why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
            errors.append(forbidden_field(path, why))
    if "sendInitialEvents" not in query and match:
        why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        errors.append(forbidden_field(path, why))
    _refuse(verb, errors)


def _check_delete(options: Options, query: Mapping[str, str], verb: str, patch: str) -> None:
    del patch
    errors = _dry_run_errors(query)
    _refuse(verb, errors + _propagation_errors(options))


def _propagation_errors(options: Options) -> list[FieldError]:
    policy = options.propagation
    if policy and options.orphan_dependents is not None:
        why = "orphanDependents and deletionPropagation cannot be both set"
        return [invalid_value("propagationPolicy", policy, why)]
    if policy and policy not in POLICIES:
        return [not_supported("propagationPolicy", policy, POLICIES)]
    return []


def _no_check(options: Options, query: Mapping[str, str], verb: str, patch: str) -> None:
    del options, query, verb, patch


_CHECKS: dict[str, Callable[[Options, Mapping[str, str], str, str], None]] = {
    "get": _no_check,
    "list": _check_list,
    "watch": _check_watch,
    "delete": _check_delete,
    "deletecollection": _check_delete,
}

# --- delete options in the body -----------------------------------------------------------------------

_BODY_TYPES: dict[str, tuple[str, type]] = {
    "propagationPolicy": ("propagation", str),
    "orphanDependents": ("orphan_dependents", bool),
    "gracePeriodSeconds": ("grace_seconds", int),
    "preconditions": ("preconditions", dict),
}


def read_delete_body(options: Options, body: Any, verb: str) -> Options:
    """The options with what a `DeleteOptions` body says; 400 for another body."""
    if not isinstance(body, dict):
        raise bad_request("the body of a delete must be DeleteOptions")
    if body.get("kind") not in (None, "", "DeleteOptions"):
        raise bad_request(
            f"the object provided is unrecognized (must be of type DeleteOptions): {body['kind']}"
        )
    options = Options(
        query=options.query, dry_run=options.dry_run, labels=options.labels, fields=options.fields
    )
    for name, (attribute, kind) in _BODY_TYPES.items():
        value = body.get(name)
        if value is None:
            continue
        if not isinstance(value, kind):
            raise bad_request(f"json: cannot unmarshal into Go struct field DeleteOptions.{name}")
        setattr(options, attribute, value)
    dry_run = body.get("dryRun") or []
    if dry_run not in ([], ["All"]):
        raise invalid(_options_ref(verb), "", [not_supported("dryRun", dry_run, ["All"])])
    options.dry_run = options.dry_run or bool(dry_run)
    _refuse(verb, _propagation_errors(options))
    return options
