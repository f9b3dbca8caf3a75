"""What keeping a conversation costs for each message: in memory, in PostgreSQL in one process, and going from one to another.

BOT_DATABASE=postgresql://… .venv/bin/python -m benchmarks.keep_conversations [MESSAGES]

The database needs its tables (`bot database migrate`); what is measured is forgotten again. CPU is that of this process, without
the answering; `server` that of PostgreSQL where it runs on this machine; bytes are of a conversation of twelve messages.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from bot.conversation.runtime import quiet_start, settings

quiet_start()

from bot.conversation.agent import Conversation, load_agent  # noqa: E402
from bot.conversation.lock import WakingLockStore  # noqa: E402
from bot.conversation.shared_tracker_store import SharedTrackerStore  # noqa: E402
from bot.conversation.tracker_store import LiveTrackerStore  # noqa: E402
from bot.database import Database  # noqa: E402

SAID = (
    "你好",
    "失业登记要带什么",
    "那公司呢",
    "我在前旗",
    "失业金一个月多少钱",
    "我能申请创业贷款吗",
    "能",
    "35岁",
    "不是",
    "电话",
    "加班费怎么算",
    "还有呢",
)
_TICKS = 100  # of a second, in /proc


class Measured(Database):
    """Counts round trips, and knows the processes of the server that serve this one."""

    trips = 0
    backends: ClassVar[set[int]] = set()

    async def _fetch(self, query: str, values: tuple[Any, ...], until: float) -> list[Any]:
        type(self).trips += 1
        return await super()._fetch(query, values, until)

    async def _connection(self, seconds: float) -> Any:
        connection = await super()._connection(seconds)
        self.backends.add(connection.get_server_pid())
        return connection


def timed(store: LiveTrackerStore, spent: list[float]) -> None:
    """Note what the parts of `store` take, in CPU seconds, message by message."""

    def around(name: str) -> None:
        inner = getattr(store, name)

        async def outer(*values: Any) -> Any:
            begun = time.process_time()
            try:
                return await inner(*values)
            finally:
                spent[-1] += time.process_time() - begun

        setattr(store, name, outer)

    for name in ("answered", "retrieve", "save", "commit"):
        around(name)


def server_seconds() -> float:
    """CPU of the backends so far; 0 where they are not on this machine."""
    total = 0
    for pid in Measured.backends:
        path = Path(f"/proc/{pid}/stat")
        if path.exists():
            fields = path.read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / _TICKS


async def run(agent: Any, stores: list[LiveTrackerStore], messages: int) -> list[float]:
    """CPU of the stores for each message; messages go to the stores in turn."""
    spent: list[float] = []
    for store in stores:
        store.domain = agent.domain
        timed(store, spent)
    number, conversation = 0, Conversation(agent, "measure")
    while len(spent) < messages:
        if number % len(SAID) == 0:
            conversation = Conversation(agent, "measure")
        agent.tracker_store = agent.processor.tracker_store = stores[number % len(stores)]
        spent.append(0.0)
        await conversation.say(SAID[number % len(SAID)])
        number += 1
    return spent[len(SAID) :]


async def main(messages: int) -> None:
    address = settings().database
    agent = load_agent(settings().rasa)
    databases = [Measured(address) for _ in range(2)]
    live: list[LiveTrackerStore] = [LiveTrackerStore(agent.domain, WakingLockStore().lock)]
    one, *other = (SharedTrackerStore(agent.domain, each, WakingLockStore().lock) for each in databases)
    for name, stores in (
        ("in memory", live),
        ("PostgreSQL, one process", [one]),
        ("PostgreSQL, another each time", [one, *other]),
    ):
        Measured.trips, before = 0, server_seconds()
        spent = await run(agent, stores, messages + len(SAID))
        done = messages + len(SAID)
        server = (server_seconds() - before) / done
        print(
            f"{name}: {1e6 * statistics.median(spent):.0f} us CPU at the median, {1e6 * statistics.mean(spent):.0f} mean, "
            f"{Measured.trips / done:.2f} round trips, server {1e6 * server:.0f} us"
        )
    sizes = await databases[0].rows(
        "select avg(length(state)) as state, (select avg(length(exchange)) from exchanges) as exchange, count(*) as rows, "
        "pg_total_relation_size('conversations') as conversations, pg_total_relation_size('exchanges') as exchanges "
        "from conversations"
    )
    found = sizes[0]
    print(
        f"state {found['state']:.0f} bytes, exchange {found['exchange']:.0f} bytes; with indexes and free space "
        f"{(found['conversations'] + found['exchanges']) / found['rows']:.0f} bytes a conversation ({found['rows']})"
    )
    for sender in list(await one.keys()):
        await one.forget(sender)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 600))
