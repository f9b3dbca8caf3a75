"""Bots as processes of their own, started as staff start them, ended by name only where this module started them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from benchmarks.performance.systems import free_port

ROOT = Path(__file__).resolve().parents[2]
_START = 120.0  # seconds


class Bot:
    """One machine's `bot serve`. `environment` says which servers and which knowledge."""

    def __init__(self, folder: Path, environment: Mapping[str, str], workers: int = 2) -> None:
        self.port = free_port()
        self._folder = folder
        self._environment = {**os.environ, **environment, "BOT_DATA": str(folder), "BOT_WORKERS": str(workers)}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the process that was started."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What it wrote so far."""
        return (self._folder / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start it; `wait` says when it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + _START
        while time.monotonic() < deadline:
            assert self._process is not None and self._process.poll() is None, self.log[-3000:]
            if self.is_ready():
                return
            time.sleep(0.1)
        raise AssertionError(f"not ready in {_START:.0f} s\n{self.log[-3000:]}")

    def is_ready(self) -> bool:
        """Whether it says that it is."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def knowledge(self) -> str:
        """The version of the knowledge with which it answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/bot", timeout=5) as answer:
            return str(json.load(answer)["knowledge"])

    def workers(self) -> list[int]:
        """The processes that answer: those without children, below the one that was started."""
        assert self._process is not None
        children = _children()
        found, waiting = [], list(children.get(self._process.pid, ()))
        while waiting:
            pid = waiting.pop()
            below = children.get(pid, [])
            waiting += below
            if not below:
                found.append(pid)
        return found

    def reload(self) -> None:
        """Tell it to read its knowledge anew."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGHUP)

    def stop(self) -> None:
        """End it as an operator does; it answers what it has begun."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self._process is not None
        if self._process.poll() is None:
            for pid in family(self._process.pid):
                os.kill(pid, signal.SIGKILL)
            self._process.wait(10)


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        found.setdefault(parent, []).append(int(stat.parent.name))
    return found


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children = _children()
    found: list[int] = []
    waiting = [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], ())
    return found
