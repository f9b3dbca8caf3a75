"""A supervisor in a process of its own, with the small application behind it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.server.notice import running

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0  # seconds; nothing here takes that long, but much may be running beside
_START = "import sys; from pathlib import Path; from bot.server.__main__ import main; \
sys.exit(main('127.0.0.1', int(sys.argv[1]), Path(sys.argv[2]), 'tests.server.small'))"


def until(condition, what: str, seconds: float = PATIENCE):
    """What the condition returns, once it is something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"waited in vain until {what}")


def lives(pid: int) -> bool:
    """Whether a process is there and no corpse."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Server:
    """`bot serve` with the small application."""

    def __init__(self, folder: Path, port: int, workers: int) -> None:
        self.folder = folder
        self.port = port
        self.workers = workers
        self.notice = folder / "serve.json"
        self.version("one")
        self._process: subprocess.Popen | None = None

    def start(self, wait: bool = True) -> None:
        environment = {**os.environ, "FOLDER": str(self.folder), "WORKERS": str(self.workers)}
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, str(self.port), str(self.notice)],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if wait:
            until(lambda: self.changes() == 1 or self.code() is not None, "the server serves")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def code(self) -> int | None:
        return self._process.poll()

    def version(self, version: str) -> None:
        (self.folder / "version").write_text(version)

    def fault(self, fault: str) -> None:
        (self.folder / "fault").write_text(fault)

    def changes(self) -> int:
        found = running(self.notice)
        return found.changes if found else 0

    def failures(self) -> int:
        found = running(self.notice)
        return found.failed if found else 0

    def signal(self, sign: signal.Signals) -> None:
        os.kill(self.pid, sign)

    def living_workers(self) -> dict[int, int]:
        """The workers that live, each with its generation."""
        found = {int(path.name.partition("-")[2]): int(path.read_text() or 0) for path in self.folder.glob("worker-*")}
        return {pid: generation for pid, generation in found.items() if lives(pid)}

    def end(self) -> int:
        return self._process.wait(PATIENCE)

    def kill_all(self) -> None:
        for pid in {self.pid, *self.living_workers(), *self.living_workers().values()}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(PATIENCE)


class Client:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def send(self, said: str, takes: float = 0) -> None:
        self.connection.request("POST", f"/echo?takes={takes}", said.encode())

    def hear(self) -> tuple[dict, bool]:
        """The answer, and whether the server says that the connection is over."""
        answer = self.connection.getresponse()
        return json.load(answer), answer.getheader("connection") == "close"

    def say(self, said: str, takes: float = 0) -> tuple[dict, bool]:
        self.send(said, takes)
        return self.hear()


@pytest.fixture()
def server(tmp_path, request):
    """A server, not started, with as many workers as the test's parameter says, else one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Server(tmp_path, port, getattr(request, "param", 1))
    yield made
    if made._process:
        made.kill_all()


@pytest.fixture()
def client(server):
    """`client()` is one more connection."""
    return lambda: Client(server.port)
