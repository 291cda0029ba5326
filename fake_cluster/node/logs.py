"""Logs of containers, cut as `kubectl logs` asks for them.

Source: API reference, PodLogOptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fake_cluster.machinery.clock import micro_timestamp, parse_timestamp
from fake_cluster.node.program import LogLine


def rendered(lines: Sequence[LogLine], query: Mapping[str, str], now: float) -> str:
    """The text of a log. `query`: sinceSeconds, sinceTime, tailLines, timestamps and limitBytes as texts."""
    chosen = _since(lines, query, now)
    if "tailLines" in query:
        count = int(query["tailLines"])
        chosen = chosen[-count:] if count else []
    stamped = query.get("timestamps") in ("true", "1")
    text = "".join(_shown(chosen, stamped=stamped))
    if "limitBytes" in query:
        text = text.encode()[: int(query["limitBytes"])].decode(errors="ignore")
    return text


def _since(lines: Sequence[LogLine], query: Mapping[str, str], now: float) -> list[LogLine]:
    start = 0.0
    if "sinceSeconds" in query:
        start = now - float(query["sinceSeconds"])
    elif "sinceTime" in query:
        start = parse_timestamp(query["sinceTime"])
    return [line for line in lines if line.time >= start]


def _shown(lines: Iterable[LogLine], *, stamped: bool) -> Iterable[str]:
    for line in lines:
        yield f"{micro_timestamp(line.time)} {line.text}\n" if stamped else f"{line.text}\n"
