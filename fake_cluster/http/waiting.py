"""Responses that are not there yet: what takes its time is done elsewhere, and the loop goes on.

Calls of webhooks are made in threads, one for each: the other side may well be a client that is served by
this very loop. Time that has to pass is waited for by the loop's own timer.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable

from fake_cluster.api.render import Pending


def wait(pending: Pending, resume: Callable[[], None], loop: asyncio.AbstractEventLoop, speed: float) -> None:
    """Have `resume` called in the loop when the response can be made. `speed` is that of the cluster's clock."""
    work = pending.work
    if work is None:
        loop.call_later(pending.seconds / speed, resume)
        return

    def run() -> None:
        try:
            work()
        finally:
            with contextlib.suppress(RuntimeError):  # the loop is gone
                loop.call_soon_threadsafe(resume)

    threading.Thread(target=run, name="webhook", daemon=True).start()
