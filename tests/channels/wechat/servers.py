"""Starts and ends the servers that the tests talk to through the simulator."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from bot.wechat_simulator import Account, echo_query

from .fake_bots import CONFIG

ROOT = Path(__file__).resolve().parents[3]
ACCOUNT = Account(CONFIG["app_id"], CONFIG["token"], CONFIG["aes_key"], CONFIG["mode"])
_SERVE = """import sys; from pathlib import Path; from bot.server.__main__ import main
sys.exit(main("127.0.0.1", int(sys.argv[1]), Path(sys.argv[2]), "tests.channels.wechat.counted_bot"))"""
_START = 180  # seconds that a server may take to answer; two cores are shared


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wechat(port: int) -> str:
    """The address that WeChat would call."""
    return f"http://127.0.0.1:{port}/wechat"


def wait_until_it_answers(port: int, process: subprocess.Popen | None = None) -> None:
    """Until the GET check passes."""
    until = time.monotonic() + _START
    while time.monotonic() < until and (process is None or process.poll() is None):
        with contextlib.suppress(httpx.TransportError):
            answer = httpx.get(wechat(port), params=echo_query(ACCOUNT, int(time.time()), "up"), trust_env=False)
            if answer.text == "up":
                return
        time.sleep(0.05)
    raise TimeoutError(f"no server on port {port}")


def seen_in(log: Path) -> list[tuple[str, str]]:
    """The messages that reached a bot, by its log: sender and text, in order."""
    rows = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return [(sender, text) for sender, _, text in (row.partition("\t") for row in rows)]


class FakeBots:
    """Servers of fake_bots.py, each with a log of the messages that its bot saw."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.channels.wechat.fake_bots"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(folder / "stderr.txt").open("w"),
            text=True,
            cwd=ROOT,
        )
        self._pids: dict[int, int] = {}

    def wait(self) -> None:
        """Until servers can be started."""
        self._read("ready")

    def start(self, port: int, log: str, redis: str = "") -> None:
        """A server on a port; several may share a log."""
        assert self._process.stdin
        self._process.stdin.write(f"start {port} {self._folder / log} {redis}\n")
        self._process.stdin.flush()
        self._pids[port] = int(self._read())
        wait_until_it_answers(port)

    def kill(self, port: int) -> None:
        """End a server at once, in the middle of what it does."""
        os.kill(self._pids.pop(port), signal.SIGKILL)

    def seen(self, log: str) -> list[tuple[str, str]]:
        """What the bots of a log saw: sender and text, in order."""
        return seen_in(self._folder / log)

    def close(self) -> None:
        """End all servers."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def _read(self, expected: str = "") -> str:
        assert self._process.stdout
        line = self._process.stdout.readline().strip()
        if not line or (expected and line != expected):
            raise RuntimeError((self._folder / "stderr.txt").read_text(encoding="utf-8")[-4000:])
        return line


class RealBot:
    """`bot serve` with the test account, begun at once."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._log = folder / "serve.txt"
        self._seen = folder / "seen.txt"
        given = {f"BOT_WECHAT_{name.upper()}": value for name, value in CONFIG.items()}
        environment = {**os.environ, **given, "BOT_DATA": str(folder / "data"), "COUNTED": str(self._seen)}
        command = [sys.executable, "-c", _SERVE, str(self.port), str(folder / "serve.json")]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)

    def wait(self) -> None:
        """Until it answers."""
        try:
            wait_until_it_answers(self.port, self._process)
        except TimeoutError:
            raise RuntimeError(self.log()[-4000:]) from None

    def seen(self) -> list[tuple[str, str]]:
        """What reached the conversation: sender and text, in order."""
        return seen_in(self._seen)

    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text(encoding="utf-8")

    def close(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=20)
        self._process.kill()
