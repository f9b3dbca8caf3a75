"""One message of a conversation at a time over several processes, with a real Redis that may be killed, restarted and hang."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import time

import pytest

from bot.conversation.redis_link import RedisLink, check_redis, open_link
from bot.conversation.redis_lock import LEASE, RedisLockStore
from bot.settings import SettingsError

SHORT = 0.8  # seconds of a lease where a test waits for its end


@pytest.fixture()
async def process(redis_server):
    """Makes the lock store of one more process."""
    links = []

    def made(lease=LEASE):
        links.append(open_link(redis_server.url))
        return RedisLockStore(links[-1], lease)

    yield made
    for link in links:
        await link.close()


async def held(store, log, number, seconds=0.002):
    async with store.lock("a"):
        log.append(("in", number))
        await asyncio.sleep(seconds)
        log.append(("out", number))


def alternates(log):
    """Whether nobody was in while another was."""
    return all(log[i][0] == "in" and log[i + 1] == ("out", log[i][1]) for i in range(0, len(log), 2))


async def test_messages_of_several_processes_follow_each_other(process):
    stores, log = [process() for _ in range(3)], []
    await asyncio.gather(*(held(stores[n % 3], log, n) for n in range(30)))
    assert len(log) == 60 and alternates(log)


async def test_what_another_process_holds_is_tried_again_many_times_a_second(process):
    one, two = process(), process()
    tries, client = [], two._link.client
    original = client.set

    def counted(*given, **options):
        tries.append(given)
        return original(*given, **options)

    client.set = counted
    async with one.lock("a"):
        waiting = asyncio.create_task(held(two, [], 1))
        await asyncio.sleep(0.3)
    await waiting
    assert len(tries) > 3  # looking once a second, it would be two


async def test_the_order_within_a_process_is_kept(process):
    stores, log = [process(), process()], []
    await asyncio.gather(*(held(stores[n % 2], log, n) for n in range(20)))
    served = [number for what, number in log if what == "in"]
    assert [n for n in served if n % 2 == 0] == list(range(0, 20, 2))
    assert [n for n in served if n % 2] == list(range(1, 20, 2))


async def test_another_conversation_does_not_wait(process):
    one, two = process(), process()
    async with one.lock("a"), two.lock("b"):
        pass


async def test_a_failed_message_lets_the_next_one_in(process):
    one, two = process(), process()
    with contextlib.suppress(RuntimeError):
        async with one.lock("a"):
            raise RuntimeError
    async with two.lock("a"):
        pass


async def test_nothing_is_left_of_a_lock_that_was_given_back(process):
    store = process()
    async with store.lock("a"):
        assert await store._link.client.keys("*lock:*")
    assert not await store._link.client.keys("*lock:*")


async def test_a_message_that_takes_longer_than_the_lease_keeps_it(process, caplog):
    one, two, log = process(SHORT), process(SHORT), []
    await asyncio.gather(held(one, log, 1, 1.5 * SHORT), held(two, log, 2))
    assert alternates(log) and not caplog.records


def _hold_for_ever(url, lease, ready):
    async def hold():
        async with RedisLockStore(open_link(url), lease).lock("a"):
            ready.set()
            await asyncio.sleep(60)

    asyncio.run(hold())


async def test_the_lock_of_a_killed_process_is_free_when_its_lease_ends(process, redis_server):
    fork = multiprocessing.get_context("fork")
    ready = fork.Event()
    child = fork.Process(target=_hold_for_ever, args=(redis_server.url, SHORT, ready), daemon=True)
    child.start()
    assert await asyncio.to_thread(ready.wait, 30)
    store = process(SHORT)
    os.kill(child.pid, signal.SIGKILL)
    await asyncio.wait_for(held(store, [], 1), 30)
    await asyncio.to_thread(child.join)


def test_three_seconds_are_the_longest_that_a_killed_process_is_waited_for():
    assert LEASE <= 3


async def test_a_lease_that_was_lost_is_said_in_the_log_and_the_message_is_finished(process, caplog):
    store = process()
    async with store.lock("a"):
        await store._link.client.flushall()
    assert ["not held to the end" in record.message for record in caplog.records] == [True]


async def test_what_another_process_took_in_the_meantime_is_not_given_back_by_us(process):
    one, two = process(), process()
    async with contextlib.AsyncExitStack() as second:
        async with one.lock("a"):
            await one._link.client.flushall()
            await second.enter_async_context(two.lock("a"))
        assert await one._link.client.keys("*lock:a")


async def test_without_redis_the_lock_of_the_process_keeps_the_order(caplog):
    link, log = open_link("redis://127.0.0.1:1/0"), []
    store = RedisLockStore(link)
    await asyncio.gather(*(held(store, log, n) for n in range(10)))
    assert log == [(what, n) for n in range(10) for what in ("in", "out")]
    assert len(caplog.records) == 1 and "out of reach" in caplog.text
    await link.close()


async def back(link):
    while link.away:
        await asyncio.sleep(0.01)


async def test_a_redis_that_is_restarted_is_used_again(redis_server, caplog):
    links = [open_link(redis_server.url) for _ in range(2)]
    one, two = map(RedisLockStore, links)
    await held(one, [], 0)
    redis_server.stop()
    await asyncio.gather(*(held(store, [], 1) for store in (one, two, one, two)))
    assert all(link.away for link in links)
    redis_server.start()
    await asyncio.gather(*map(back, links))
    log = []
    await asyncio.gather(held(one, log, 1), held(two, log, 2))
    assert alternates(log)
    assert [record.message.split()[1] for record in caplog.records].count("out") == 2  # one line of each process
    for link in links:
        await link.close()


async def test_a_redis_that_hangs_holds_a_message_up_once_and_only_for_a_fraction_of_a_second(redis_server):
    link = open_link(redis_server.url)
    store = RedisLockStore(link)
    await held(store, [], 0)
    with redis_server.hanging():
        begin = time.perf_counter()
        await held(store, [], 1)
        first = time.perf_counter() - begin
        begin = time.perf_counter()
        for n in range(20):
            await held(store, [], n, 0)
        others = time.perf_counter() - begin
        assert others < first < 10  # twenty that waited as the first did would take far longer than it
    await back(link)
    await link.close()


async def test_a_server_that_takes_no_writes_is_away(redis_server):
    link = open_link(redis_server.url)
    await link.client.config_set("maxmemory", "1")
    log = []
    await held(RedisLockStore(link), log, 1)
    await asyncio.sleep(0)
    assert link.away and log
    await link.client.config_set("maxmemory", "0")
    await back(link)
    await link.close()


async def test_a_link_that_nobody_asks_connects_to_nothing():
    link = open_link("redis://127.0.0.1:1/0")
    assert isinstance(link, RedisLink) and not link.client.connection_pool._connections


def test_a_redis_that_does_not_answer_is_said_in_one_sentence_without_its_password():
    with pytest.raises(SettingsError, match="Redis") as refused:
        check_redis("redis://:password@127.0.0.1:1/0")
    assert "password" not in str(refused.value) and "\n" not in str(refused.value)


def test_no_redis_needs_no_answer():
    check_redis("")
