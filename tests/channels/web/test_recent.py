"""One message sent twice is answered once."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.web.recent import Recent


class Counting:
    def __init__(self) -> None:
        self.calls = 0
        self.go = asyncio.Event()

    async def answer(self) -> int:
        self.calls += 1
        await self.go.wait()
        return self.calls


async def test_the_same_key_shares_one_task_while_it_runs_and_after():
    recent, work = Recent(), Counting()
    first, second = recent.task("a", work.answer), recent.task("a", work.answer)
    work.go.set()
    assert await asyncio.gather(first, second, recent.task("a", work.answer)) == [1, 1, 1]


async def test_another_key_has_a_task_of_its_own():
    recent, work = Recent(), Counting()
    work.go.set()
    assert [await recent.task("a", work.answer), await recent.task("b", work.answer)] == [1, 2]


async def test_what_failed_may_be_tried_again():
    async def fail() -> None:
        raise RuntimeError

    recent, work = Recent(), Counting()
    with pytest.raises(RuntimeError):
        await recent.task("a", fail)
    work.go.set()
    assert await recent.task("a", work.answer) == 1


async def test_only_so_many_are_remembered_and_none_that_runs_is_dropped():
    recent, work = Recent(most=3), Counting()
    running = recent.task("running", work.answer)
    done = Counting()
    done.go.set()
    for key in range(10):
        await recent.task(key, done.answer)
    again = recent.task("running", work.answer)
    assert again is running
    assert await recent.task(0, done.answer) == 11
    work.go.set()
    assert await running == 1
