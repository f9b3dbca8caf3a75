"""Have the supervisor put a new generation in place, and wait for how it went."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from .notice import Running, running

_LOOK = 0.1  # seconds


class Ended(Exception):
    """The supervisor ended meanwhile."""


def reload(file: Path, before: Running) -> Running:
    """What the notice in `file` says after the change, or after its failure. Raises Ended, PermissionError.

    Without a limit of time: training may be needed, and takes minutes.
    """
    os.kill(before.pid, signal.SIGHUP)
    while True:
        now = running(file)
        if now is None or now.pid != before.pid:
            raise Ended
        if (now.changes, now.failed) != (before.changes, before.failed):
            return now
        time.sleep(_LOOK)
