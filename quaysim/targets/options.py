"""The options of the command line that say on which cluster scenarios run, and the targets that follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from quaysim.targets.base import Targets
from quaysim.targets.capabilities import BadCapabilities, declared
from quaysim.targets.connection import CONSENT, BadKubeconfig, Options
from quaysim.targets.fake import FakeTargets

if TYPE_CHECKING:
    from quaysim.targets.settings import Operator, Settings
    from quaysim.targets.sources import Source

DEFAULT_APPS_DOMAIN = "apps.example.com"
WORKER = "workerinput"
TOLD = "quaysim"
"""Where xdist keeps what the controlling process tells a worker, and ours of it."""
ONLY_FOREIGN = (
    "kubeconfig",
    "context",
    "stand_ins",
    "capabilities",
    "keep",
    "not_a_test_cluster",
    "image",
    "require_containers",
)


def add(parser: pytest.Parser) -> None:
    """Add the options to pytest's."""
    option = parser.getgroup("quaysim", "conformance of the Quay Operator").addoption
    option(
        "--cluster",
        choices=["fake", "kubeconfig", "kind", "k3s"],
        default="fake",
        help="where scenarios run (default fake)",
    )
    option("--kubeconfig", metavar="FILE", help="kubeconfig of the cluster; must be named")
    option("--context", metavar="NAME", help="context in the kubeconfig; must be named")
    option(
        CONSENT,
        action="store_true",
        dest="not_a_test_cluster",
        help="use a context that does not look like a test cluster",
    )
    option(
        "--operator",
        choices=["simulated", "real"],
        help="whose operator: on a fake cluster it is simulated; on another one it is the one found there, or with "
        "`simulated` one that runs in this process as a client of the cluster",
    )
    option(
        "--stand-ins",
        metavar="auto|none|LIST",
        help="bring what the cluster lacks: quay-api, openshift-apis, controllers, nodes, volumes, router, buckets, "
        "certificates (default: auto with the simulated operator, none with a real one)",
    )
    option(
        "--capabilities", metavar="FILE", help="YAML file that overrides what is found out about the cluster"
    )
    option("--image", metavar="IMAGE", help="node image of --cluster=kind, or image of --cluster=k3s")
    option(
        "--require-containers",
        action="store_true",
        help="fail, instead of skipping everything, where kind or k3s cannot be started",
    )
    option("--keep", action="store_true", help="leave what the run has made; `quaysim cleanup` removes it")
    option("--seed", type=int, default=0, metavar="N", help="seed of the fake clusters (default 0)")
    option(
        "--apps-domain",
        metavar="DOMAIN",
        help=f"domain of the router's host names (default: {DEFAULT_APPS_DOMAIN}, or what the router says)",
    )


def targets(config: pytest.Config) -> Targets:
    """The targets that the options ask for; raises pytest.UsageError."""
    option = config.getoption
    if option("cluster") != "fake":
        return _foreign(config, getattr(config, WORKER, {}))
    if option("operator") == "real":
        raise pytest.UsageError("--operator=real needs --cluster=kubeconfig: a fake cluster simulates it")
    if given := [_flag(name) for name in ONLY_FOREIGN if option(name)]:
        raise pytest.UsageError(f"{' and '.join(given)}: only with --cluster=kubeconfig")
    return FakeTargets(option("seed"), option("apps_domain") or DEFAULT_APPS_DOMAIN)


def _flag(name: str) -> str:
    return CONSENT if name == "not_a_test_cluster" else f"--{name.replace('_', '-')}"


def _foreign(config: pytest.Config, worker: Mapping[str, Any]) -> Targets:
    from quaysim.targets.session import ForeignTargets  # noqa: PLC0415 - only such a run pays for the client

    letter = str(worker.get("workerid", "")).replace("gw", "w")
    try:
        settings = _settings(config)
        return ForeignTargets(
            _source(config, settings), settings, worker.get(TOLD), f"{letter}-" if letter else ""
        )
    except (BadKubeconfig, BadCapabilities) as error:
        raise pytest.UsageError(str(error)) from error


def _source(config: pytest.Config, settings: Settings) -> Source:
    """The cluster that the options ask for."""
    from quaysim.targets import sources  # noqa: PLC0415 - as above

    option, real = config.getoption, settings.operator == "real"
    if option("cluster") == "kubeconfig":
        allowed = option("not_a_test_cluster")
        return sources.Given(Options(option("kubeconfig"), option("context"), not_a_test_cluster=allowed))
    if given := [_flag(name) for name in ("kubeconfig", "context") if option(name)]:
        raise pytest.UsageError(f"{' and '.join(given)}: only with --cluster=kubeconfig")
    if option("cluster") == "kind":
        image = option("image") or (sources.KIND_BEFORE_1_25 if real else "")
        tainted = "nodes" in (settings.stand_ins or ())
        return sources.Kind(image, tainted=tainted, keep=settings.keep)
    return sources.K3s(option("image") or (sources.K3S_BEFORE_1_25 if real else sources.K3S_IMAGE))


def _settings(config: pytest.Config) -> Settings:
    from quaysim.standins import BadStandIns, chosen  # noqa: PLC0415 - as above
    from quaysim.targets.settings import Settings  # noqa: PLC0415

    option = config.getoption
    operator: Operator = option("operator") or "real"
    try:
        stand_ins = chosen(option("stand_ins") or {"real": "none", "simulated": "auto"}[operator])
    except BadStandIns as error:
        raise pytest.UsageError(str(error)) from error
    said = declared(option("capabilities")) if option("capabilities") else {}
    return Settings(
        operator,
        stand_ins,
        said,
        option("apps_domain") or "",
        keep=option("keep"),
        require_containers=option("require_containers"),
    )
