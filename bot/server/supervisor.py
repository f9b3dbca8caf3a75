"""The supervisor: holds the port, keeps one generation serving, and puts a new one in place of it without a gap."""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from .family import SignalPipe, how, leave_keyboard_to_the_supervisor, reaped
from .say import complain

logger = logging.getLogger(__name__)

DRAIN = 25.0  # seconds until a generation that was told to end is killed; it gives its own workers 20
_LIVED = 60.0  # seconds after which the end of a generation is an accident, not a loop
_LONGEST = 30.0  # seconds between two tries to start one

Told = Mapping[str, Any]


@dataclass
class _Generation:
    """One child. `news` is read: it writes a line of JSON when its workers answer; `life` is held open as long as we live."""

    pid: int
    news: int
    life: int
    begun: float
    heard: bytes = b""
    kill_at: float | None = None


class Supervisor:
    """Runs `command` as the generation, with three numbers behind it: the listening socket, the pipe for its news, the pipe
    that ends when we do. `changed` hears what a generation says of itself when it takes over, and None where one that was to
    take over could not.
    """

    def __init__(
        self, listening: socket.socket, command: Sequence[str], changed: Callable[[Told | None], None]
    ) -> None:
        self._listening = listening
        self._command = command
        self._changed = changed
        self._selector = selectors.DefaultSelector()
        self._all: dict[int, _Generation] = {}
        self._coming: _Generation | None = None
        self._serving: _Generation | None = None
        self._begun_once = False
        self._stopping = False
        self._start_at: float | None = time.monotonic()
        self._delay = 0.0
        self._code = 0
        self._had_terminal = os.isatty(0)

    def run(self) -> int:
        """Serve until told to stop; the exit code."""
        signals = SignalPipe(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
        self._selector.register(signals, selectors.EVENT_READ)
        while self._all or self._start_at is not None:
            self._on_time()
            for key, _ in self._selector.select(self._patience()):
                if key.fileobj is signals:
                    self._on_signals(signals.arrived())
                else:
                    self._on_news(key.data)
            for pid, code in reaped():  # as the first process of a container we get the children of others too
                if pid in self._all:
                    self._on_end(self._all.pop(pid), code)
        signals.close()
        return self._code

    def _patience(self) -> float | None:
        times = [each.kill_at for each in self._all.values()] + [self._start_at]
        due = [each for each in times if each is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _on_time(self) -> None:
        now = time.monotonic()
        if self._start_at is not None and now >= self._start_at:
            self._start_at = None
            self._start()
        for each in self._all.values():
            if each.kill_at is not None and now >= each.kill_at:
                each.kill_at = None
                os.kill(each.pid, signal.SIGKILL)

    def _on_signals(self, arrived: set[int]) -> None:
        gone = signal.SIGHUP in arrived and self._had_terminal and not os.isatty(0)
        if arrived & {signal.SIGTERM, signal.SIGINT} or gone:
            self._stop()
        elif signal.SIGHUP in arrived and not self._stopping:
            logger.info("a new generation is asked for")
            if self._coming:
                self._end(self._coming)  # it may have read what has changed since
            self._delay = 0.0
            self._start_at = time.monotonic()

    def _start(self) -> None:
        news, told = os.pipe()
        held, life = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._become(told, held)
        for end in (told, held):
            os.close(end)
        self._coming = self._all[pid] = _Generation(pid, news, life, time.monotonic())
        self._selector.register(news, selectors.EVENT_READ, self._coming)

    def _become(self, told: int, held: int) -> NoReturn:
        """In the child: the generation."""
        try:
            leave_keyboard_to_the_supervisor()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            ends = (self._listening.fileno(), told, held)
            for end in ends:
                os.set_inheritable(end, True)
            # Apple's frameworks end a process that forks after loading them, unless told that this is meant.
            environment = {**os.environ, "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}
            os.execve(self._command[0], [*self._command, *map(str, ends)], environment)
        finally:
            os._exit(127)

    def _on_news(self, generation: _Generation) -> None:
        more = os.read(generation.news, 4096)
        generation.heard += more
        if not more:
            self._selector.unregister(generation.news)
        elif generation is self._coming and generation.heard.endswith(b"\n"):
            before, self._serving, self._coming = self._serving, generation, None
            self._begun_once = True
            if before:
                self._end(before)
            self._changed(json.loads(generation.heard))

    def _end(self, generation: _Generation) -> None:
        if generation is self._coming:
            self._coming = None
        generation.kill_at = time.monotonic() + DRAIN
        os.kill(generation.pid, signal.SIGTERM)

    def _on_end(self, generation: _Generation, code: int) -> None:
        if generation.news in self._selector.get_map():
            self._selector.unregister(generation.news)
        os.close(generation.news)
        os.close(generation.life)
        if generation not in (self._coming, self._serving) or self._stopping:
            return  # it was told to end
        if generation is self._coming:
            self._coming = None
        else:
            self._serving = None
        if not self._begun_once:
            self._code = code if code > 0 else 1
            if code < 0:
                complain(f"装入时被系统结束（信号 {-code}），多半是内存不够。")
        elif self._serving:
            logger.error("the new generation failed (%s), the one before goes on; the reason stands above", how(code))
            self._changed(None)
        elif self._coming:
            logger.error("the generation ended (%s), the next one is starting already", how(code))
        else:
            lived = time.monotonic() - generation.begun
            self._delay = 0.0 if lived > _LIVED else min(max(1.0, self._delay * 2), _LONGEST)
            logger.error("the generation ended (%s), the next one starts in %.0f s", how(code), self._delay)
            self._start_at = time.monotonic() + self._delay
            self._changed(None)

    def _stop(self) -> None:
        if self._stopping:
            return
        self._stopping = True
        self._start_at = None
        self._listening.close()  # the workers hold it until they have taken what waits
        for each in self._all.values():
            if each.kill_at is None:
                self._end(each)


def generation_command(module: str) -> list[str]:
    """How a module is started as the generation."""
    return [sys.executable, "-m", module, str(os.getpid())]
