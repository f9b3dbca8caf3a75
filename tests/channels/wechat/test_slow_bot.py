"""A slow bot before the fake WeChat, in real seconds: every message is answered, once, in order, whatever is retried.

All conversations below run at the same time, each with a citizen of its own; the tests look at what came of them.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import httpx
import pytest

from bot.wechat_simulator import Delivery, compose, deliver, new_openid
from tests.redis_process import RedisServer

from .servers import ACCOUNT, FakeBots, free_port, wechat

WAIT = "回复 1 查看结果"


class RoundRobin(httpx.AsyncBaseTransport):
    """Sends each request to the next of several ports, as a load balancer does."""

    def __init__(self, *ports: int) -> None:
        self._ports = ports
        self._count = 0
        self._transport = httpx.AsyncHTTPTransport(verify=False)  # loading certificates would cost more than the test

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._count += 1
        request.url = request.url.copy_with(port=self._ports[(self._count - 1) % len(self._ports)])
        return await self._transport.handle_async_request(request)


class Citizen:
    """One person who talks to one server, or to two in turn."""

    def __init__(self, *ports: int) -> None:
        self.openid = new_openid()
        self._url = wechat(ports[0])
        self._ports = ports

    async def say(self, text: str, kind: str = "text", **options: object) -> Delivery:
        async with httpx.AsyncClient(transport=RoundRobin(*self._ports), timeout=None) as client:
            message = compose(kind, self.openid, text, now=int(time.time()))
            return await deliver(client, self._url, ACCOUNT, message, **options)


SINGLE = {
    **{f"wait {delay}": (f"等{delay}秒", {}) for delay in (0, 3, 4.4, 6, 12)},
    **{f"wait {delay}, same signature": (f"等{delay}秒", {"same_signature": True}) for delay in (6, 12)},
    **{f"wait {delay}, overlapping": (f"等{delay}秒", {"gap": 4.0}) for delay in (4.4, 6, 10)},
    "one reply lost": ("等1秒", {"lost": 1}),
    "two replies lost": ("等0秒", {"lost": 2}),
}


async def conversations(bots: FakeBots, redis: str, failing: RedisServer) -> dict[str, list[Delivery]]:
    """Everything that takes its time, at once. The result has the deliveries of each conversation by its name."""
    one, again, two, three, four, five, six = (free_port() for _ in range(7))
    bots.start(one, "one.txt")
    bots.start(again, "again.txt")
    bots.start(two, "two.txt", redis)
    bots.start(three, "two.txt", redis)
    bots.start(four, "two.txt", redis)
    bots.start(five, "failing.txt", failing.url)
    bots.start(six, "failing.txt", failing.url)
    names: dict[str, asyncio.Task] = {}

    def run(name: str, *steps) -> None:
        names[name] = asyncio.create_task(in_turn(*steps))

    for name, (text, options) in SINGLE.items():
        run(name, lambda text=text, name=name, options=options: Citizen(one).say(f"{text} {name}", **options))
    late = Citizen(one)
    run("late", lambda: late.say("等16秒 late"), lambda: late.say("1"), lambda: late.say("1"))
    asks_on = Citizen(one)
    run(
        "asks on",
        lambda: asks_on.say("等16秒 asks on"),
        lambda: asks_on.say("又一句 asks on"),
        lambda: asks_on.say("1"),
    )
    hasty = Citizen(one)
    run("first", lambda: hasty.say("等6秒 first"))
    run("second", lambda: asyncio.sleep(1), lambda: hasty.say("等0秒 second"))
    patient = Citizen(one)
    run("too early", lambda: patient.say("等20秒 too early"), lambda: patient.say("1"), lambda: patient.say("1"))
    run("nothing waits", lambda: Citizen(one).say("1"))
    run("restart", lambda: Citizen(again).say("等1.5秒 restart"))
    run("killed", lambda: seen(bots, "again.txt", "restart"), lambda: restart(bots, again))
    for delay in (0, 6, 12):
        run(f"two workers {delay}", lambda delay=delay: Citizen(two, three).say(f"等{delay}秒 two workers {delay}"))
    moving = Citizen(two, three)
    run("late, two workers", lambda: moving.say("等16秒 late, two workers"), lambda: moving.say("继续"))
    shared = Citizen(two, three)
    run("first of two workers", lambda: shared.say("等3秒 first of two workers"))
    run("second of two workers", lambda: asyncio.sleep(0.5), lambda: shared.say("等0秒 second of two workers"))
    run("owner dies", lambda: Citizen(four, two, three).say("等3秒 owner dies"))
    run("murder", lambda: seen(bots, "two.txt", "owner dies"), lambda: asyncio.to_thread(bots.kill, four))
    run("redis restarts", lambda: Citizen(five, six).say("等6秒 redis restarts"))
    run(
        "failing redis",
        lambda: seen(bots, "failing.txt", "redis restarts"),
        lambda: asyncio.to_thread(failing.restart),
        lambda: asyncio.sleep(10),
        lambda: asyncio.to_thread(failing.stop),
        lambda: Citizen(five, six).say("等0秒 redis is gone"),
        lambda: Citizen(five).say("等1秒 redis comes back"),
        lambda: asyncio.to_thread(failing.start),
        lambda: Citizen(five, six).say("等0秒 redis is back"),
    )
    return {name: await task for name, task in names.items()}


async def in_turn(*steps) -> list[Delivery]:
    return [result for step in steps if isinstance(result := await step(), Delivery)]


async def seen(bots: FakeBots, log: str, name: str) -> None:
    """Wait until the bot works on a message."""
    while not any(text.endswith(f"秒 {name}") for _, text in bots.seen(log)):
        await asyncio.sleep(0.02)


async def restart(bots: FakeBots, port: int) -> None:
    bots.kill(port)
    await asyncio.to_thread(bots.start, port, "again.txt")


@pytest.fixture(scope="module")
def talked(bots, redis_server):
    failing = RedisServer()
    failing.start()
    try:
        return asyncio.run(conversations(bots, redis_server.url, failing))
    finally:
        failing.stop()


@pytest.fixture(scope="module")
def times_seen(bots, talked):
    """How often the bots saw each message."""
    return Counter(text for log in ("one.txt", "again.txt", "two.txt") for _, text in bots.seen(log))


@pytest.mark.parametrize("name", SINGLE)
def test_every_message_is_answered_in_one_of_its_tries(talked, name):
    (result,) = talked[name]
    assert result.shown == f"答：{SINGLE[name][0]} {name}", result.tries


@pytest.mark.parametrize(("name", "tries"), [("wait 0", 1), ("wait 3", 1), ("wait 6", 2), ("wait 12", 3)])
def test_the_answer_comes_with_the_try_in_which_it_is_ready(talked, name, tries):
    assert len(talked[name][0].tries) == tries


@pytest.mark.parametrize("name", [*SINGLE, "late", "asks on", "first", "second", "two workers 6", "two workers 12"])
def test_the_bot_sees_every_message_once(times_seen, name):
    assert [count for text, count in times_seen.items() if text.endswith(f"秒 {name}")] == [1]


def test_a_very_late_answer_is_promised_and_then_fetched_with_1(talked):
    promise, fetched, again = talked["late"]
    assert WAIT in promise.shown and len(promise.tries) == 3
    assert fetched.shown == "答：等16秒 late"
    assert "late" not in again.shown  # fetched once, and then 1 is a message like any other


def test_1_before_the_answer_is_there_is_told_to_wait(talked):
    promise, early, fetched = talked["too early"]
    assert WAIT in promise.shown and "还没查完" in early.shown and fetched.shown == "答：等20秒 too early"


def test_1_is_not_a_message_to_the_bot_while_something_waits(bots, talked):
    sender = next(sender for sender, text in bots.seen("one.txt") if text.endswith("秒 late"))
    assert [text for other, text in bots.seen("one.txt") if other == sender] == ["等16秒 late", "1"]


def test_1_is_an_ordinary_message_where_nothing_waits(talked):
    assert talked["nothing waits"][0].shown == "答：1"


def test_another_question_gets_its_own_answer_and_the_old_one_can_still_be_fetched(talked):
    promise, other, fetched = talked["asks on"]
    assert WAIT in promise.shown
    assert other.shown == "答：又一句 asks on" and fetched.shown == "答：等16秒 asks on"


def test_messages_of_one_person_are_answered_in_order(bots, talked):
    assert talked["first"][0].shown == "答：等6秒 first" and talked["second"][0].shown == "答：等0秒 second"
    texts = [text for _, text in bots.seen("one.txt")]
    assert texts.index("等6秒 first") < texts.index("等0秒 second")


def test_a_restart_between_two_tries_loses_nothing(talked, times_seen):
    (result,) = talked["restart"]
    assert [one.outcome for one in result.tries] == ["unreachable", "reply"] and result.shown == "答：等1.5秒 restart"
    assert times_seen["等1.5秒 restart"] == 2  # before and after


@pytest.mark.parametrize("delay", [0, 6, 12])
def test_two_workers_answer_a_message_once(talked, delay):
    (result,) = talked[f"two workers {delay}"]
    assert result.shown == f"答：等{delay}秒 two workers {delay}", result.tries


def test_an_answer_of_one_worker_is_fetched_from_the_other(talked):
    promise, fetched = talked["late, two workers"]
    assert WAIT in promise.shown and fetched.shown == "答：等16秒 late, two workers"


def test_two_workers_keep_the_order_of_one_person(bots, talked):
    assert talked["second of two workers"][0].shown == "答：等0秒 second of two workers"
    texts = [text for _, text in bots.seen("two.txt")]
    assert texts.index("等3秒 first of two workers") < texts.index("等0秒 second of two workers")


def test_another_worker_takes_over_from_one_that_died(talked):
    (result,) = talked["owner dies"]
    assert result.shown == "答：等3秒 owner dies", result.tries


async def test_two_hundred_people_at_once_get_their_own_answer_once(bots):
    port = free_port()
    bots.start(port, "many.txt")
    said = [f"等{i % 5 / 10}秒 第{i}人" for i in range(200)]
    results = await asyncio.gather(*(Citizen(port).say(text) for text in said))
    assert [result.shown for result in results] == [f"答：{text}" for text in said]
    assert Counter(text for _, text in bots.seen("many.txt")) == Counter(said)


def test_a_message_is_answered_though_redis_restarts_in_the_middle(talked):
    (result,) = talked["redis restarts"]
    assert result.shown == "答：等6秒 redis restarts", result.tries


@pytest.mark.parametrize("nth", range(3))
def test_messages_are_answered_while_redis_is_gone_and_when_it_is_back(talked, nth):
    said = ["等0秒 redis is gone", "等1秒 redis comes back", "等0秒 redis is back"]
    assert talked["failing redis"][nth].shown == "答：" + said[nth]
