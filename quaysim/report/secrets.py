"""What is secret in the namespaces of a scenario: the data of its Secrets, and the way to its cluster."""

from __future__ import annotations

from fake_cluster.errors import ApiError
from quaysim.report.redaction import Redactor
from quaysim.targets import Target
from quaysim.targets.resources import SECRETS


def redactor_for(target: Target) -> Redactor:
    """A redactor that knows the scenario's secrets, as far as they can be read."""
    redactor = Redactor()
    for token in getattr(target.api_client.configuration, "api_key", {}).values():
        redactor.learn(token.removeprefix("Bearer "))
    for namespace in target.namespaces:
        _learn(redactor, target, namespace)
    return redactor


def _learn(redactor: Redactor, target: Target, namespace: str) -> None:
    try:
        found = target.client.list(SECRETS, namespace)
    except ApiError:
        return
    for secret in found:
        redactor.learn_from(secret)
