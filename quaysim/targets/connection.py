"""The way to a cluster: a kubeconfig, a context in it, and whether that looks like a cluster for tests.

Both must be named: nobody's current context is touched by accident. The rule of what looks like a test
cluster: the API server is on this machine (localhost, 127.0.0.0/8, ::1), or a word of the context's name is one
of those in `OF_TESTS`; and no word of it is one of those in `OF_PRODUCTION`. Words are what stands between
the characters that are neither letters nor digits; digits at their end do not count (`lab2` is `lab`).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import yaml

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

OF_TESTS = frozenset(
    """ci conformance crc dev e2e ephemeral k3d k3s kind kwok lab microk8s minikube nightly quaysim sandbox test tests
    testing""".split()  # noqa: SIM905 - a list of words
)
OF_PRODUCTION = frozenset(["live", "prd", "prod", "production"])
CONSENT = "--i-know-this-is-not-a-test-cluster"


class BadKubeconfig(Exception):  # noqa: N818 - a usage error of the person at the command line
    """A kubeconfig that cannot be used; `str()` says why in one sentence."""


@dataclass(frozen=True)
class Options:
    """What the command line says of the cluster."""

    kubeconfig: str | None = None
    context: str | None = None
    not_a_test_cluster: bool = False
    """Whether whoever runs it has said that they know."""


def connect(options: Options) -> ApiClient:
    """The official client for a kubeconfig and a context; raises BadKubeconfig."""
    import kubernetes.config  # noqa: PLC0415 - half a second that only runs on such a cluster spend

    if not options.kubeconfig or not options.context:
        raise BadKubeconfig("--kubeconfig and --context must both be given: no cluster is used by accident")
    load: Any = kubernetes.config.new_client_from_config
    try:
        client = cast("ApiClient", load(options.kubeconfig, context=options.context))
    except kubernetes.config.ConfigException as error:
        raise BadKubeconfig(f"{options.kubeconfig} cannot be used: {error}") from error
    except (yaml.YAMLError, AttributeError, LookupError, TypeError, ValueError) as error:
        # the package stumbles over a file that is no kubeconfig at all
        raise BadKubeconfig(f"{options.kubeconfig} is not a kubeconfig") from error
    check_it_is_for_tests(options, client.configuration.host)
    return client


def check_it_is_for_tests(options: Options, server: str) -> None:
    """Raise BadKubeconfig for a cluster that does not look like one for tests, unless somebody knows."""
    if not (options.not_a_test_cluster or looks_like_a_test_cluster(options.context or "", server)):
        raise BadKubeconfig(
            f"the context {options.context} ({server}) does not look like a cluster for tests; "
            f"if it may be used all the same, say {CONSENT}"
        )


def looks_like_a_test_cluster(context: str, server: str) -> bool:
    """By the rule above."""
    words = {re.sub(r"(?<=\D)\d+$", "", word) for word in re.split(r"[\W_]+", context.lower())}
    words |= set(re.split(r"[\W_]+", context.lower()))
    return not words & OF_PRODUCTION and bool(words & OF_TESTS or _is_here(server))


def _is_here(server: str) -> bool:
    host = urlsplit(server).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
