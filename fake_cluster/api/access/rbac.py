"""Role based access control: whether any role that somebody has been given allows a thing.

Rules only ever allow. They are read off the stored roles and bindings, and remembered for each user until
one of these changes. Source: documentation "Using RBAC Authorization"; texts of a 1.36 server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from fake_cluster.api.access.attributes import Attributes
from fake_cluster.api.access.users import MASTERS, User, account_name
from fake_cluster.api.core import Core
from fake_cluster.objects import Object
from fake_cluster.store import Change

GROUP = "rbac.authorization.k8s.io"
_TABLES = ("clusterroles", "clusterrolebindings", "roles", "rolebindings")


class Decision(NamedTuple):
    """Whether something is allowed, and what can be said about it."""

    allowed: bool
    reason: str = ""


class Grant(NamedTuple):
    """The rules that one binding gives to one user; everywhere if `namespace` is empty."""

    namespace: str
    rules: Sequence[Object]
    source: str


class Rbac:
    """The roles and bindings of one cluster."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._known: dict[tuple[str, tuple[str, ...]], tuple[list[Grant], list[str]]] = {}
        for plural in _TABLES:
            core.store.table(GROUP, plural).subscribers.insert(0, self._forget)

    def _forget(self, change: Change) -> None:
        del change
        self._known.clear()

    def decide(self, user: User, wanted: Attributes) -> Decision:
        """Whether a user may do that."""
        if MASTERS in user.groups:
            return Decision(allowed=True)
        grants, errors = self._granted(user)
        for grant in grants:
            if _reaches(grant, wanted) and any(_allows(rule, wanted) for rule in grant.rules):
                return Decision(allowed=True, reason=f"RBAC: allowed by {grant.source}")
        return Decision(allowed=False, reason=f"RBAC: {_aggregate(errors)}" if errors else "")

    def rules_for(self, user: User, namespace: str) -> list[Object]:
        """All rules that a user has in a namespace."""
        if MASTERS in user.groups:
            everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
            return [everything, {"verbs": ["*"], "nonResourceURLs": ["*"]}]
        grants, _ = self._granted(user)
        return [rule for grant in grants if grant.namespace in ("", namespace) for rule in grant.rules]

    def rules_of(self, reference: Object, namespace: str) -> Sequence[Object] | None:
        """The rules of the role that a binding refers to; None if there is no such role."""
        plural = "clusterroles" if reference.get("kind") == "ClusterRole" else "roles"
        space = "" if plural == "clusterroles" else namespace
        found = self._core.store.table(GROUP, plural).get(space, reference.get("name", ""))
        return None if found is None else found.obj.get("rules") or ()

    def _granted(self, user: User) -> tuple[list[Grant], list[str]]:
        key = (user.name, user.groups)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 10_000:
                self._known.clear()
            found = self._known[key] = self._collect(user)
        return found

    def _collect(self, user: User) -> tuple[list[Grant], list[str]]:
        grants: list[Grant] = []
        errors: list[str] = []
        for kind, binding in self._bindings():
            namespace = binding["metadata"].get("namespace", "")
            subject = next((s for s in binding.get("subjects") or () if _is(s, user, namespace)), None)
            if subject is None:
                continue
            reference = binding["roleRef"]
            rules = self.rules_of(reference, namespace)
            if rules is None:
                errors.append(f'{reference["kind"].lower()}.{GROUP} "{reference["name"]}" not found')
            else:
                grants.append(Grant(namespace, rules, _described(kind, binding, subject)))
        return grants, errors

    def _bindings(self) -> Iterator[tuple[str, Object]]:
        for kind, plural in (("ClusterRoleBinding", "clusterrolebindings"), ("RoleBinding", "rolebindings")):
            for entry in self._core.store.table(GROUP, plural).entries():
                yield kind, entry.obj


def _aggregate(errors: Sequence[str]) -> str:
    return errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"


def _is(subject: Object, user: User, namespace: str) -> bool:
    name = subject.get("name", "")
    if subject.get("kind") == "Group":
        return name in user.groups
    if subject.get("kind") == "ServiceAccount":
        return bool(user.name == account_name(subject.get("namespace") or namespace, name))
    return bool(subject.get("kind") == "User" and name == user.name)


def _described(kind: str, binding: Object, subject: Object) -> str:
    meta, reference = binding["metadata"], binding["roleRef"]
    name = f"{meta['name']}/{meta['namespace']}" if meta.get("namespace") else meta["name"]
    who = subject["name"]
    if subject["kind"] == "ServiceAccount":
        who = f"{who}/{subject.get('namespace') or meta.get('namespace', '')}"
    return f'{kind} "{name}" of {reference["kind"]} "{reference["name"]}" to {subject["kind"]} "{who}"'


def _reaches(grant: Grant, wanted: Attributes) -> bool:
    """A RoleBinding reaches what is in its namespace."""
    return not grant.namespace or (grant.namespace == wanted.namespace and not wanted.path)


def _allows(rule: Object, wanted: Attributes) -> bool:
    if not _has(rule.get("verbs"), wanted.verb):
        return False
    if wanted.path:
        return any(_covers(pattern, wanted.path) for pattern in rule.get("nonResourceURLs") or ())
    names = rule.get("resourceNames")
    return (
        _has(rule.get("apiGroups"), wanted.group)
        and _names_resource(rule.get("resources") or (), wanted)
        and (not names or wanted.name in names)
    )


def _has(values: Sequence[str] | None, value: str) -> bool:
    return bool(values) and (value in values or "*" in values)  # type: ignore[operator] # not None


def _names_resource(resources: Iterable[str], wanted: Attributes) -> bool:
    full = wanted.full_resource
    every = f"*/{wanted.subresource}" if wanted.subresource else "*"
    return any(item in ("*", full, every) for item in resources)


def _covers(pattern: str, path: str) -> bool:
    if pattern.endswith("*"):
        return path.startswith(pattern.rstrip("*"))
    return pattern == path


def covers(held: Sequence[Object], wanted: Object) -> bool:
    """Whether every single thing that a rule allows is allowed by one of the rules that somebody has."""
    urls = wanted.get("nonResourceURLs")
    if urls:
        singles = [Attributes(verb, path=url) for verb in wanted.get("verbs") or () for url in urls]
    else:
        singles = [
            Attributes(verb, group, "", *_split(resource), "", name)
            for verb in wanted.get("verbs") or ()
            for group in wanted.get("apiGroups") or ()
            for resource in wanted.get("resources") or ()
            for name in wanted.get("resourceNames") or ("",)
        ]
    return all(any(_allows(rule, single) for rule in held) for single in singles)


def _split(resource: str) -> tuple[str, str]:
    name, _, subresource = resource.partition("/")
    return name, subresource
