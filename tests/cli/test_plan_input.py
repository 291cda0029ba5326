from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.inputs import BUNDLED, bundle, registry, write

REGISTRY = "apiVersion: quay.redhat.com/v1\nkind: QuayRegistry\nmetadata: {name: example-registry}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1\nb: 2\n", ":2: not YAML: did not find expected ',' or ']'"),
        ("- a\n", ":1: an object is expected here, not a list"),
        ("kind: QuayRegistry\n", ":1: apiVersion: Required value: every object has one, as text"),
        ("apiVersion: v1\nkind: 3\n", ":2: kind: Required value: every object has one, as text"),
        (f"{REGISTRY}metadata: {{}}\n", ":4: metadata: the field is there twice"),
        (f"{REGISTRY}spec:\n  true: 1\n", ':5: spec: a field name must be a string; write "true"'),
        (
            f"{REGISTRY}spec: !!binary eA==\n",
            ":4: spec: values of type tag:yaml.org,2002:binary cannot be sent to the API",
        ),
        (
            f"{REGISTRY}spec: {{x: 99999999999999999999}}\n",
            ":4: spec.x: the number does not fit into 64 bits",
        ),
        (f"{REGISTRY}spec: &a [*a]\n", ":4: spec[0]: its aliases unfold without bounds"),
        ("", ": no objects here"),
        ("---\n---\n", ": no objects here"),
        (SECRET, ": there is no QuayRegistry (quay.redhat.com/v1) among these objects"),
        (f"{SECRET}data: {{k: '***'}}\n", ":4: data[k]: Secret in version"),
        (
            "apiVersion: v1\nkind: Sekret\n",
            ':2: kind: no resource of kind "Sekret" in version "v1" on this platform',
        ),
        (f"{REGISTRY}spec: {{components: 1}}\n", ":4: spec.components: Invalid value"),
        (
            f"{REGISTRY}spec:\n  components:\n  - kind: quay\n    managed: true\n  - kind: route\n",
            ":8: spec.components[1].managed: Required value",
        ),
        (REGISTRY.replace("example-registry", "Example_Registry"), ":3: metadata.name: Invalid value"),
        (REGISTRY.replace("name:", "namespace:"), ":3: metadata.name: Required value"),
        (REGISTRY.replace("example-registry", "5"), ":3: metadata.name: QuayRegistry in version"),
        (REGISTRY.replace("{", "{namespace: n, "), ":3: metadata.namespace: text is expected here"),
        (REGISTRY.replace("{", "{namespace: Bad_Name, "), ":3: metadata.namespace: "),
    ],
)
def test_input_that_cannot_be_read_is_named_by_file_line_and_field(
    run: Run, tmp_path: Path, text: str, problem: str
) -> None:
    file = tmp_path / "registry.yaml"
    file.write_text(text)
    ran = run("plan", str(file))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith(f"quaysim: {file}{problem}")


def test_deep_nesting_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text("a: " + "[" * 50_000)
    ran = run("plan", str(tmp_path / "deep.yaml"))
    assert (ran.code, ran.err.count("\n")) == (2, 1)


def test_aliases_of_aliases_are_refused(run: Run, tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines))
    ran = run("plan", str(tmp_path / "bomb.yaml"))
    assert (ran.code, "unfold without bounds" in ran.err) == (2, True)


def test_files_that_are_not_there_are_named(run: Run, tmp_path: Path) -> None:
    missing, empty = tmp_path / "none.yaml", tmp_path / "empty"
    empty.mkdir()
    assert run("plan", str(missing)).err == f"quaysim: {missing}: no such file or directory\n"
    assert (
        run("plan", str(empty)).err == f"quaysim: {empty}: no .yaml, .yml or .json file in this directory\n"
    )


def test_a_binary_file_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    assert (
        run("plan", str(tmp_path / "x.yaml")).err
        == f"quaysim: {tmp_path}/x.yaml: not text: it is not UTF-8\n"
    )


def test_an_unknown_field_is_a_warning_with_its_place(run: Run, tmp_path: Path) -> None:
    """Documentation 8: in the proxy example `overrides` stands beside `components`."""
    file = write(tmp_path / "registry.yaml", registry(overrides={"env": []}))
    ran = run("plan", file)
    first = ran.out.splitlines()[0]
    assert (
        first
        == f"Warning: {file}:7: spec.overrides: no such field in a QuayRegistry; the API server drops it"
    )
    assert ran.code == 0


