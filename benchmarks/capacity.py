"""From the measured cost of a message to machines and money: arithmetic on paper, with every assumption in one place.

.venv/bin/python -m benchmarks.capacity   # reads benchmarks/results/cluster.json, writes the tables of docs/scaling.md
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.performance.systems import ROOT

RESULTS = ROOT / "benchmarks/results/cluster.json"
DOC = ROOT / "docs/scaling.md"
BEGIN, END = "<!-- capacity: written by benchmarks.capacity -->", "<!-- end of capacity -->"

# Assumptions, none of them measured: put your own in their place.
SHARE_A_MONTH = 0.05  # of the people, those who ask once in a busy month (recruitment, graduation, a new notice)
MESSAGES = 6  # of one conversation
BUSY_DAY = 3.0  # times the mean day of that month
BUSY_HOUR = 0.2  # of a day's messages
PEAK = 3.0  # times the mean of that hour
FULL = 0.5  # of a core, at the peak: the rest is for a machine that fails, for updates and for noise
CORES = 4  # of one machine
YUAN = 300  # a month for one machine of 4 cores and 8 GB at a public cloud
DAYS = 90  # that conversations are kept
WAL_MB = 100.0  # megabytes a second that one server's disk writes and a replica follows
TRANSACTIONS = 10_000.0  # a second that one PostgreSQL server commits on NVMe with group commit
REDIS_COMMANDS = 100_000.0  # a second of one Redis server, which uses one core

_BOT = "bot workers (add machines)"


@dataclass(frozen=True)
class Cost:
    """What one message takes. CPU in milliseconds, `written` in bytes of write-ahead log, `kept` in bytes of a conversation in
    the database, `worker_mb` memory that one more worker adds."""

    bot_ms: float
    database_ms: float
    redis_ms: float
    commits: float
    commands: float
    written: float
    kept: float
    worker_mb: float


@dataclass(frozen=True)
class Step:
    """A size of the service. `peak` in messages a second; cores are those busy at the peak; `first` says what is full first, with
    its share of what is there (two machines for the bot, one PostgreSQL, one Redis), `next` what is when machines were added."""

    name: str
    people: int
    peak: float
    bot_cores: float
    workers: int
    machines: int
    database_cores: float
    database_gb: float
    redis_cores: float
    yuan: int
    first: str
    next: str


def peak_of(people: int) -> float:
    """Messages a second in the busiest minutes of the busiest hour of a busy day."""
    day = people * SHARE_A_MONTH * MESSAGES / 30 * BUSY_DAY
    return day * BUSY_HOUR / 3600 * PEAK


def step(name: str, people: int, cost: Cost) -> Step:
    """What a number of people needs. At least two machines, so that one may fail."""
    peak = peak_of(people)
    bot_cores = peak * cost.bot_ms / 1000
    workers = max(2, math.ceil(bot_cores / FULL))
    machines = max(2, math.ceil(workers / CORES) + (1 if workers > 2 * CORES else 0))
    database_cores, redis_cores = peak * cost.database_ms / 1000, peak * cost.redis_ms / 1000
    shares = {
        _BOT: bot_cores / FULL / (2 * CORES),
        "commits of one PostgreSQL server (divide conversations by sender)": peak * cost.commits / TRANSACTIONS,
        "write-ahead log of one PostgreSQL server (divide conversations by sender)": peak * cost.written / 1e6 / WAL_MB,
        "processors of one PostgreSQL server": database_cores / FULL / 16,
        "the one core of a Redis server (Redis Cluster: all keys carry the sender)": max(
            redis_cores / FULL, peak * cost.commands / REDIS_COMMANDS
        ),
    }
    conversations = people * SHARE_A_MONTH * DAYS / 30
    servers = 2 + 2 * max(0, math.ceil(max(shares[name] for name in shares if "PostgreSQL" in name)) - 1)
    return Step(
        name=name,
        people=people,
        peak=peak,
        bot_cores=bot_cores,
        workers=workers,
        machines=machines,
        database_cores=database_cores,
        database_gb=conversations * cost.kept / 1e9,
        redis_cores=redis_cores,
        yuan=(machines + servers + 2) * YUAN,
        first=_fullest(shares),
        next=_fullest({name: share for name, share in shares.items() if name != _BOT}),
    )


def _fullest(shares: Mapping[str, float]) -> str:
    name = max(shares, key=lambda each: shares[each])
    return f"{name}: {shares[name]:.1%}"


STEPS = (
    ("the league (兴安盟)", 1_400_000),
    ("Inner Mongolia", 24_000_000),
    ("a national hotline", 1_400_000_000),
)


def cost_of(figures: Mapping[str, Any]) -> Cost:
    """The measured costs of several workers on one database."""
    shared = figures["shared"]
    return Cost(**{name: float(shared[name]) for name in Cost.__dataclass_fields__})


def table(steps: Sequence[Step]) -> str:
    """As Markdown."""
    rows = [
        ("people", *(f"{each.people:,}" for each in steps)),
        ("messages a second at the peak", *(_short(each.peak) for each in steps)),
        ("cores busy with the bot at the peak", *(_short(each.bot_cores) for each in steps)),
        ("workers, each half busy", *(f"{each.workers:,}" for each in steps)),
        (f"machines of {CORES} cores for them, one of which may fail", *(f"{each.machines:,}" for each in steps)),
        ("cores busy with PostgreSQL", *(_short(each.database_cores) for each in steps)),
        (f"conversations of {DAYS} days, GB", *(_short(each.database_gb) for each in steps)),
        ("cores busy with Redis", *(_short(each.redis_cores) for each in steps)),
        ("yuan a month, with database and Redis in pairs", *(f"{each.yuan:,}" for each in steps)),
        ("full first, and how full", *(each.first for each in steps)),
        ("after that", *(each.next for each in steps)),
    ]
    head = "| | " + " | ".join(each.name for each in steps) + " |\n|---|" + "---|" * len(steps) + "\n"
    return head + "".join("| " + " | ".join(row) + " |\n" for row in rows)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


MEASURED = {
    "per_second": "messages a second",
    "p50_ms": "p50, ms",
    "p95_ms": "p95, ms",
    "bot_ms": "CPU of the bot for a message, ms",
    "database_ms": "CPU of PostgreSQL, ms",
    "redis_ms": "CPU of Redis, ms",
    "commits": "commits",
    "commands": "Redis commands",
    "written": "write-ahead log, bytes",
    "kept": "a conversation in the database with indexes, bytes",
    "worker_mb": "memory of a worker (PSS), MB",
}
COLUMNS = {"alone": "1 worker, in memory", "shared": "1 worker, shared", "shared_two": "2 workers, shared"}


def measured(figures: Mapping[str, Any]) -> str:
    """The measured costs as Markdown."""
    head = f"| {figures['at'][:10]} | " + " | ".join(COLUMNS.values()) + " |\n|---|" + "---|" * len(COLUMNS) + "\n"
    rows = (
        f"| {label} | " + " | ".join(_short(figures[c][key]) if key in figures[c] else "" for c in COLUMNS) + " |\n"
        for key, label in MEASURED.items()
    )
    return head + "".join(rows)


def main() -> None:
    figures = json.loads(RESULTS.read_text(encoding="utf-8"))
    written = measured(figures) + "\n" + table([step(name, people, cost_of(figures)) for name, people in STEPS])
    before, _, rest = DOC.read_text(encoding="utf-8").partition(BEGIN)
    DOC.write_text(f"{before}{BEGIN}\n{written}{END}{rest.partition(END)[2]}", encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main()
