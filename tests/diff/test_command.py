from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from fake_cluster.objects import Object
from quaysim.cli import main
from tests.diff.examples import made, registry


def _file(place: Path, *objects: Object) -> str:
    place.write_text(yaml.safe_dump_all(objects))
    return str(place)


def test_equal_sets_exit_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = _file(tmp_path / "one.yaml", made("Service", "web", spec={"type": "ClusterIP"}))
    assert main(["diff", one, one]) == 0
    assert "4 of 4 fields equal (100.00 %)" in capsys.readouterr().out


def test_different_sets_exit_with_1_and_show_both_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = _file(tmp_path / "one.yaml", made("Service", "web", spec={"type": "ClusterIP"}))
    other = _file(tmp_path / "other.yaml", made("Service", "web", spec={"type": "LoadBalancer"}))
    assert main(["diff", one, other]) == 1
    printed = capsys.readouterr().out
    assert "Service quay/web: 1 of 4 differ\n  spec.type\n    - ClusterIP\n    + LoadBalancer\n" in printed
    assert "3 of 4 fields equal (75.00 %)" in printed


def test_the_comparison_is_there_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = _file(tmp_path / "one.yaml", registry(currentVersion="3.7.10"))
    other = _file(tmp_path / "other.yaml", registry(currentVersion="3.6.4"))
    assert main(["diff", one, other, "-o", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["equal"] is False
    assert data["fields"]["total"] - data["fields"]["equal"] == 1
    (found,) = data["objects"]["differing"]
    assert found["differences"] == [
        {"field": "status.currentVersion", "recorded": "3.7.10", "simulated": "3.6.4"}
    ]


def test_a_recording_is_a_directory_whose_input_does_not_count(tmp_path: Path) -> None:
    recording = tmp_path / "recording"
    recording.mkdir()
    bundle = made("Secret", "bundle", data={})
    _file(recording / "input.yaml", bundle)
    _file(recording / "objects.yaml", made("Service", "web"))
    said = {
        "type": "Normal",
        "reason": "Done",
        "message": "done",
        "involved": "QuayRegistry/skynet",
        "count": 4,
    }
    (recording / "events-quayregistry.yaml").write_text(yaml.safe_dump([said]))
    (recording / "timeline.jsonl").write_text("{}\n")
    simulated = _file(tmp_path / "simulated.yaml", bundle, made("Service", "web"))
    assert main(["diff", str(recording), simulated]) == 0


@pytest.mark.parametrize("text", ["a: [", "just text", "- not an event\n", "kind: Service\n"])
def test_what_holds_no_objects_exits_with_2(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(text)
    assert main(["diff", str(broken), str(broken)]) == 2
    assert str(broken) in capsys.readouterr().err


def test_a_file_that_is_not_there_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(tmp_path / "none.yaml"), "-"]) == 2
    assert "No such file or directory" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["diff", str(tmp_path / "empty"), "-"]) == 2
