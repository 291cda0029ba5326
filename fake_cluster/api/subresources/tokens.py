"""Tokens of service accounts: asked for at `serviceaccounts/token`, checked by TokenReview.

They have the form of the real ones (a JWT with the claims of a bound token) and are signed with a key of
this cluster, made from its seed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import orjson

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.metadata import read_as
from fake_cluster.errors import invalid, invalid_value, not_found
from fake_cluster.kinds.refs import SERVICE_ACCOUNTS, TOKEN_REQUEST
from fake_cluster.machinery.clock import timestamp
from fake_cluster.objects import Object

ISSUER = "https://kubernetes.default.svc.cluster.local"
USUAL_SECONDS, SHORTEST, LONGEST = 3600, 600, 1 << 32


def request(core: Core, call: Call) -> Answer:
    """A new token for a service account; 422 for less than ten minutes."""
    body = read_as(core, TOKEN_REQUEST, call.body)
    stored = core.store.table("", "serviceaccounts").get(call.namespace, call.name)
    if stored is None:
        raise not_found(SERVICE_ACCOUNTS, call.name)
    spec: Object = {"expirationSeconds": USUAL_SECONDS} | (body.get("spec") or {})
    spec["audiences"] = spec.get("audiences") or [ISSUER]
    _check(call.name, spec["expirationSeconds"])
    expires = core.clock.now() + spec["expirationSeconds"]
    token = _sign(core, _claims(core, stored.obj, spec, expires))
    metadata = {"name": call.name, "namespace": call.namespace, "creationTimestamp": core.timestamp()}
    status = {"token": token, "expirationTimestamp": timestamp(expires)}
    answer = {"kind": "TokenRequest", "apiVersion": TOKEN_REQUEST.api_version, "metadata": metadata}
    return Answer(201, obj=answer | {"spec": spec, "status": status})


def _check(name: str, seconds: int) -> None:
    why = ""
    if seconds < SHORTEST:
        why = "may not specify a duration less than 10 minutes"
    elif seconds > LONGEST:
        why = "may not specify a duration larger than 2^32 seconds"
    if why:
        raise invalid(TOKEN_REQUEST, name, [invalid_value("spec.expirationSeconds", seconds, why)])


def _claims(core: Core, account: Object, spec: Object, expires: float) -> Object:
    metadata, now = account["metadata"], int(core.clock.now())
    own = {"name": metadata["name"], "uid": metadata["uid"]}
    return {
        "aud": spec["audiences"],
        "exp": int(expires),
        "iat": now,
        "iss": ISSUER,
        "jti": core.uid(),
        "kubernetes.io": {"namespace": metadata["namespace"], "serviceaccount": own},
        "nbf": now,
        "sub": f"system:serviceaccount:{metadata['namespace']}:{metadata['name']}",
    }


def _part(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")


def _signature(core: Core, text: bytes) -> bytes:
    if not core.token_key:
        core.token_key = core.rng.randbytes(32)
    return _part(hmac.digest(core.token_key, text, hashlib.sha256))


def _sign(core: Core, claims: Object) -> str:
    head = _part(orjson.dumps({"alg": "HS256", "typ": "JWT"}))
    text = head + b"." + _part(orjson.dumps(claims))
    return (text + b"." + _signature(core, text)).decode()


def account_of(core: Core, token: str) -> Object | None:
    """The claims of a token of this cluster, None for any other, or one that is over."""
    text, _, signature = token.encode().rpartition(b".")
    if not text or not hmac.compare_digest(signature, _signature(core, text)):
        return None
    payload = text.partition(b".")[2]
    claims: Object = orjson.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    return claims if claims["exp"] > core.clock.now() else None
