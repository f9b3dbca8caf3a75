"""Two bots with two workers each on one PostgreSQL and one Redis: what people see when something is taken away under load."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.database.schema import migrate
from bot.settings import ROOT
from tests.redis_process import RedisServer
from tests.servers import PostgresServer

from .bots import Bot
from .citizens import Citizen, Tally, load
from .scripts import SPOKEN, Script

_PEOPLE = 8
_SECONDS = 8.0


class Cluster:
    """What the faults are done to."""

    def __init__(self, bots: Sequence[Bot], postgres: PostgresServer, redis: RedisServer) -> None:
        self.bots = bots
        self.postgres = postgres
        self.redis = redis

    @property
    def ports(self) -> list[int]:
        """Of the bots."""
        return [bot.port for bot in self.bots]


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory):
    """A copy, which a test may change."""
    folder = tmp_path_factory.mktemp("county") / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    return folder


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, knowledge, postgres_server, redis_server) -> Iterator[Cluster]:
    address = postgres_server.address(postgres_server.create())
    migrate(address)
    environment = {
        "BOT_DATABASE": address,
        "BOT_REDIS": redis_server.url,
        "BOT_SESSION_KEY": "a key for tests only, of more than 32 characters",
        "BOT_KNOWLEDGE": str(knowledge),
    }
    bots = [Bot(tmp_path_factory.mktemp("bot"), environment) for _ in range(2)]
    try:
        for bot in bots:
            bot.start()
        for bot in bots:
            bot.wait()
        yield Cluster(bots, postgres_server, redis_server)
    finally:
        for bot in bots:
            bot.kill()


@pytest.fixture(scope="module")
def scripts(cluster) -> list[Script]:
    """Every conversation said once, calmly, to one bot."""

    async def record() -> list[Script]:
        citizen = Citizen(cluster.ports[:1], 0, Tally())
        try:
            return [await citizen.record(name, next) for name, next in SPOKEN.items()]
        finally:
            citizen.close()

    return asyncio.run(record())


def under_load(
    cluster: Cluster, scripts: Sequence[Script], fault: Callable[[], None] | None = None, seconds: float = _SECONDS
) -> Tally:
    """People talk for that long and to whichever bot; after a third of the time the fault happens. What is wrong is empty."""

    # The fault is done in this thread: the servers end with the thread that started them.
    with ThreadPoolExecutor(1) as pool:
        talking = pool.submit(asyncio.run, load(cluster.ports, scripts, _PEOPLE, seconds))
        time.sleep(seconds / 3)
        if fault:
            fault()
        tally = talking.result()
    assert not tally.faults, "\n".join(tally.faults[:5])
    return tally


def test_the_conversations_of_the_load_are_worth_it(scripts):
    verdicts = [line.answer[4] for script in scripts for line in script.lines if line.answer[4]]
    numbers = {place for script in scripts for line in script.lines for place, _ in line.answer[3]}
    assert len(verdicts) > 20 and any(verdict for _, verdict, *_ in verdicts)
    assert len(numbers) > 6
    assert sum(len(script.lines) for script in scripts) > 70


def test_conversations_hop_between_bots_and_nothing_is_asked_twice(cluster, scripts):
    tally = under_load(cluster, scripts)
    assert len(tally.seconds) > 100
    assert tally.repeated == {}


def test_a_bot_is_killed_and_no_answer_is_lost_or_doubled(cluster, scripts):
    tally = under_load(cluster, scripts, cluster.bots[1].kill)
    assert tally.repeated, "the kill met nobody"
    cluster.bots[1].start()
    cluster.bots[1].wait()


def test_a_worker_is_killed_and_another_takes_its_place(cluster, scripts):
    before = set(cluster.bots[0].workers())
    under_load(cluster, scripts, lambda: os.kill(min(before), signal.SIGKILL))
    after = set(cluster.bots[0].workers())
    assert len(after) == len(before) and min(before) not in after


def test_redis_is_restarted_and_nobody_notices(cluster, scripts):
    tally = under_load(cluster, scripts, cluster.redis.restart)
    assert tally.longest() < 10  # beside what the whole load takes; the bots' own limit for Redis is far below


def test_postgresql_is_gone_for_ten_seconds_and_conversations_go_on(cluster, scripts):
    gone = []

    def outage() -> None:
        cluster.postgres.stop()
        gone.append(time.monotonic())
        time.sleep(10)
        cluster.postgres.start()
        gone.append(time.monotonic())

    tally = under_load(cluster, scripts, outage, 21)
    answered = [at for at in tally.sent_at if gone[0] < at < gone[1]]
    assert len(answered) > 50, "people had to wait for the database"
    under_load(cluster, scripts)  # and with it again


def test_knowledge_is_changed_under_load_without_an_error(cluster, scripts, knowledge):
    before = cluster.bots[0].knowledge()
    replies = knowledge / "replies.yml"
    replies.write_text(replies.read_text(encoding="utf-8") + "\n# a change\n", encoding="utf-8")

    def change() -> None:
        for bot in cluster.bots:
            bot.reload()
            deadline = time.monotonic() + 60
            while bot.knowledge() == before:
                assert time.monotonic() < deadline, bot.log[-3000:]
                time.sleep(0.2)

    tally = under_load(cluster, scripts, change, 30)
    assert tally.repeated == {}
    assert {bot.knowledge() for bot in cluster.bots}.isdisjoint({before})
