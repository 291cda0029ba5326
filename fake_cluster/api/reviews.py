"""Resources that are questions: they are created, answered in the response, and stored nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.metadata import check_type
from fake_cluster.api.subresources import bindings, tokens
from fake_cluster.objects import Object

ADMINISTRATOR: Object = {
    "username": "kubernetes-admin",
    "groups": ["kubeadm:cluster-admins", "system:authenticated"],
}
"""Who everybody is while access is not restricted."""


def _answered(call: Call, status: Object, **more: Any) -> Answer:
    body = check_type(call.resource, call.body)
    ref = call.resource.ref
    head = {"kind": ref.kind, "apiVersion": ref.api_version, "metadata": {"creationTimestamp": None}}
    spec = {"spec": body.get("spec") or {}} if "spec" in body else {}
    return Answer(201, obj=head | spec | {"status": status} | more)


def _token_review(core: Core, call: Call) -> Answer:
    """Whose token this is."""
    body = check_type(call.resource, call.body)
    claims = tokens.account_of(core, str((body.get("spec") or {}).get("token", "")))
    if claims is None:
        return _answered(call, {"user": {}, "error": "invalid bearer token"})
    account = claims["kubernetes.io"]
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{account['namespace']}"]
    user = {
        "username": claims["sub"],
        "uid": account["serviceaccount"]["uid"],
        "groups": [*groups, "system:authenticated"],
    }
    return _answered(call, {"authenticated": True, "user": user, "audiences": claims["aud"]})


def _subject_review(core: Core, call: Call) -> Answer:
    """Who is asking."""
    del core
    return _answered(call, {"userInfo": ADMINISTRATOR})


def _access_review(core: Core, call: Call) -> Answer:
    """Whether somebody may do something: everybody may do everything."""
    del core
    return _answered(call, {"allowed": True})


def _rules_review(core: Core, call: Call) -> Answer:
    """What the asker may do."""
    del core
    resources = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
    others = {"verbs": ["*"], "nonResourceURLs": ["*"]}
    rules = {"resourceRules": [resources], "nonResourceRules": [others], "incomplete": False}
    return _answered(call, rules)


REVIEWS: dict[tuple[str, str], Callable[[Core, Call], Answer]] = {
    ("authentication.k8s.io", "tokenreviews"): _token_review,
    ("authentication.k8s.io", "selfsubjectreviews"): _subject_review,
    ("authorization.k8s.io", "subjectaccessreviews"): _access_review,
    ("authorization.k8s.io", "selfsubjectaccessreviews"): _access_review,
    ("authorization.k8s.io", "localsubjectaccessreviews"): _access_review,
    ("authorization.k8s.io", "selfsubjectrulesreviews"): _rules_review,
    ("", "bindings"): bindings.bind,
}
"""What answers a create of these, by group and plural."""
