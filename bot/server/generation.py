"""A generation: one process that has loaded everything, and the workers it forks, which share its memory and answer."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import logging
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from .family import SignalPipe, end_with, how, reaped

logger = logging.getLogger(__name__)

DRAIN = 20.0  # seconds until a worker that was told to end is killed; by itself it takes 17 at most
SILENCE = (
    30.0  # seconds without a sign of life after which a worker is killed: it hangs, and holds its citizens with it
)
_LIVED = 10.0  # seconds after which the end of a worker is an accident, not a loop
_FIRST_DELAY, _LONGEST = 0.1, 10.0  # seconds before a worker that ended at once is forked again

Work = Callable[[socket.socket, Callable[[], None], int], int]


@dataclass(frozen=True)
class Loaded:
    """What a generation has loaded. `work` serves on the socket until the process is to end, and returns the exit code; it
    is given what to call as a sign of life, first when it answers, and the pipe that ends with the generation. `told` goes
    to the supervisor once all workers answer."""

    work: Work
    workers: int
    told: Mapping[str, Any]


@dataclass
class _Worker:
    pid: int
    beats: int
    begun: float
    seen: float
    ready: bool = False


class Generation:
    """Keeps the workers alive until SIGTERM comes or the supervisor ends (`life`)."""

    def __init__(self, loaded: Loaded, listening: socket.socket, news: int, life: int) -> None:
        self._loaded = loaded
        self._listening = listening
        self._news = news
        self._life = life
        self._selector = selectors.DefaultSelector()
        self._workers: dict[int, _Worker] = {}
        self._missing = loaded.workers
        self._fork_at = 0.0
        self._delay = 0.0
        self._announced = False
        self._kill_at: float | None = None
        self._code = 0
        self._own_life, self._held = os.pipe()
        self._signals = SignalPipe(signal.SIGTERM, signal.SIGCHLD)

    def run(self) -> int:
        """The exit code, when all workers have ended."""
        self._selector.register(self._signals, selectors.EVENT_READ)
        self._selector.register(self._life, selectors.EVENT_READ)
        while self._workers or self._kill_at is None:
            self._on_time()
            for key, _ in self._selector.select(self._patience()):
                if key.fileobj is self._signals:
                    if signal.SIGTERM in self._signals.arrived():
                        self._drain()
                elif key.fileobj == self._life:
                    self._selector.unregister(self._life)
                    self._drain()  # the supervisor has ended
                else:
                    self._on_beat(key.data)
            for pid, code in reaped():
                if pid in self._workers:
                    self._on_end(self._workers.pop(pid), code)
        return self._code

    def _patience(self) -> float:
        now = time.monotonic()
        if self._kill_at is not None:
            return max(0.0, self._kill_at - now)
        due = [each.seen + SILENCE for each in self._workers.values()]
        if self._missing:
            due.append(self._fork_at)
        return max(0.0, min(due) - now)

    def _on_time(self) -> None:
        now = time.monotonic()
        if self._kill_at is not None:
            if now >= self._kill_at:
                self._kill_at = now + DRAIN
                for each in self._workers.values():
                    os.kill(each.pid, signal.SIGKILL)
            return
        while self._missing and now >= self._fork_at:
            self._fork()
        for each in self._workers.values():
            if now >= each.seen + SILENCE:
                logger.error("worker %d gives no sign of life and is killed", each.pid)
                each.seen = now
                os.kill(each.pid, signal.SIGKILL)

    def _fork(self) -> None:
        beats, beat = os.pipe()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become(parent, beats, beat)
        os.close(beat)
        self._missing -= 1
        now = time.monotonic()
        self._workers[pid] = _Worker(pid, beats, now, now)
        self._selector.register(beats, selectors.EVENT_READ, self._workers[pid])

    def _become(self, parent: int, beats: int, beat: int) -> NoReturn:
        """In the child: a worker."""
        code = 1
        try:
            self._signals.close()
            end_with(parent)
            self._selector.close()
            for end in (beats, self._held, self._news, self._life, *(each.beats for each in self._workers.values())):
                os.close(end)
            os.set_blocking(beat, False)
            code = self._loaded.work(self._listening, lambda: _write(beat, b"."), self._own_life)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)  # what the generation would do at its own end is not the worker's

    def _on_beat(self, worker: _Worker) -> None:
        if not os.read(worker.beats, 4096):
            self._selector.unregister(worker.beats)
            return
        worker.seen = time.monotonic()
        worker.ready = True
        ready = [each for each in self._workers.values() if each.ready]
        if not self._announced and len(ready) == self._loaded.workers:
            self._announced = True
            _write(self._news, json.dumps(self._loaded.told).encode() + b"\n")

    def _on_end(self, worker: _Worker, code: int) -> None:
        if worker.beats in self._selector.get_map():
            self._selector.unregister(worker.beats)
        os.close(worker.beats)
        if self._kill_at is not None:
            return
        if not self._announced and not worker.ready:
            self._code = 1  # what keeps one from starting keeps all
            self._drain()
            return
        lived = time.monotonic() - worker.begun
        self._delay = 0.0 if lived > _LIVED else min(max(_FIRST_DELAY, self._delay * 2), _LONGEST)
        logger.error("worker %d ended (%s), another takes its place in %.1f s", worker.pid, how(code), self._delay)
        self._missing += 1
        self._fork_at = time.monotonic() + self._delay

    def _drain(self) -> None:
        if self._kill_at is not None:
            return
        self._kill_at = time.monotonic() + DRAIN
        self._listening.close()  # the workers have it still, and take what waits
        for each in self._workers.values():
            os.kill(each.pid, signal.SIGTERM)


def _write(pipe: int, line: bytes) -> None:
    with contextlib.suppress(BrokenPipeError, BlockingIOError):  # who would read it has ended, or reads later
        os.write(pipe, line)


def settle() -> None:
    """Before the first fork: nothing left to collect, and no page that a collection would write to and so copy."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    gc.freeze()
