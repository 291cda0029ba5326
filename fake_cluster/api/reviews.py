"""Resources that are questions: they are created, answered in the response, and stored nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fake_cluster.api.access.attributes import of_review
from fake_cluster.api.access.users import User
from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.metadata import check_type
from fake_cluster.api.subresources import bindings
from fake_cluster.api.subresources.tokens import ISSUER
from fake_cluster.errors import FieldError, bad_request, invalid, invalid_value, required
from fake_cluster.objects import Object


def _spec(call: Call) -> Object:
    body = call.resource.decode(check_type(call.resource, call.body)).obj
    spec: Object = body.get("spec") or {}
    return spec


def _answered(call: Call, spec: Object | None, status: Object) -> Answer:
    ref = call.resource.ref
    answer: Object = {
        "kind": ref.kind,
        "apiVersion": ref.api_version,
        "metadata": {"creationTimestamp": None},
    }
    answer |= {} if spec is None else {"spec": spec}
    return Answer(201, obj=answer | {"status": status})


# --- who ----------------------------------------------------------------------------------------------


def _token_review(core: Core, call: Call) -> Answer:
    """Whose token this is."""
    spec = _spec(call)
    token, audiences = spec.get("token", ""), tuple(spec.get("audiences") or ())
    if not token:
        raise bad_request("token is required for TokenReview in authentication")
    user = core.access.authentication.user_of_token(token, audiences)
    if user is None:
        return _answered(call, spec, {"user": {}, "error": "invalid bearer token"})
    status = {"authenticated": True, "user": user.info(), "audiences": list(audiences or (ISSUER,))}
    return _answered(call, spec, status)


def _subject_review(core: Core, call: Call) -> Answer:
    """Who is asking."""
    del core
    return _answered(call, None, {"userInfo": call.user.info()})


# --- may they -----------------------------------------------------------------------------------------


def _access_review(core: Core, call: Call) -> Answer:
    """Whether somebody may do something."""
    spec = _spec(call)
    extra = spec.get("extra") or {}
    user = User(spec.get("user", ""), tuple(spec.get("groups") or ()), spec.get("uid", ""), extra)
    _check(call, _about_somebody(spec) + _about_something(spec))
    return _decided(core, call, user, spec)


def _local_review(core: Core, call: Call) -> Answer:
    """Whether somebody may do something in one namespace."""
    asked = _spec(call).get("resourceAttributes") or {}
    if asked.get("namespace", "") != call.namespace:
        why = f'must match metadata.namespace: "{call.namespace}"'
        path, value = "spec.resourceAttributes.namespace", asked.get("namespace", "")
        raise invalid(call.resource.ref, "", [invalid_value(path, value, why)])
    return _access_review(core, call)


def _self_review(core: Core, call: Call) -> Answer:
    """Whether the asker may do something."""
    spec = _spec(call)
    _check(call, _about_something(spec))
    return _decided(core, call, call.user, spec)


def _decided(core: Core, call: Call, user: User, spec: Object) -> Answer:
    decision = core.access.decide(user, of_review(spec))
    status: Object = {"allowed": decision.allowed}
    return _answered(call, spec, status | ({"reason": decision.reason} if decision.reason else {}))


def _check(call: Call, errors: list[FieldError]) -> None:
    if errors:
        raise invalid(call.resource.ref, "", errors)


def _about_somebody(spec: Object) -> list[FieldError]:
    if spec.get("user") or spec.get("groups"):
        return []
    return [invalid_value("spec.user", "", "at least one of user or group must be specified")]


def _about_something(spec: Object) -> list[FieldError]:
    on_resource, on_other = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if on_resource is not None and on_other is not None:
        why = "cannot be specified in combination with resourceAttributes"
        return [invalid_value("spec.nonResourceAttributes", on_other, why)]
    if on_resource is None and on_other is None:
        why = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        return [required("spec.resourceAttributes", why)]
    return []


def _rules_review(core: Core, call: Call) -> Answer:
    """What the asker may do."""
    spec = _spec(call)
    if not spec.get("namespace"):
        raise bad_request("no namespace on request")
    rules = (
        _EVERYTHING if core.access.rbac is None else core.access.rbac.rules_for(call.user, spec["namespace"])
    )
    status: dict[str, Any] = {
        "resourceRules": [rule for rule in rules if "nonResourceURLs" not in rule],
        "nonResourceRules": [rule for rule in rules if "nonResourceURLs" in rule],
        "incomplete": False,
    }
    return _answered(call, {}, status)


_EVERYTHING: list[Object] = [
    {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
    {"verbs": ["*"], "nonResourceURLs": ["*"]},
]


REVIEWS: dict[tuple[str, str], Callable[[Core, Call], Answer]] = {
    ("authentication.k8s.io", "tokenreviews"): _token_review,
    ("authentication.k8s.io", "selfsubjectreviews"): _subject_review,
    ("authorization.k8s.io", "subjectaccessreviews"): _access_review,
    ("authorization.k8s.io", "selfsubjectaccessreviews"): _self_review,
    ("authorization.k8s.io", "localsubjectaccessreviews"): _local_review,
    ("authorization.k8s.io", "selfsubjectrulesreviews"): _rules_review,
    ("", "bindings"): bindings.bind,
}
"""What answers a create of these, by group and plural."""
