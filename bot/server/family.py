"""What ties a process to its parent and its children: signals read from a pipe, and an end that follows the parent's."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterable

_PR_SET_PDEATHSIG = 1


class SignalPipe:
    """Signals as bytes to be read, so that one `select` waits for them and for all else."""

    def __init__(self, *signals: signal.Signals) -> None:
        self._signals = signals
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for each in signals:
            signal.signal(each, lambda number, frame: None)

    def fileno(self) -> int:
        """What to select on."""
        return self._read

    def arrived(self) -> set[int]:
        """The signals since the last time."""
        try:
            return set(os.read(self._read, 4096))
        except BlockingIOError:
            return set()

    def close(self) -> None:
        """Back to what signals do by themselves."""
        signal.set_wakeup_fd(-1)
        for each in self._signals:
            signal.signal(each, signal.SIG_DFL)
        os.close(self._read)
        os.close(self._write)


def end_with(parent: int) -> None:
    """Have SIGTERM sent to this process when `parent`, which must be its parent, ends (Linux).

    Elsewhere nothing tells; there the pipe that only the parent holds open does, once this process looks at it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # it ended before we could ask


def leave_keyboard_to_the_supervisor() -> None:
    """Ctrl+C and the end of a terminal reach every process of the group; only the supervisor decides what they mean."""
    for each in (signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)


def reaped() -> Iterable[tuple[int, int]]:
    """The children that have ended, each with its exit code, or minus the signal that ended it."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, os.waitstatus_to_exitcode(status)


def how(code: int) -> str:
    """An exit code in words for the log."""
    return f"signal {-code}" if code < 0 else f"exit code {code}"
