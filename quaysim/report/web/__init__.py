"""`report.html`."""

from __future__ import annotations

from quaysim.report.run import Run


def page(run: Run) -> str:
    """The page."""
    return run.described
