"""What a message costs each part when several workers share a database: the bot, PostgreSQL, Redis; the start of all sums on paper.

.venv/bin/python -m benchmarks.cluster   # some minutes; needs PostgreSQL and redis-server; then benchmarks.capacity
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.load import WEB, closed_loop
from benchmarks.performance.__main__ import machine
from benchmarks.performance.figures import of_load
from benchmarks.performance.systems import ROOT
from benchmarks.questions import load_mix
from bot.database.schema import migrate
from tests.cluster.bots import Bot, family
from tests.redis_process import RedisServer
from tests.servers import PostgresServer, postgres_programs

RESULTS = ROOT / "benchmarks/results/cluster.json"
CLIENTS = 16
_SECONDS = 20.0
_WARM = 3.0
_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, of all below it, and of those below it that have ended (Linux)."""
    total = 0.0
    for each in family(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15])) / _TICK
    return total


def pss_mb(pid: int) -> float:
    """Memory of a process alone, pages that it shares counted by their share, in MB (10^6 bytes; Linux)."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) * 1024 / 1e6


@contextmanager
def serving(workers: int, environment: Mapping[str, str]) -> Iterator[Bot]:
    """A bot that answers, ended afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        bot = Bot(Path(folder), environment, workers)
        try:
            bot.start()
            bot.wait()
            yield bot
        finally:
            bot.stop()


def loaded(bot: Bot, seconds: float) -> dict[str, float]:
    """Messages a second and times of CLIENTS who ask for that long."""
    samples, end = asyncio.run(closed_loop(WEB, bot.port, CLIENTS, seconds, load_mix()))
    return of_load(samples, end, seconds)


def measure_alone(workers: int, environment: Mapping[str, str], seconds: float) -> dict[str, float]:
    """Without database and Redis."""
    with serving(workers, environment) as bot:
        loaded(bot, _WARM)
        before = cpu_seconds(bot.pid)
        figures = loaded(bot, seconds)
        return {**figures, "bot_ms": (cpu_seconds(bot.pid) - before) * 1000 / figures["messages"]}


def measure_shared(
    workers: int, postgres: PostgresServer, redis: RedisServer, seconds: float, environment: Mapping[str, str]
) -> dict[str, float]:
    """With both: what a message costs each, and what it leaves in the database."""
    name = postgres.create()
    address = postgres.address(name)
    migrate(address)
    servers = {**environment, "BOT_DATABASE": address, "BOT_REDIS": redis.url}
    with serving(workers, servers) as bot:
        loaded(bot, _WARM)
        pids = {"bot_ms": bot.pid, "database_ms": postgres.pid, "redis_ms": redis.pid}
        cpu = {part: cpu_seconds(pid) for part, pid in pids.items()}
        counts = _counts(postgres, name, redis)
        figures = loaded(bot, seconds)
        messages = figures["messages"]
        figures |= {part: (cpu_seconds(pid) - cpu[part]) * 1000 / messages for part, pid in pids.items()}
        figures |= {part: (count - counts[part]) / messages for part, count in _counts(postgres, name, redis).items()}
        conversations = _number(postgres, "select count(*) from conversations", name)
        tables = "pg_total_relation_size('conversations') + pg_total_relation_size('exchanges')"
        figures["kept"] = _number(postgres, f"select {tables}", name) / conversations
        figures["worker_mb"] = max(pss_mb(pid) for pid in bot.workers())
    return figures


def _counts(postgres: PostgresServer, name: str, redis: RedisServer) -> dict[str, float]:
    return {
        "commits": _number(postgres, "select sum(xact_commit) from pg_stat_database", name),
        "written": _number(postgres, "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')", name),
        "commands": float(redis.commands()),
    }


def _number(postgres: PostgresServer, query: str, name: str) -> float:
    return float(str(postgres.run(query, name)[0][0]))


def measure(seconds: float) -> dict[str, Any]:
    """All: one worker and two, alone and with the servers."""
    programs = postgres_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed")
    key = {"BOT_SESSION_KEY": "a key for measuring only, longer than 32 characters", "BOT_LIMITS": "no"}
    with ExitStack() as stack:
        postgres = PostgresServer(programs, safe=True)
        stack.callback(postgres.close)
        redis = RedisServer()
        redis.start()
        stack.callback(redis.stop)
        return {
            "alone": measure_alone(1, key, seconds),
            "shared": measure_shared(1, postgres, redis, seconds, key),
            "shared_two": measure_shared(2, postgres, redis, seconds, key),
        }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="of load for each figure")
    arguments = parser.parse_args()
    about = {"at": datetime.now().astimezone().isoformat(timespec="seconds"), "machine": machine()}
    about["load_average"] = [round(each, 2) for each in os.getloadavg()]
    start = time.perf_counter()
    figures = measure(arguments.seconds)
    about["seconds"] = round(time.perf_counter() - start)
    RESULTS.write_text(json.dumps({**about, **figures}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, each in figures.items():
        print(name, {key: round(value, 3) for key, value in each.items()})


if __name__ == "__main__":
    main()
