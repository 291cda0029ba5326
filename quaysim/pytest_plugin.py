"""The pytest plugin behind `pytest features/`: options, the target of each scenario, and its report."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator, Iterator

import pytest

from quaysim.gherkin import collector, failures, lookup, tags
from quaysim.targets.base import Target, Targets, Unsupported
from quaysim.targets.diagnosis import describe
from quaysim.targets.fake import FakeTargets

pytest_plugins = ["quaysim.report.plugin"]
TARGETS = pytest.StashKey[Targets]()
TARGET = pytest.StashKey[Target]()
DEFAULT_APPS_DOMAIN = "apps.example.com"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that say on which cluster scenarios run."""
    group = parser.getgroup("quaysim", "conformance of the Quay Operator")
    option = group.addoption
    option("--cluster", choices=["fake", "kubeconfig"], default="fake", help="where scenarios run")
    option("--kubeconfig", metavar="FILE", help="kubeconfig of the cluster (default: kubectl's)")
    option("--context", metavar="NAME", help="context in the kubeconfig (default: the current one)")
    option(
        "--operator",
        choices=["simulated", "real"],
        help="whose operator: a fake cluster simulates it, on another cluster it is the one found there",
    )
    option("--seed", type=int, default=0, metavar="N", help="seed of the fake clusters (default 0)")
    option(
        "--apps-domain",
        metavar="DOMAIN",
        help="domain of the router's host names (default: apps.example.com, or what the router says)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, the feature collector and the step look-up; look at the options."""
    for line in tags.MARKERS:
        config.addinivalue_line("markers", line)
    for part in (collector, failures, lookup, tags):
        config.pluginmanager.register(part)
    if not config.getoption("help"):
        config.stash[TARGETS] = _targets(config)


def _targets(config: pytest.Config) -> Targets:
    option = config.getoption
    if option("cluster") == "kubeconfig":
        return _kubeconfig_targets(config)
    if option("operator") == "real":
        raise pytest.UsageError("--operator=real needs --cluster=kubeconfig: a fake cluster simulates it")
    if option("kubeconfig") or option("context"):
        raise pytest.UsageError("--kubeconfig and --context need --cluster=kubeconfig")
    return FakeTargets(option("seed"), option("apps_domain") or DEFAULT_APPS_DOMAIN)


def _kubeconfig_targets(config: pytest.Config) -> Targets:
    from quaysim.targets.kubeconfig import (  # noqa: PLC0415 - only such a run pays for the client
        BadKubeconfig,
        KubeconfigTargets,
        Options,
    )

    option = config.getoption
    options = Options(option("kubeconfig"), option("context"), option("apps_domain"))
    try:
        targets = KubeconfigTargets(options)
        targets.check()
    except BadKubeconfig as error:
        raise pytest.UsageError(str(error)) from error
    return targets


def pytest_report_header(config: pytest.Config) -> str:
    """Say on what the scenarios run."""
    return f"scenarios run on {config.stash[TARGETS].describe()}"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage less often: a cluster's objects are many, and most of them live as long as it does."""
    if _has_scenarios(session):
        gc.freeze()
        gc.set_threshold(100_000, 20, 100)


def _has_scenarios(session: pytest.Session) -> bool:
    return any(item.path.suffix == ".feature" for item in session.items)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Spare a run of scenarios what others do at the end: look through all memory, import Hypothesis to say nothing.

    Half a second each.
    """
    config = session.config
    if _has_scenarios(session):
        gc.freeze()
    unused = "hypothesis" not in sys.modules and not config.getoption(
        "hypothesis_show_statistics", default=False
    )
    if unused and config.pluginmanager.has_plugin("hypothesispytest"):
        config.pluginmanager.unregister(name="hypothesispytest")


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The cluster of one scenario; skips the scenario if no such cluster can be had."""
    needs = {mark.args[0] for mark in request.node.iter_markers("needs")}
    try:
        opened = request.config.stash[TARGETS].open(needs)
    except Unsupported as reason:
        pytest.skip(str(reason))
    with opened:
        request.node.stash[TARGET] = opened
        yield opened
    del request.node.stash[TARGET]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failed scenario what the cluster says of its registries, and how to run it again."""
    report = yield
    if report.when == "call" and report.failed and TARGET in item.stash:
        opened = item.stash[TARGET]
        report.sections.append(("the registries and what happened to them", describe(opened)))
        report.sections.append(("ran on", item.config.stash[TARGETS].describe()))
    return report
