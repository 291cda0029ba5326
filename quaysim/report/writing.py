"""Writes the files of a report. What is half written is not left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml

from quaysim.report.junit import junit
from quaysim.report.messages import messages
from quaysim.report.redaction import Redactor
from quaysim.report.run import Run
from quaysim.report.summary import as_yaml, implementation, rfc3339
from quaysim.report.versions import machine, packages
from quaysim.report.web import page


def requests(run: Run) -> Iterator[dict[str, Any]]:
    """The requests of each scenario, in the order in which they were sent."""
    for result in run.results:
        for exchange in result.outcome.exchanges:
            told = {key: value for key, value in asdict(exchange).items() if value not in (None, "")}
            yield {"scenario": result.case.id, **told}


def environment(run: Run) -> dict[str, Any]:
    """What the run ran with and on, redacted."""
    had, lacked = run.capabilities
    told = {
        "date": rfc3339(run.started),
        "seconds": round(run.finished - run.started, 3),
        "mode": run.mode,
        "ranOn": run.described,
        "settings": run.settings,
        "implementation": implementation(run),
        "nodes": run.facts.get("nodes") or {},
        "capabilities": {"supported": had, "unsupported": lacked},
        "packages": packages(),
        "machine": machine(),
    }
    redacted: dict[str, Any] = Redactor().tree(told)
    return redacted


def _environment_yaml(run: Run) -> str:
    return yaml.dump(environment(run), Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)


def _lines(items: Iterable[dict[str, Any]]) -> str:
    return "".join(orjson.dumps(item).decode() + "\n" for item in items)


REPORT = "report.yaml"
FILES: dict[str, Callable[[Run], str]] = {
    REPORT: as_yaml,
    "report.html": page,
    "messages.ndjson": lambda run: _lines(messages(run)),
    "junit.xml": junit,
    "environment.yaml": _environment_yaml,
    "requests.ndjson": lambda run: _lines(requests(run)),
}
"""Name of a file → its text."""


@dataclass(frozen=True)
class Destination:
    """Where a report goes: a directory, or a file that takes `report.yaml` alone."""

    path: Path

    @property
    def is_file(self) -> bool:
        """Whether it is one file."""
        return self.path.suffix in {".yaml", ".yml"}

    @property
    def directory(self) -> Path:
        """The directory that must exist."""
        return self.path.parent if self.is_file else self.path

    def prepare(self) -> None:
        """Make the directory; raises OSError if nothing can be written there."""
        self.directory.mkdir(parents=True, exist_ok=True)
        probe = self.directory / ".quaysim-report"
        probe.touch()
        probe.unlink()

    def write(self, run: Run) -> list[Path]:
        """Write the report and return its files."""
        if self.is_file:
            return [_replace(self.path, as_yaml(run))]
        return [_replace(self.path / name, make(run)) for name, make in FILES.items()]


def _replace(path: Path, text: str) -> Path:
    """Write a file so that whoever reads it meanwhile sees the old or the new one."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return path
