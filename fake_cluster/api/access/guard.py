"""The door of the API: who it is, for whom they act, and whether they may.

While nothing restricts access everybody who is unknown is the administrator, as on a cluster whose only
kubeconfig is the installer's; a known token still stands for its user. With RBAC switched on everybody is
who they can show to be, and may do what roles allow.
"""

from __future__ import annotations

from collections.abc import Mapping

from fake_cluster.api.access.attributes import Attributes, of_request
from fake_cluster.api.access.authentication import PEER, Authentication, unauthorized
from fake_cluster.api.access.impersonation import impersonated, is_impersonating, wanted_by
from fake_cluster.api.access.rbac import Decision, Rbac
from fake_cluster.api.access.users import ADMINISTRATOR, ANONYMOUS, User
from fake_cluster.api.core import Core
from fake_cluster.errors import ApiError, forbidden
from fake_cluster.objects import ResourceRef

ALLOWED = Decision(allowed=True)
OPEN_PATHS = frozenset({"/healthz", "/livez", "/readyz", "/version"})
"""What is open to everybody, as `system:public-info-viewer` makes it on a real server."""


class Access:
    """Access to one API. `authentication` knows the users; `rbac` is there when it is switched on.

    `closed`: clients must show who they are even without RBAC.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self.authentication = Authentication(core)
        self.rbac: Rbac | None = None
        self.closed = False

    def switch_on_rbac(self) -> Rbac:
        """From now on roles decide. The roles and bindings themselves are the caller's to create."""
        if self.rbac is None:
            self.rbac = Rbac(self._core)
        return self.rbac

    def admit(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> User:
        """Who makes a request, after everything that may be said against it: 401 or 403."""
        restricted = self.rbac is not None or self.closed
        if not restricted and not (
            PEER in headers or "authorization" in headers or is_impersonating(headers)
        ):
            return ADMINISTRATOR
        user = self._user(headers, restricted=restricted)
        if user is ANONYMOUS and self.rbac is None and path not in OPEN_PATHS:
            raise unauthorized()
        if is_impersonating(headers):
            for wanted in wanted_by(headers):
                self.require(user, wanted)
            user = impersonated(headers)
        if self.rbac is not None:
            self.require(user, of_request(method, path, query))
        return user

    def _user(self, headers: Mapping[str, str], *, restricted: bool) -> User:
        try:
            return self.authentication.user_of(headers) if restricted or _shows(headers) else ADMINISTRATOR
        except ApiError:
            if restricted:
                raise
            return ADMINISTRATOR

    def decide(self, user: User, wanted: Attributes) -> Decision:
        """Whether a user may do something."""
        return ALLOWED if self.rbac is None else self.rbac.decide(user, wanted)

    def require(self, user: User, wanted: Attributes) -> None:
        """403 in the words of the real server for what a user may not do."""
        decision = self.decide(user, wanted)
        if not decision.allowed:
            raise denial(user, wanted, decision.reason)


def _shows(headers: Mapping[str, str]) -> bool:
    return PEER in headers or "authorization" in headers


def denial(user: User, wanted: Attributes, reason: str = "") -> ApiError:
    """403: `pods is forbidden: User "jane" cannot list resource "pods" …`."""
    why = wanted.described(user.name) + (f": {reason}" if reason else "")
    if wanted.path:
        error = ApiError(403, "Forbidden", f"forbidden: {why}")
    else:
        ref = ResourceRef(wanted.group, wanted.version, wanted.resource, "")
        error = forbidden(ref, wanted.name, why)
    error.headers = {"X-Content-Type-Options": "nosniff"}
    return error
