"""What the operator would write to its log: some of its troubles are told nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_LOGGERS = ("quaysim.operator", "fake_cluster")


class _Collector(logging.Handler):
    """Keeps what went wrong, each line once, in the order in which it came first."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.lines[" ".join(record.getMessage().split())] = None


@contextmanager
def collected_log() -> Iterator[dict[str, None]]:
    """The lines that are written inside; nothing of them goes to the terminal."""
    collector, loggers = _Collector(), [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(collector)
        logger.propagate = False
    try:
        yield collector.lines
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(collector)
            logger.propagate = propagate
