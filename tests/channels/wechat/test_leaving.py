"""Who unsubscribes is forgotten: at once what waits for them, then the conversation, and nothing is written afterwards."""

from __future__ import annotations

import asyncio
import math

import pytest
from fakeredis import FakeAsyncRedis, FakeServer

from bot.channels.limits import Bucket, Limiter, Limits
from bot.channels.wechat.desk import Desk
from bot.channels.wechat.exchange import TIMINGS
from bot.channels.wechat.store import RedisStore

from .clock import event_loop_policy, fake_redis_time  # noqa: F401  (fixtures)
from .desks import FakeBot, deliver, event, kit, late, message
from .letters import NOW
from .test_service import FakeApi, service_of

LATER = NOW + 1  # they come back, in WeChat's time


@pytest.fixture()
def server():
    kit()
    return FakeServer()


@pytest.fixture()
def office(server):
    """Processes on one store, each with a bot of its own: (desks, bots)."""
    bots = [FakeBot(), FakeBot()]
    stores = [RedisStore(FakeAsyncRedis(server=server, decode_responses=True)) for _ in bots]
    desks = [Desk(store, bot, kit, b"key") for store, bot in zip(stores, bots)]
    return desks, bots


@pytest.fixture()
def kept(server):
    """What the store holds of a person, by the first word of its keys."""

    async def look(sender):
        client = FakeAsyncRedis(server=server, decode_responses=True)
        return {key.split(":")[2] for key in await client.keys(f"*{sender}*")}

    return look


async def leave(desk):
    assert await deliver(desk, event("unsubscribe"), tries=1) == ""


async def settled(desk):
    """Until what is under way is done."""
    while desk._exchange._running:
        await asyncio.sleep(0.002)


async def test_the_store_keeps_only_that_they_left(office, kept):
    (desk, _), _ = office
    sender = desk.sender("oUser")
    await late(desk, message("等5秒"))
    await deliver(desk, message("长"))
    assert {"waiting", "shown", "result", "tries"} <= await kept(sender)
    await leave(desk)
    await settled(desk)
    await asyncio.sleep(TIMINGS.claim)  # a claim holds nothing, and ends of itself
    assert await kept(sender) == {"left", "result"}  # the empty result of the event itself, for its other tries


async def test_the_conversation_is_forgotten_after_what_is_under_way(office):
    (desk, _), (bot, _) = office
    slow = asyncio.create_task(deliver(desk, message("等3秒")))
    await asyncio.sleep(1)
    await leave(desk)
    assert bot.forgotten == []
    assert await slow == ""
    await settled(desk)
    assert {sender for sender, _ in bot.forgotten} == {desk.sender("oUser")}


async def test_what_waited_is_gone_before_the_turn_of_the_event_comes(office, kept):
    (desk, _), _ = office
    await late(desk, message("等5秒"))
    slow = asyncio.create_task(deliver(desk, message("等8秒"), tries=1))
    await asyncio.sleep(1)
    await leave(desk)
    assert not {"waiting", "shown", "promised"} & await kept(desk.sender("oUser"))
    await slow


async def test_what_another_process_works_on_writes_nothing_afterwards(office, kept):
    (one, two), (_, bot) = office
    sender = one.sender("oUser")
    slow = asyncio.create_task(deliver(two, message("等6秒 按钮"), tries=1))
    await asyncio.sleep(1)
    await leave(one)
    await slow
    await settled(two)
    await settled(one)
    assert (sender, math.inf) in bot.forgotten
    assert not {"waiting", "shown", "promised", "messages"} & await kept(sender)


async def test_a_late_try_of_what_was_said_before_is_not_answered(office):
    (one, two), bots = office
    assert await deliver(one, message("你好"), tries=1) == "答：你好"
    await leave(one)
    assert await deliver(two, message("你好"), tries=1) == ""
    assert [bot.texts for bot in bots] == [["你好"], []]


async def test_who_comes_back_is_a_new_person_to_every_process(office):
    (one, two), (_, bot) = office
    await leave(one)
    await settled(one)
    assert await deliver(two, message("你好", created=LATER)) == "答：你好"
    assert bot.forgotten == [(two.sender("oUser"), float(NOW))]


async def test_what_was_shown_before_means_nothing_to_who_comes_back(office, kept):
    (desk, _), _ = office
    await late(desk, message("等5秒"))
    await deliver(desk, message("按钮"))
    await leave(desk)
    for n, word in enumerate(("1", "2")):
        assert await deliver(desk, message(word, msg_id=100 + n, created=LATER)) == f"答：{word}"
    assert await deliver(desk, message("继续", created=LATER)) == kit().say("wechat_no_more")


@pytest.mark.parametrize("where", [0, 1])
async def test_nothing_is_sent_to_who_left(server, where):
    api = FakeApi()
    stores = [RedisStore(FakeAsyncRedis(server=server, decode_responses=True)) for _ in range(2)]
    desks = [Desk(s, FakeBot(), kit, b"key", service=service_of(api, s)) for s in stores]
    slow = asyncio.create_task(deliver(desks[0], message("等16秒")))
    await asyncio.sleep(15)
    await slow
    await leave(desks[where])
    await settled(desks[0])
    await asyncio.sleep(2)
    assert api.sent == []
    assert not desks[0]._pushes


async def test_who_asked_too_often_can_still_leave(server):
    bot = FakeBot()
    store = RedisStore(FakeAsyncRedis(server=server, decode_responses=True))
    desk = Desk(store, bot, kit, b"key", limiter=Limiter(Limits(sender=Bucket(1, 0.01))))
    await deliver(desk, message("你好"))
    assert "太快" in await deliver(desk, message("又一句"))
    await leave(desk)
    await settled(desk)
    assert (desk.sender("oUser"), math.inf) in bot.forgotten


async def test_a_store_that_lost_what_it_knew_makes_nobody_leave(server):
    bot = FakeBot()
    store = RedisStore(FakeAsyncRedis(server=server, decode_responses=True))
    desk = Desk(store, bot, kit, b"key")
    await leave(desk)
    await settled(desk)
    bot.forgotten.clear()
    slow = asyncio.create_task(deliver(desk, message("等2秒", created=LATER), tries=1))
    await asyncio.sleep(1)
    await FakeAsyncRedis(server=server).flushall()
    assert await slow == "答：等2秒"
    assert (desk.sender("oUser"), math.inf) not in bot.forgotten
