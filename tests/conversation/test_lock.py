"""Messages of one conversation wait for each other, in order and without polling."""

from __future__ import annotations

import asyncio
import gc

from bot.conversation.lock import WakingLockStore


async def hold(store, name, log, seconds=0.0):
    async with store.lock(name):
        log.append(f"in {name}")
        await asyncio.sleep(seconds)
        log.append(f"out {name}")


async def test_messages_of_one_conversation_follow_each_other_in_order():
    store, log = WakingLockStore(), []

    async def say(number):
        async with store.lock("a"):
            log.append(number)
            await asyncio.sleep(0.001)
            log.append(number)

    await asyncio.gather(*(say(number) for number in range(20)))
    assert log == [number for number in range(20) for _ in range(2)]


async def test_another_conversation_does_not_wait():
    store, log = WakingLockStore(), []
    await asyncio.gather(hold(store, "a", log, 0.05), hold(store, "b", log))
    assert log == ["in a", "in b", "out b", "out a"]


async def test_a_failed_message_lets_the_next_one_in():
    store, log = WakingLockStore(), []
    try:
        async with store.lock("a"):
            raise RuntimeError
    except RuntimeError:
        pass
    await hold(store, "a", log)
    assert log == ["in a", "out a"]


async def test_locks_nobody_holds_are_forgotten():
    store = WakingLockStore()
    for number in range(100):
        await hold(store, str(number), [])
    gc.collect()
    assert len(store._locks) == 0
