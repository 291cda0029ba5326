"""AdmissionReview: the question that a webhook gets, and what its answer means.

Source: documentation "Dynamic Admission Control"; texts of a 1.36 server.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, NamedTuple

import orjson

from fake_cluster.api.call import Call
from fake_cluster.api.patch import json_patch
from fake_cluster.errors import ApiError
from fake_cluster.kinds import Resource
from fake_cluster.objects import Object

API_VERSION = "admission.k8s.io/v1"
_OPTIONS = {"CREATE": "CreateOptions", "UPDATE": "UpdateOptions", "DELETE": "DeleteOptions"}


class BadAnswerError(Exception):
    """A webhook has answered something that is no answer."""


class Verdict(NamedTuple):
    """What a webhook says: nothing against it, perhaps with changes (operations of a JSON patch)."""

    patch: list[Any]
    warnings: list[str]


class Question(NamedTuple):
    """One write, as a webhook is asked about it."""

    uid: str
    operation: str
    call: Call
    target: Resource
    obj: Object | None
    old: Object | None

    def request(self) -> Object:
        """`request` of the AdmissionReview."""
        call, target = self.call, self.target
        shown = self.obj or self.old or {}
        request: Object = {"uid": self.uid, "kind": _kind(target), "resource": _resource(target)}
        request |= {"requestKind": _kind(call.resource), "requestResource": _resource(call.resource)}
        if call.subresource:
            request |= {"subResource": call.subresource, "requestSubResource": call.subresource}
        request |= {"name": call.name or (shown.get("metadata") or {}).get("name", "")}
        request |= {"namespace": call.namespace} if call.namespace else {}
        options = {"kind": _OPTIONS[self.operation], "apiVersion": "meta.k8s.io/v1"}
        return request | {
            "operation": self.operation,
            "userInfo": call.user.info(),
            "object": self.obj,
            "oldObject": self.old,
            "dryRun": call.options.dry_run,
            "options": options,
        }

    def body(self) -> Object:
        """What is sent."""
        return {"kind": "AdmissionReview", "apiVersion": API_VERSION, "request": self.request()}


def _kind(resource: Resource) -> Object:
    ref = resource.ref
    return {"group": ref.group, "version": ref.version, "kind": ref.kind}


def _resource(resource: Resource) -> Object:
    ref = resource.ref
    return {"group": ref.group, "version": ref.version, "resource": ref.plural}


def verdict_of(name: str, uid: str, answer: Any) -> Verdict:
    """What an answer means: ApiError for a refusal, BadAnswerError for no answer at all."""
    response = answer.get("response") if isinstance(answer, dict) else None
    if not isinstance(response, dict):
        raise BadAnswerError("webhook response was absent")
    if (answer.get("kind"), answer.get("apiVersion")) != ("AdmissionReview", API_VERSION):
        got = f"{answer.get('apiVersion', '')}, Kind={answer.get('kind', '')}"
        raise BadAnswerError(f"expected webhook response of {API_VERSION}, Kind=AdmissionReview, got {got}")
    if response.get("uid") != uid:
        raise BadAnswerError(f'expected response.uid="{uid}", got "{response.get("uid", "")}"')
    if response.get("allowed") is not True:
        raise refusal(name, response.get("status") or {})
    warnings = [text for text in response.get("warnings") or () if isinstance(text, str)]
    return Verdict(_patch(response), warnings)


def _patch(response: Object) -> list[Any]:
    encoded, kind = response.get("patch"), response.get("patchType")
    if not encoded and not kind:
        return []
    if not encoded or not kind:
        given, missing = ("patch", "patchType") if encoded else ("patchType", "patch")
        raise BadAnswerError(f"webhook returned response.{given} but not response.{missing}")
    if kind != "JSONPatch":
        raise BadAnswerError(f'invalid webhook response: unknown patch type "{kind}"')
    try:
        operations = orjson.loads(base64.b64decode(encoded))
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadAnswerError(f"webhook returned a patch that cannot be read: {error}") from None
    if not isinstance(operations, list):
        raise BadAnswerError("webhook returned a patch that is no list")
    return operations


def patched(obj: Object, operations: list[Any]) -> Object:
    """An object after a webhook's changes; BadAnswerError where they do not fit."""
    try:
        return json_patch(obj, operations)
    except ApiError as error:
        raise BadAnswerError(error.message) from None


def refusal(name: str, status: Object) -> ApiError:
    """The refusal of a webhook, in its own words; 400 unless it says otherwise."""
    denied, told = (
        f'admission webhook "{name}" denied the request',
        status.get("message") or status.get("reason"),
    )
    code = status.get("code")
    return ApiError(
        code=code if isinstance(code, int) and 400 <= code < 600 else 400,
        reason=status.get("reason") or "",
        message=f"{denied}: {told}" if told else f"{denied} without explanation",
        details=status.get("details") or {},
    )
