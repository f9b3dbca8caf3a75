"""The store in memory and the one in Redis keep the same promises."""

from __future__ import annotations

import asyncio

import pytest
from fakeredis import FakeAsyncRedis, FakeServer

from bot.channels.wechat.shared import SharedStore
from bot.channels.wechat.store import MemoryStore, RedisStore
from bot.conversation.redis_link import RedisLink


@pytest.fixture(params=["memory", "redis", "shared", "away"])
async def store(request):
    if request.param == "memory":
        yield MemoryStore()
        return
    server = FakeServer()
    client = FakeAsyncRedis(server=server, decode_responses=True)
    if request.param == "redis":
        yield RedisStore(client)
        return
    server.connected = request.param != "away"
    shared = SharedStore(RedisLink(client))
    yield shared
    await shared.close()


async def test_a_value_is_there_until_it_is_dropped(store):
    await store.put("a", "1", 60)
    assert await store.get("a") == "1"
    await store.drop("a")
    assert await store.get("a") is None


async def test_a_value_expires(store):
    await store.put("a", "1", 0.02)
    await asyncio.sleep(0.05)
    assert await store.get("a") is None


async def test_only_the_first_adds(store):
    assert await store.add("a", "1", 60)
    assert not await store.add("a", "2", 60)
    assert await store.get("a") == "1"


async def test_an_expired_value_can_be_added_again(store):
    await store.add("a", "1", 0.02)
    await asyncio.sleep(0.05)
    assert await store.add("a", "2", 60)


async def test_one_of_many_adds(store):
    added = await asyncio.gather(*(store.add("a", str(n), 60) for n in range(20)))
    assert added.count(True) == 1


async def test_only_the_owner_extends(store):
    await store.put("a", "mine", 60)
    assert await store.extend("a", "mine", 60)
    assert not await store.extend("a", "yours", 60)
    assert not await store.extend("b", "mine", 60)


async def test_what_is_extended_lives_on(store):
    await store.put("a", "mine", 0.05)
    await store.extend("a", "mine", 60)
    await asyncio.sleep(0.1)
    assert await store.get("a") == "mine"


async def test_only_the_owner_releases(store):
    await store.put("a", "mine", 60)
    await store.release("a", "yours")
    assert await store.get("a") == "mine"
    await store.release("a", "mine")
    assert await store.get("a") is None


async def test_counting_starts_at_one(store):
    assert [await store.count("a", 60) for _ in range(3)] == [1, 2, 3]


async def test_a_list_keeps_its_order(store):
    for item in "abc":
        await store.push("list", item, 60)
    assert await store.items("list") == ("a", "b", "c")


async def test_a_list_that_is_not_there_is_empty(store):
    assert await store.items("list") == ()


async def test_of_many_that_take_an_item_one_has_it(store):
    await store.push("list", "a", 60)
    taken = await asyncio.gather(*(store.take("list", "a") for _ in range(20)))
    assert taken.count(True) == 1
    assert await store.items("list") == ()


async def test_dropping_takes_values_and_lists(store):
    await store.put("a", "1", 60)
    await store.push("list", "x", 60)
    await store.drop("a", "list", "nothing")
    assert (await store.get("a"), await store.items("list")) == (None, ())
    await store.drop()


async def test_what_has_expired_does_not_stay_in_memory():
    now = [0.0]
    store = MemoryStore(lambda: now[0])
    for n in range(100):
        await store.put(f"value {n}", "1", 10)
        await store.push(f"list {n}", "1", 10)
    now[0] = 100.0
    await store.put("one more", "1", 10)
    assert (len(store._values), len(store._lists)) == (1, 0)


@pytest.fixture()
async def office():
    """A store whose Redis can be switched off and on, and what another process has of the same."""
    server = FakeServer()
    stores = [
        SharedStore(RedisLink(FakeAsyncRedis(server=server, decode_responses=True), probe=0.01)) for _ in range(2)
    ]

    async def switch(on):
        server.connected = on
        for store in stores:
            while store._link.away == on:
                await asyncio.gather(store.get("a"), asyncio.sleep(0.005))

    yield stores, switch
    for store in stores:
        await store.close()


async def test_what_was_written_while_redis_was_away_counts_when_it_is_back(office):
    (store, _), switch = office
    await switch(False)
    await store.put("a", "1", 60)
    await store.push("list", "x", 60)
    await switch(True)
    await store.push("list", "y", 60)
    assert (await store.get("a"), await store.items("list")) == ("1", ("y", "x"))
    assert not await store.add("a", "2", 60)
    assert await store.take("list", "x") and not await store.take("list", "x")


async def test_what_is_written_later_replaces_what_was_written_meanwhile(office):
    (one, two), switch = office
    await switch(False)
    await one.put("a", "1", 60)
    await switch(True)
    await one.put("a", "2", 60)
    await two.put("a", "3", 60)
    assert await one.get("a") == "3"


async def test_what_stood_in_redis_is_there_again(office):
    (one, two), switch = office
    await one.put("a", "1", 60)
    await switch(False)
    assert await two.get("a") is None
    await switch(True)
    assert await two.get("a") == "1"