def test_an_operator_version_that_is_not_simulated_is_refused(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "registry.yaml", registry())
    ran = run("plan", file, "--operator-version", "2.0")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "'2.0' is not simulated" in ran.err


def test_a_domain_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "registry.yaml", registry())
    ran = run("plan", file, "--apps-domain", "bad domain!")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "'bad domain!' is not a domain" in ran.err


def test_manifests_come_from_standard_input_and_directories_alike(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.yaml", registry(**BUNDLED))
    write(tmp_path / "b.yml", bundle(config_yaml="SERVER_HOSTNAME: 1\n"))
    (tmp_path / "notes.txt").write_text("not a manifest")
    from_directory = run("plan", str(tmp_path), "-o", "json")
    objects = {
        "kind": "List",
        "apiVersion": "v1",
        "items": [registry(**BUNDLED), bundle(config_yaml="SERVER_HOSTNAME: 1\n")],
    }
    monkeypatch.setattr("sys.stdin", io.StringIO(Path(write(tmp_path / "list.json", objects)).read_text()))
    from_stdin = run("plan", "-", "-o", "json")
    assert from_directory.code == from_stdin.code == 3
    assert '"stringData[config.yaml]"' in from_directory.out
    assert "standard input:" in from_stdin.out


class TestBundle:
    @pytest.fixture
    def file(self, tmp_path: Path) -> str:
        return write(tmp_path / "registry.yaml", registry())

    def test_a_directory_is_a_bundle(self, run: Run, tmp_path: Path, file: str) -> None:
        place = tmp_path / "bundle"
        (place / "extra_ca_certs").mkdir(parents=True)
        (place / "config.yaml").write_text("SERVER_HOSTNAME: quay.example.org\n")
        (place / "extra_ca_certs" / "proxy.crt").write_text("PEM")
        (place / ".hidden").write_text("")
        ran = run("plan", file, "--bundle", str(place), "-o", "yaml")
        assert ran.code == 0
        assert "registryEndpoint: https://quay.example.org" in ran.out
        assert "extra_ca_cert_proxy.crt" in ran.out
        assert ".hidden" not in ran.out

    def test_a_config_yaml_is_a_bundle(self, run: Run, tmp_path: Path, file: str) -> None:
        (tmp_path / "config.yaml").write_text("SERVER_HOSTNAME: quay.example.org\n")
        assert "https://quay.example.org" in run("plan", file, "--bundle", str(tmp_path / "config.yaml")).out

    def test_a_secret_is_a_bundle(self, run: Run, tmp_path: Path, file: str) -> None:
        secret = write(tmp_path / "secret.yaml", bundle(config_yaml="SERVER_HOSTNAME: quay.example.org\n"))
        assert "https://quay.example.org" in run("plan", file, "--bundle", secret).out

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("", ": config.yaml is empty; it must be a mapping of Quay's fields"),
            ("- a\n", ":1: config.yaml must be one mapping of Quay's fields"),
            ("a: [\n", ":2: not YAML: did not find expected node content"),
            ("a: 1\n---\nb: 2\n", ":3: config.yaml must be one mapping of Quay's fields"),
            (f"{SECRET}data: {{k: '*'}}\n", ":4: data.k: not base64"),
            (
                f"{SECRET}data: []\n---\nx: 1\n",
                ":1: a bundle is one Secret; give further objects as manifests",
            ),
            (f"{SECRET}stringData: {{other: x}}\n", ": the bundle has no config.yaml; it must have one"),
        ],
    )
    def test_a_bundle_that_cannot_be_used_is_named(
        self, run: Run, tmp_path: Path, file: str, text: str, problem: str
    ) -> None:
        given = tmp_path / "bundle.yaml"
        given.write_text(text)
        ran = run("plan", file, "--bundle", str(given))
        assert (ran.code, ran.err) == (2, f"quaysim: {given}{problem}\n")

    def test_a_bundle_that_is_not_there_is_named(self, run: Run, tmp_path: Path, file: str) -> None:
        ran = run("plan", file, "--bundle", str(tmp_path / "none"))
        assert (ran.code, ran.err) == (2, f"quaysim: {tmp_path}/none: no such file or directory\n")

    def test_two_bundles_are_one_too_many(self, run: Run, tmp_path: Path) -> None:
        file = write(tmp_path / "r.yaml", registry(**BUNDLED), bundle(config_yaml="{}"))
        (tmp_path / "config.yaml").write_text("{}")
        ran = run("plan", file, "--bundle", str(tmp_path / "config.yaml"))
        assert (ran.code, "leave one of them out" in ran.err) == (2, True)
