"""The store in memory and the one in Redis keep the same promises."""

from __future__ import annotations

import asyncio

import pytest
from fakeredis import FakeAsyncRedis, FakeServer

from bot.channels.wechat.store import MemoryStore, RedisStore, check_store, open_store
from bot.settings import SettingsError


@pytest.fixture(params=["memory", "redis"])
def store(request):
    if request.param == "memory":
        return MemoryStore()
    return RedisStore(FakeAsyncRedis(server=FakeServer(), decode_responses=True))


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


def test_without_an_address_the_memory_is_the_store():
    assert isinstance(open_store(""), MemoryStore)
    assert isinstance(open_store("redis://127.0.0.1:6379/0"), RedisStore)


def test_a_redis_that_does_not_answer_is_said_in_one_sentence_without_its_password():
    with pytest.raises(SettingsError, match="Redis") as refused:
        check_store("redis://:password@127.0.0.1:1/0")
    assert "password" not in str(refused.value)


def test_no_redis_needs_no_answer():
    check_store("")
