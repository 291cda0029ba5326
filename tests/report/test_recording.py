"""`--record`: what the cluster did, step by step, in a form that another cluster's can be compared with."""

from __future__ import annotations

import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
import yaml

from fake_cluster.objects import Object
from quaysim.cli import main
from quaysim.diff import read_set
from quaysim.report.normal import Writer, common_names
from quaysim.report.recording import directory_of
from quaysim.report.redaction import REDACTED, Redactor
from tests.report.project import RULE, write_project

SECRETS = ["Xyzzy-in-uri-9", "Xyzzy-in-yaml-8", "Xyzzy-plain-7", "Xyzzy-note-6", "XyzzyPemBody5"]
BLOCKED = f"{RULE}::What is seen is not what was expected"
KEPT = f"{RULE}::A secret is kept"


def record(directory: Path, *arguments: str) -> Path:
    """Run the small suite with a recording."""
    command = [sys.executable, "-m", "pytest", "--record=recording", *arguments]
    subprocess.run(command, cwd=directory, capture_output=True, check=False)
    return directory / "recording"


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(write_project(tmp_path_factory.mktemp("recorded")))


def objects(file: Path) -> dict[str, Object]:
    """The objects of a file by kind and name."""
    found = yaml.load_all(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {f"{obj['kind']}/{obj['metadata']['name']}": obj for obj in found}


def test_a_scenario_is_told_by_its_sentences(recording: Path) -> None:
    story = (recording / directory_of(BLOCKED) / "story.md").read_text(encoding="utf-8")
    lines = [line for line in story.splitlines() if line]
    assert lines[0] == "# What is seen is not what was expected"
    assert f"- scenario: {BLOCKED}" in lines
    first = lines.index("## 1. Given a registry without its bundle")
    told = lines[first:]
    assert told[1] == "At 0 s."
    assert "- QuayRegistry quay-enterprise/lonely has come" in told
    assert (
        '  - RolloutBlocked is True ConfigInvalid: unable to get `configBundleSecret`: Secret "lost" not found'
        in told
    )
    assert any(line.startswith("- Event Warning ConfigInvalid QuayRegistry/lonely: ") for line in told)
    assert told[-2:] == [
        "Nothing has changed.",
        "It ended here: the registry expected: Available seen: <nothing> & blocked",
    ]


def test_objects_are_there_at_the_end_and_after_each_step_that_changed_them(recording: Path) -> None:
    place = recording / directory_of(BLOCKED)
    found = objects(place / "objects.yaml")
    assert found["QuayRegistry/lonely"]["status"]["conditions"]
    assert "managedFields" not in found["QuayRegistry/lonely"]["metadata"]
    assert [step.name for step in (place / "steps").iterdir()] == ["01"]
    assert (place / "steps/01/objects.yaml").read_text() == (place / "objects.yaml").read_text()


def test_what_the_scenario_made_is_told_from_what_came_of_it(recording: Path) -> None:
    assert set(objects(recording / directory_of(BLOCKED) / "input.yaml")) == {"QuayRegistry/lonely"}


@pytest.mark.parametrize("secret", SECRETS)
def test_no_recording_holds_a_secret(recording: Path, secret: str) -> None:
    forms = [secret, b64encode(secret.encode()).decode()]
    files = [path for path in recording.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files for form in forms if form in path.read_text(encoding="utf-8")] == []


def test_of_a_configuration_all_but_the_secrets_is_kept(recording: Path) -> None:
    secret = objects(recording / directory_of(KEPT) / "objects.yaml")["Secret/keep"]
    data = {key: b64decode(value).decode() for key, value in secret["data"].items()}
    assert yaml.safe_load(data.pop("config.yaml")) == {
        "DB_URI": f"postgresql://quay:{REDACTED}@db/quay",
        "DATABASE_SECRET_KEY": REDACTED,
    }
    assert data == {"password": REDACTED, "tls.key": REDACTED, "note": REDACTED}


def test_a_recording_can_be_compared_with_another(recording: Path, tmp_path: Path) -> None:
    again = record(write_project(tmp_path), "--seed=5", "-n", "2")
    for id_ in (BLOCKED, KEPT):
        sides = [str(one / directory_of(id_)) for one in (recording, again)]
        assert main(["diff", *sides]) == 0
        assert read_set(sides[0]).objects
    assert main(["diff", *(str(recording / directory_of(id_)) for id_ in (BLOCKED, KEPT))]) == 1


def test_recordings_of_runs_are_compared_scenario_by_scenario(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = record(write_project(tmp_path), "--seed=5")
    assert main(["diff", str(recording), str(again)]) == 0
    told = capsys.readouterr().out.splitlines()
    scenarios = [line for line in told if line.startswith("== ")]
    assert f"== {directory_of(BLOCKED)}" in scenarios
    assert told[-1] == f"{len(scenarios)} of {len(scenarios)} scenarios equal"
    shutil.rmtree(again / directory_of(BLOCKED))
    assert main(["diff", str(recording), str(again)]) == 1
    assert f"== {directory_of(BLOCKED)}: in one recording alone" in capsys.readouterr().out


def test_names_of_a_cluster_become_common_names() -> None:
    route = {
        "kind": "Route",
        "metadata": {"name": "quay", "namespace": "quaysim-3fa9c1-1", "managedFields": []},
        "spec": {"host": "registry-quay-quaysim-3fa9c1-1.apps.lab.test"},
        "status": {
            "ingress": [{"routerName": "default", "routerCanonicalHostname": "router-default.apps.lab.test"}]
        },
    }
    config = b64encode(b"SERVER_HOSTNAME: registry-quay-quaysim-3fa9c1-1.apps.lab.test\n").decode()
    secret = {"kind": "Secret", "metadata": {"name": "a"}, "data": {"config.yaml": config}}
    names = common_names(["quaysim-3fa9c1-1", "quaysim-3fa9c1-10"], [route, secret])
    writer = Writer(names, Redactor())
    assert writer.written(route)["metadata"] == {"name": "quay", "namespace": "quay-enterprise"}
    assert writer.written(route)["spec"]["host"] == "registry-quay-quay-enterprise.apps.example.com"
    written = b64decode(writer.written(secret)["data"]["config.yaml"]).decode()
    assert written == "SERVER_HOSTNAME: registry-quay-quay-enterprise.apps.example.com\n"
    assert writer.text("in quaysim-3fa9c1-10") == "in quay-enterprise-2"


def test_directories_are_readable_and_no_other_scenarios() -> None:
    one, other = (
        directory_of(f"features/03-preparation/tls.feature::Same words::{end}") for end in ("A!", "A?")
    )
    assert str(one).startswith("features/03-preparation/tls/same-words-a-")
    assert one != other
    assert len(directory_of("x.feature::" + "long " * 90).name) < 80


def test_a_place_that_cannot_be_written_to_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "recording").write_text("")
    command = [sys.executable, "-m", "pytest", "--record=recording"]
    ran = subprocess.run(command, cwd=write_project(tmp_path), capture_output=True, text=True, check=False)
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --record: nothing can be written to recording: file exists" in ran.stderr
