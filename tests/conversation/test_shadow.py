"""With PostgreSQL gone, conversations go on over all processes from their shadows in Redis."""

from __future__ import annotations

import contextlib

import pytest
from fakeredis import FakeServer
from fakeredis.aioredis import FakeRedis

from bot.conversation.redis_link import RedisLink
from bot.conversation.shadow import Shadows
from tests.conversation.test_shared_tracker_store import back, gone, rows  # noqa: F401  (fixtures)

from .stores import say, shared_store


@pytest.fixture()
async def several(migrated_postgres):
    """The stores of three processes at one database and one Redis."""
    server = FakeServer()
    async with contextlib.AsyncExitStack() as stack:
        stores = []
        for _ in range(3):
            shadows = Shadows(RedisLink(FakeRedis(server=server, decode_responses=True)))
            stores.append(await stack.enter_async_context(shared_store(migrated_postgres, shadows=shadows)))
        yield stores


async def place_of(store, sender="a"):
    await store.refresh(sender)
    return (await store.retrieve(sender)).get_slot("place")


async def said(store, sender="a"):
    return [exchange["text"] for exchange in await store.history(sender)]


async def test_a_conversation_begun_before_goes_on_in_another_process(several, gone):  # noqa: F811
    one, other, _ = several
    await say(one, 0, place="kyqq")
    with gone():
        await say(other, 1)
        assert await place_of(other) == "kyqq"


async def test_a_copy_from_before_is_not_taken_for_the_newest(several, gone):  # noqa: F811
    one, other, _ = several
    await say(one, 0, place="kyqq")
    await say(other, 1)
    with gone():
        await say(one, 2, place="zltq")
        assert await place_of(other) == "zltq"
        await say(other, 3, place="tqx")
        assert await place_of(one) == "tqx"


async def test_a_message_is_answered_once_whichever_process_hears_it_again(several, gone):  # noqa: F811
    one, other, _ = several
    with gone():
        await say(one, 0)
        again = await other.answered("a", "message-0")
    assert again is not None and again["text"] == "问0"


async def test_all_that_was_said_stands_in_the_database_when_it_is_back(several, gone):  # noqa: F811
    one, _, third = several
    await say(one, 0, place="kyqq")
    with gone():
        for number in range(1, 7):
            await say(several[number % 3], number, **({"place": "tqx"} if number == 4 else {}))
    await back(*several)
    assert await said(third) == [f"问{number}" for number in range(7)]
    assert [await place_of(store) for store in several] == ["tqx", "tqx", "tqx"]


async def test_what_a_killed_process_said_is_written_by_whoever_comes_next(several, gone):  # noqa: F811
    one, other, third = several
    with gone():
        await say(one, 0, place="kyqq")
        one._kept.clear()  # as if it had been killed
        await say(third, 0, sender="b")  # so that it notices, and that the database is back
    await back(other, third)
    assert await place_of(other) == "kyqq"
    assert await said(other) == ["问0"]


async def test_a_process_that_never_noticed_the_outage_has_the_newest(several, gone):  # noqa: F811
    one, other, _ = several
    await say(other, 0, place="kyqq")
    with gone():
        await say(one, 1, place="tqx")
        one._kept.clear()
    assert not other._database.is_away
    assert await place_of(other) == "tqx"
    assert await said(other) == ["问0", "问1"]


async def test_a_forgotten_conversation_does_not_come_back(several, gone):  # noqa: F811
    one, other, _ = several
    await say(one, 0, place="kyqq")
    with gone():
        await one.forget("a")
        await other.refresh("a")
        assert await other.retrieve("a") is None
    await back(one, other)
    assert await said(other) == []


async def test_without_redis_each_process_has_what_it_had(several, gone):  # noqa: F811
    one, other, _ = several
    await say(one, 0, place="kyqq")
    for store in several:
        store._shadows._link._probe = object()  # known to be out of reach
    with gone():
        await say(one, 1)
        assert await place_of(one) == "kyqq"
    await back(one, other)
    assert await said(other) == ["问0", "问1"]


@pytest.mark.parametrize(
    "what", ["", "x", "0123456789abcdefs[]", '0123456789abcdefu[[1], "?", [[]]]', "0123456789abcdefu[1, 2, 3]"]
)
async def test_a_shadow_that_cannot_be_read_is_none(what):
    client = FakeRedis(decode_responses=True)
    await client.set("policy_bot:conversation:a", what)
    assert await Shadows(RedisLink(client)).read("a") is None
