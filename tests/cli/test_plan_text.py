from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from quaysim.plan.paper import BAD, line, print_lines
from tests.cli.conftest import Run
from tests.cli.inputs import BUNDLED, NAMESPACE, Object, bundle, managed, registry, unmanaged, write


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, coloured: bool
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    terminal, file = _Terminal(), io.StringIO()
    for stream in (terminal, file):
        print_lines([line("It ", ("fails", BAD))], stream)
    assert file.getvalue() == "It fails\n"
    assert terminal.getvalue() == ("It \x1b[31mfails\x1b[0m\n" if coloured else "It fails\n")


def test_a_component_says_how_many_pods_of_which_size_it_has(run: Run, tmp_path: Path) -> None:
    out = run("plan", write(tmp_path / "registry.yaml", registry())).out
    assert "2 to 20 Pods of example-registry-quay-app, each 2 CPU, 8Gi (limits 2 CPU, 8Gi)" in out
    assert "1 Pod of example-registry-quay-config-editor, without requests" in out
    assert "At the minimum  10 Pods, 10.5 CPU, 26Gi" in out
    assert "150Gi: 50Gi postgres, 50Gi objectstorage, 50Gi clairpostgres" in out


def test_nodes_say_what_is_where_and_what_is_missing(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "registry.yaml", registry())
    out = run("plan", file, "--node-size", "3:8x32Gi").out
    least, most = out.split("Where it fits at ")[1:]
    assert "Yes: 10 Pods on 3 nodes" in least
    assert "node-3" in least
    assert "No: " in most
    assert "nodes of 8x32Gi would do." in most


@pytest.mark.parametrize("size", ["8", "8x32Gi:3", "axb"])
def test_a_node_size_that_is_none_gets_one_line(run: Run, tmp_path: Path, size: str) -> None:
    ran = run("plan", write(tmp_path / "registry.yaml", registry()), "--node-size", size)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith(f"quaysim: --node-size: '{size}'")


def test_rules_are_shown_with_their_sections_if_asked_for(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "registry.yaml", registry(unmanaged("route")))
    assert "Rules\n" not in run("plan", file).out
    shown = run("plan", file, "--rules").out.partition("Rules\n")[2]
    assert "- 3.5.3      An unmanaged route is yours to provide" in shown
    assert "+ 3.5.1      A managed redis is configured by the operator alone" in shown
    assert "? 1.2        A managed quay must get ready" in shown


def test_everything_that_is_in_the_way_is_told_at_once(run: Run, tmp_path: Path) -> None:
    out = run("plan", write(tmp_path / "registry.yaml", registry(unmanaged("route"), unmanaged("tls")))).out
    first, then = out.split("And when that is mended:")
    assert "required component `route`" in first
    assert "required component `tls`" in then


def test_warnings_name_the_field_the_line_and_the_section(run: Run, tmp_path: Path) -> None:
    directory = tmp_path / "bundle"
    directory.mkdir()
    (directory / "config.yaml").write_text("A: 1\nFEATURE_BUILD_SUPPORT: true\n")
    out = run("plan", write(tmp_path / "registry.yaml", registry()), "--bundle", str(directory)).out
    assert "! Builders are not supported while tls is managed." in out
    assert f"FEATURE_BUILD_SUPPORT ({directory / 'config.yaml'}:2), documentation, section 9.3.2.1" in out


def test_an_upgrade_is_told_step_by_step(run: Run, tmp_path: Path) -> None:
    ran = run("plan", write(tmp_path / "registry.yaml", registry()), "--from-version", "3.6.4")
    assert ran.code == 0
    assert "operator 3.6.4 to 3.7.10" in ran.out
    assert "spec.components is completed: quay, clairpostgres" in ran.out
    assert "Quay is down    from " in ran.out
    assert "Values kept     SECRET_KEY, DATABASE_SECRET_KEY, DB_URI, DB_ROOT_PW" in ran.out


@pytest.mark.parametrize("option", ["--from-version", "--operator-version"])
def test_an_operator_that_is_not_simulated_gets_one_line(run: Run, tmp_path: Path, option: str) -> None:
    ran = run("plan", write(tmp_path / "registry.yaml", registry()), option, "2.0.0")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "'2.0.0' is not simulated" in ran.err


def _named(name: str, namespace: str, *components: Object) -> Object:
    return registry(*components) | {"metadata": {"name": name, "namespace": namespace}}


def test_registries_of_several_namespaces_each_find_their_own_bundle(run: Run, tmp_path: Path) -> None:
    first, second = _named("one", "a"), _named("two", "b")
    first["spec"] = second["spec"] = BUNDLED
    spaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in "ab"]
    bundles = [
        bundle("a", config_yaml="SERVER_HOSTNAME: one.apps.example.com\n"),
        bundle("b", config_yaml="{}"),
    ]
    ran = run("plan", write(tmp_path / "all.yaml", *spaces, first, second, *bundles), "-o", "json")
    endpoints = [item["registryEndpoint"] for item in json.loads(ran.out)["registries"]]
    assert endpoints == ["https://one.apps.example.com", "https://two-quay-b.apps.example.com"]


def test_a_field_that_the_api_server_drops_is_named_with_its_line(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "registry.yaml", registry(managed("mirror"), overrides={"env": []}))
    number = next(
        index for index, text in enumerate(Path(file).read_text().splitlines(), 1) if "overrides" in text
    )
    assert (
        f"Warning: {file}:{number}: spec.overrides: no such field in a QuayRegistry" in run("plan", file).out
    )


def test_the_namespace_may_bring_its_own_labels(run: Run, tmp_path: Path) -> None:
    space = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE, "labels": {"team": "a"}},
    }
    ran = run("plan", write(tmp_path / "all.yaml", registry(), space), "-o", "yaml")
    assert (ran.code, "team: a" in ran.out) == (0, True)


def test_what_the_operator_only_logs_is_shown_as_its_log(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "registry.yaml", registry(managed("quay")))
    ran = run("plan", file, "--operator-version", "3.6.4")
    assert (ran.code, ran.err) == (3, "")
    assert "unknown component: quay" in ran.out.partition("The operator's log\n")[2]
