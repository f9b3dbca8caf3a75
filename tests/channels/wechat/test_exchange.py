"""Each message is worked on once, whatever tries WeChat makes and wherever they arrive."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter

import pytest
from fakeredis import FakeAsyncRedis, FakeServer
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.exchange import Exchange, Result, Shown, Timings
from bot.channels.wechat.store import MemoryStore, RedisStore

from .clock import event_loop_policy, fake_redis_time, memory  # noqa: F401  (fixtures)

FAST = Timings(answer=0.09, hold=0.11, keep=30, claim=0.2, poll=0.002, again=0.01, limit=3)
LONG = 3.0  # patience where the answer is sure to come


class Work:
    """Counts how often it is done, and in which order."""

    def __init__(self, log=None, name="", seconds=0.0):
        self.log = log if log is not None else []
        self.name = name
        self.seconds = seconds

    async def __call__(self):
        self.log.append(f"begin {self.name}")
        await asyncio.sleep(self.seconds)
        self.log.append(f"end {self.name}")
        return Result(f"answer {self.name}")

    @property
    def times(self):
        return self.log.count(f"begin {self.name}")


@pytest.fixture(params=["memory", "redis"])
def stores(request):
    """As many views as wanted of one store, as several processes have them."""
    if request.param == "memory":
        shared = memory()
        return lambda: shared
    server = FakeServer()
    return lambda: RedisStore(FakeAsyncRedis(server=server, decode_responses=True))


@pytest.fixture()
def exchange(stores):
    return Exchange(stores(), FAST)


async def test_an_answer_that_is_ready_comes_at_once(exchange):
    assert await exchange.reply("m", "u", Work(), LONG) == Result("answer ")


async def test_three_tries_share_one_answer(exchange):
    work = Work(seconds=0.05)
    answers = await asyncio.gather(*(exchange.reply("m", "u", work, LONG) for _ in range(3)))
    assert (work.times, answers) == (1, [Result("answer ")] * 3)


async def test_a_try_after_the_answer_gets_the_same(exchange):
    work = Work()
    await exchange.reply("m", "u", work, LONG)
    assert await exchange.reply("m", "u", work, LONG) == Result("answer ")
    assert work.times == 1


async def test_an_answer_that_is_late_is_not_there_and_the_work_goes_on(exchange):
    work = Work(seconds=0.2)
    assert await exchange.reply("m", "u", work, 0.01) is None
    assert await exchange.reply("m", "u", work, LONG) == Result("answer ")
    assert work.times == 1


async def test_a_closed_connection_does_not_end_the_work(exchange):
    work = Work(seconds=0.1)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(exchange.reply("m", "u", work, LONG), 0.02)
    assert await exchange.reply("m", "u", work, LONG) == Result("answer ")
    assert work.times == 1


async def test_messages_of_one_person_are_worked_on_in_order(exchange):
    log = []
    messages = [Work(log, str(n), 0.03 - 0.01 * n) for n in range(3)]
    await asyncio.gather(*(exchange.reply(work.name, "u", work, LONG) for work in messages))
    assert log == ["begin 0", "end 0", "begin 1", "end 1", "begin 2", "end 2"]


async def test_messages_of_others_are_worked_on_at_the_same_time(exchange):
    log = []
    messages = [Work(log, str(n), 0.05) for n in range(3)]
    await asyncio.gather(*(exchange.reply(work.name, work.name, work, LONG) for work in messages))
    assert sorted(log[:3]) == ["begin 0", "begin 1", "begin 2"]


async def test_what_is_not_ordered_does_not_wait(exchange):
    log = []
    slow, quick = Work(log, "slow", 0.2), Work(log, "quick")
    first = asyncio.create_task(exchange.reply("slow", "u", slow, LONG))
    await asyncio.sleep(0.02)
    await exchange.reply("quick", "u", quick, LONG, ordered=False)
    assert log == ["begin slow", "begin quick", "end quick"]
    await first


async def test_work_that_fails_blocks_nothing(exchange):
    async def broken():
        raise RuntimeError

    assert await exchange.reply("broken", "u", broken, 0.02) is None
    assert await exchange.reply("m", "u", Work(), LONG) == Result("answer ")


async def test_waiting_gets_the_answer_of_what_is_under_way(exchange):
    await exchange.reply("m", "u", Work(seconds=0.05), 0.0)
    assert await exchange.wait("m", LONG) == Result("answer ")


async def test_waiting_ends_when_its_time_is_over(exchange):
    await exchange.reply("m", "u", Work(seconds=0.3), 0.0)
    assert await exchange.wait("m", 0.02) is None
    assert await exchange.is_under_way("m")


async def test_nobody_waits_for_what_nobody_works_on(exchange):
    assert await exchange.wait("m", LONG) is None


async def test_a_dropped_answer_is_gone(exchange):
    await exchange.reply("m", "u", Work(), LONG)
    await exchange.drop("m")
    assert await exchange.result("m") is None


async def test_two_processes_work_on_a_message_once(stores):
    one, two = (Exchange(stores(), FAST) for _ in range(2))
    work = Work(seconds=0.05)
    tries = [each.reply("m", "u", work, LONG) for each in (one, two, one, two)]
    assert await asyncio.gather(*tries) == [Result("answer ")] * 4
    assert work.times == 1


async def test_two_processes_keep_the_order_of_one_person(stores):
    processes = [Exchange(stores(), FAST) for _ in range(2)]
    log = []
    tasks = []
    for n in range(6):
        work = Work(log, str(n), 0.01)
        tasks.append(asyncio.create_task(processes[n % 2].reply(str(n), "u", work, LONG)))
        await asyncio.sleep(0.003)
    await asyncio.gather(*tasks)
    assert [line for line in log if line.startswith("begin")] == [f"begin {n}" for n in range(6)]
    assert all(log[i].split()[1] == log[i + 1].split()[1] for i in range(0, 12, 2))


def dead(exchange):
    """Let a process die: its tasks end without a word."""
    for task in list(exchange._running.values()):
        task.cancel()


async def test_another_process_takes_over_from_one_that_died(stores):
    one, two = (Exchange(stores(), FAST) for _ in range(2))
    work = Work(seconds=0.5)
    assert await one.reply("m", "u", work, 0.03) is None
    dead(one)
    await asyncio.sleep(0)
    assert await two.reply("m", "u", Work(name="again"), LONG) == Result("answer again")


async def test_a_living_process_keeps_its_message_however_long_it_takes(stores):
    one, two = (Exchange(stores(), FAST) for _ in range(2))
    work = Work(seconds=3 * FAST.claim)
    await one.reply("m", "u", work, 0.0)
    assert await two.reply("m", "u", Work(name="again"), LONG) == Result("answer ")


async def test_the_next_message_does_not_wait_for_a_process_that_died(stores):
    one, two = (Exchange(stores(), FAST) for _ in range(2))
    await one.reply("m", "u", Work(seconds=5), 0.03)
    dead(one)
    await asyncio.sleep(0)
    assert await two.reply("n", "u", Work(name="next"), LONG) == Result("answer next")


async def test_a_lost_message_keeps_its_place_in_the_order(stores):
    one, two = (Exchange(stores(), FAST) for _ in range(2))
    log = []
    await one.reply("m", "u", Work([], "m", 5), 0.03)
    later = asyncio.create_task(two.reply("n", "u", Work(log, "n"), LONG))
    dead(one)
    await asyncio.sleep(0)
    again = asyncio.create_task(two.reply("m", "u", Work(log, "m"), LONG))
    await asyncio.gather(later, again)
    assert sorted(line for line in log if line.startswith("begin")) == ["begin m", "begin n"]


class Failing(MemoryStore):
    """A store that does not take what begins with a word, as often as `times` says; counts who asks for what."""

    def __init__(self, word, times):
        super().__init__()
        self.word = word
        self.times = times
        self.asked = Counter()

    async def add(self, key, value, seconds):
        self.asked["add " + key] += 1
        if key.startswith(self.word) and self.times:
            self.times -= 1
            raise ConnectionError
        return await super().add(key, value, seconds)


async def test_an_answer_that_the_store_does_not_take_is_given_out_from_here():
    exchange = Exchange(Failing("result:", 10**6), FAST)
    work = Work()
    for _ in range(3):
        assert await exchange.reply("m", "u", work, LONG) == Result("answer ")
    assert work.times == 1
    await exchange.close()


async def test_an_answer_is_given_to_the_store_as_soon_as_it_takes_it():
    store = Failing("result:", 5)
    exchange = Exchange(store, FAST)
    work = Work()
    assert await exchange.reply("m", "u", work, LONG) == Result("answer ")
    await asyncio.wait(exchange._storing)
    other = Exchange(store, FAST)
    assert await other.reply("m", "u", work, LONG) == Result("answer ")
    assert (work.times, exchange._unstored, await store.items("queue:u")) == (1, {}, ())


async def test_a_late_answer_that_the_store_does_not_take_can_be_waited_for():
    exchange = Exchange(Failing("result:", 10**6), FAST)
    assert await exchange.reply("m", "u", Work(seconds=0.05), 0.0) is None
    assert await exchange.wait("m", LONG) == Result("answer ")
    await exchange.close()


async def test_a_dropped_answer_is_not_given_to_the_store_later():
    store = Failing("result:", 3)
    exchange = Exchange(store, FAST)
    await exchange.reply("m", "u", Work(), LONG)
    await exchange.drop("m")
    await asyncio.wait(exchange._storing)
    assert await Exchange(store, FAST).result("m") is None


async def test_a_claim_is_asked_for_only_where_nobody_has_it():
    store = Failing("", 0)
    one, two = (Exchange(store, FAST) for _ in range(2))
    work = Work(seconds=0.1)
    await asyncio.gather(*(each.reply("m", "u", work, LONG) for each in (one, two)))
    assert store.asked["add claim:m"] == 1


async def test_two_hundred_people_at_once_get_each_their_own_answer_once(stores):
    timings = dataclasses.replace(FAST, claim=6)  # a short claim would end while the two cores are busy
    processes = [Exchange(stores(), timings) for _ in range(2)]
    works = [Work(name=str(n), seconds=0.001 * (n % 20)) for n in range(200)]
    tries = [processes[(n + k) % 2].reply(str(n), str(n), works[n], 20.0) for n in range(200) for k in range(2)]
    answers = await asyncio.gather(*tries)
    assert answers == [Result(f"answer {n}") for n in range(200) for _ in range(2)]
    assert [work.times for work in works] == [1] * 200


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(
    TEXTS,
    st.none()
    | st.builds(Shown, st.lists(TEXTS).map(tuple), st.lists(st.tuples(TEXTS, TEXTS)).map(tuple), st.booleans()),
)
def test_a_result_comes_back_from_the_store_as_it_was(text, shown):
    assert Result.load(Result(text, shown).dump()) == Result(text, shown)
