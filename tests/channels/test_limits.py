"""Buckets: so many at once, so many a second, the same in Redis and in the memory of a process."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.limits import Bucket, Limiter, Limits, Refusal
from bot.conversation.redis_link import open_link

WIDE = Bucket(10**6, 10**6)
SLOW = 0.001  # a second; nothing comes back during a test


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture()
def clock():
    return Clock()


@pytest.fixture(params=["memory", "redis"])
async def limiter_of(request, clock):
    """Makes limiters of processes that share their buckets, where there is something to share them in."""
    if request.param == "memory":
        one = []

        def alone(limits, **options):
            one.append(one[0] if one else Limiter(limits, clock=clock, **options))
            return one[0]

        yield alone
        return
    server = request.getfixturevalue("redis_server")
    server.restart()
    links = []

    def shared(limits, **options):
        links.append(open_link(server.url))
        return Limiter(limits, links[-1], **options)

    yield shared
    for link in links:
        await link.close()


@pytest.fixture()
async def link(redis_server):
    """To a server that holds nothing."""
    redis_server.restart()
    link = open_link(redis_server.url)
    yield link
    await link.close()


def limits(sender=WIDE, address=WIDE, opened=WIDE, worker=WIDE):
    return Limits(sender, address, opened, worker)


async def let_in(limiter, number, sender="s", address="1.2.3.4"):
    """How many of so many messages are let in."""
    return [await limiter.message(sender, address) for _ in range(number)].count(None)


async def test_a_person_may_ask_so_many_at_once_and_others_are_not_touched(limiter_of):
    limiter = limiter_of(limits(sender=Bucket(3, SLOW)))
    assert [await let_in(limiter, 5, sender) for sender in "ab"] == [3, 3]


async def test_the_bucket_is_the_same_for_all_processes(limiter_of):
    processes = [limiter_of(limits(sender=Bucket(4, SLOW))) for _ in range(2)]
    assert sum([await let_in(each, 3) for each in processes]) == 4


async def test_of_many_at_once_only_so_many_are_let_in(limiter_of):
    limiter = limiter_of(limits(sender=Bucket(5, SLOW)))
    refusals = await asyncio.gather(*(limiter.message("s") for _ in range(20)))
    assert refusals.count(None) == 5


async def test_an_address_has_a_bucket_whatever_senders_it_makes_up(limiter_of):
    limiter = limiter_of(limits(address=Bucket(3, SLOW)))
    assert sum([await let_in(limiter, 1, str(n)) for n in range(6)]) == 3
    assert await let_in(limiter, 1, "another", "5.6.7.8") == 1


async def test_who_has_no_address_is_held_by_the_other_buckets(limiter_of):
    limiter = limiter_of(limits(address=Bucket(1, SLOW), sender=Bucket(2, SLOW)))
    assert await let_in(limiter, 4, address=None) == 2


async def test_one_bot_answers_so_many_for_each_of_its_processes(limiter_of):
    limiter = limiter_of(limits(worker=Bucket(2, SLOW)), workers=3)
    assert sum([await let_in(limiter, 1, str(n), None) for n in range(10)]) == 6


async def test_opening_the_page_has_a_bucket_of_its_own(limiter_of):
    limiter = limiter_of(limits(opened=Bucket(2, SLOW)))
    assert [await limiter.opened("1.2.3.4") for _ in range(3)].count(None) == 2
    assert await let_in(limiter, 3) == 3


async def test_what_one_bucket_refuses_is_not_taken_from_another(limiter_of):
    limiter = limiter_of(limits(sender=Bucket(1, SLOW), address=Bucket(3, SLOW)))
    await let_in(limiter, 10, "a")
    assert [await let_in(limiter, 2, sender) for sender in "bcd"] == [1, 1, 0]


async def test_a_person_hears_that_it_is_them_and_for_how_long(limiter_of):
    limiter = limiter_of(limits(sender=Bucket(1, 0.1)))
    await limiter.message("s")
    assert await limiter.message("s") == Refusal(too_fast=True, seconds=10)


async def test_a_crowd_hears_that_it_is_many(limiter_of):
    limiter = limiter_of(limits(worker=Bucket(1, 0.1)))
    await limiter.message("s")
    assert (await limiter.message("t")).says == "too_busy"


async def test_a_bucket_fills_up_again(clock):
    limiter = Limiter(limits(sender=Bucket(4, 0.5)), clock=clock)
    assert await let_in(limiter, 5) == 4
    clock.now += 4
    assert await let_in(limiter, 5) == 2
    clock.now += 1000
    assert await let_in(limiter, 5) == 4


async def test_a_bucket_in_redis_fills_up_again(link):
    limiter = Limiter(limits(sender=Bucket(1, 20.0)), link)
    assert await let_in(limiter, 2, "refilled") == 1
    await asyncio.sleep(0.1)
    assert await let_in(limiter, 1, "refilled") == 1


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(1, 5)), max_size=30))
def test_never_more_than_the_burst_and_what_was_filled_up(steps):
    clock, bucket = Clock(), Bucket(5, 0.5)
    limiter = Limiter(limits(sender=bucket), clock=clock)

    async def run():
        begin, taken = clock.now, 0
        for wait, number in steps:
            clock.now += wait
            taken += await let_in(limiter, number)
            assert taken <= bucket.burst + (clock.now - begin) * bucket.a_second + 0.001

    asyncio.run(run())


async def test_buckets_that_are_full_again_take_no_memory(clock):
    limiter = Limiter(limits(), clock=clock)
    for n in range(100):
        await limiter.message(str(n))
    clock.now += 100
    await limiter.message("one more")
    assert len(limiter._own._full) == 2


async def test_redis_keeps_nothing_of_a_bucket_that_is_full(link):
    await Limiter(limits(sender=Bucket(1, 50.0)), link).message("brief")
    await asyncio.sleep(0.05)
    assert await link.client.keys("*:sender:brief") == []


async def test_without_redis_in_reach_a_process_has_buckets_of_its_own():
    link = open_link("redis://127.0.0.1:1/0")
    limiter = Limiter(limits(sender=Bucket(3, SLOW)), link)
    assert await let_in(limiter, 5) == 3
    await link.close()


async def test_all_is_let_in_where_there_are_no_limits():
    limiter = Limiter(None)
    assert await let_in(limiter, 500) == 500 and await limiter.opened("1.2.3.4") is None
