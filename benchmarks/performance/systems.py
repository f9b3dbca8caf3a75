"""The two bots that are compared, started and stopped as the processes that a user starts."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import REST, WEB, Connection, Dialect, LoadError, Sample, timed
from benchmarks.questions import Asked, load_mix
from benchmarks.stock.build import ANSWERS, MODEL
from benchmarks.stock.build import HERE as STOCK_SOURCE

ROOT = Path(__file__).resolve().parents[2]
_START_LIMIT = 300.0  # seconds until the first answer
_ASK_AGAIN = 0.02  # seconds between tries while a bot starts


@dataclass(frozen=True)
class Command:
    """A process to start."""

    arguments: tuple[str, ...]
    environment: dict[str, str]


@dataclass(frozen=True)
class System:
    """A bot: how it is started on a port, keeping its files in a folder, and how one talks to it."""

    name: str
    dialect: Dialect
    commands: Callable[[int, Path], tuple[Command, ...]]


@dataclass(frozen=True)
class Running:
    """A bot that has answered its first question. `first_answer`: seconds from start to then."""

    system: System
    port: int
    processes: tuple[subprocess.Popen[bytes], ...]
    first_answer: float

    def memory_mb(self) -> float:
        """Memory of all its processes together, in MB (10^6 bytes)."""
        return sum(memory(process.pid) for process in self.processes) / 1e6


def _ours(port: int, folder: Path) -> tuple[Command, ...]:
    return (
        Command(
            (sys.executable, "-m", "bot.cli", "serve", "--port", str(port)),
            {"BOT_DATA": str(folder), "BOT_LIMITS": "no"},
        ),
    )


def _stock(port: int, folder: Path) -> tuple[Command, ...]:
    actions = free_port()
    shared = {"RASA_TELEMETRY_ENABLED": "false", "SANIC_HOST": "127.0.0.1", "STOCK_ANSWERS": str(ANSWERS)}
    shared |= {"STOCK_ACTION_PORT": str(actions), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    server = [
        sys.executable,
        "-m",
        "rasa",
        "run",
        "--model",
        str(MODEL),
        "--port",
        str(port),
        "--interface",
        "127.0.0.1",
    ]
    for name in ("endpoints", "credentials"):
        server += [f"--{name}", str(STOCK_SOURCE / f"{name}.yml")]
    action_server = (sys.executable, "-m", "rasa_sdk", "--actions", "benchmarks.stock.actions", "--port", str(actions))
    return Command(tuple(server), shared), Command(action_server, shared)


OURS = System("ours", WEB, _ours)
STOCK = System("stock", REST, _stock)


def free_port() -> int:
    """A port of the loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(system: System) -> Iterator[Running]:
    """Start a bot, wait for its first answer, end its processes afterwards. Raises LoadError where it does not come up."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        log = Path(folder) / "log"
        processes: list[subprocess.Popen[bytes]] = []
        try:
            start = time.perf_counter()
            with log.open("wb") as out:
                for command in system.commands(port, Path(folder)):
                    processes.append(
                        subprocess.Popen(
                            command.arguments,
                            cwd=ROOT,
                            env={**os.environ, **command.environment},
                            stdout=out,
                            stderr=subprocess.STDOUT,
                            start_new_session=True,
                        )
                    )
            try:
                asyncio.run(_first_answer(system.dialect, port, processes))
            except LoadError as error:
                raise LoadError(f"{system.name}: {error}\n{log.read_text(errors='replace')[-2000:]}") from None
            yield Running(system, port, tuple(processes), time.perf_counter() - start)
        finally:
            for process in processes:
                _end(process)


async def _first_answer(dialect: Dialect, port: int, processes: list[subprocess.Popen[bytes]]) -> None:
    question = next(asked for asked in load_mix() if asked.kind == "policy")
    deadline = time.perf_counter() + _START_LIMIT
    while time.perf_counter() < deadline:
        if any(process.poll() is not None for process in processes):
            raise LoadError("a process ended while starting")
        if await _answers(dialect, port, question):
            return
        await asyncio.sleep(_ASK_AGAIN)
    raise LoadError(f"no answer in {_START_LIMIT:.0f} s")


async def _answers(dialect: Dialect, port: int, question: Asked) -> bool:
    connection = Connection(port)
    try:
        sample: Sample = await timed(dialect, connection, await dialect.begin(connection), question)
        return sample.answered
    except (LoadError, OSError):
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that we started, and what it started in its own session."""
    for sign, wait in ((signal.SIGTERM, 15), (signal.SIGKILL, 15)):
        if process.poll() is not None:
            return
        os.killpg(process.pid, sign)
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            continue


def tree(pid: int) -> list[int]:
    """A process and all its descendants, from Linux's /proc, parents first."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # it has just ended
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def memory(pid: int) -> int:
    """Resident bytes of a process and of all its descendants; a page that several share counts once (PSS)."""
    total = 0
    for each in tree(pid):
        try:
            rows = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it has just ended
        total += sum(int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:"))
    return total


def drop_page_cache() -> bool:
    """Have the kernel forget the files it keeps in memory; False where this is not allowed."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("1")
    except OSError:
        return False
    return True
