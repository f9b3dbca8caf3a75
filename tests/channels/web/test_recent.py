"""One message sent twice is answered once."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.web.recent import Recent, TooMany


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
    first = recent.start(("s", "a"), work.answer)
    assert recent.known(("s", "a")) is first
    work.go.set()
    assert await first == 1
    assert recent.known(("s", "a")) is first


async def test_another_message_and_another_sender_have_tasks_of_their_own():
    recent, work = Recent(), Counting()
    recent.start(("s", "a"), work.answer).cancel()
    assert recent.known(("s", "b")) is None and recent.known(("t", "a")) is None


async def test_what_failed_may_be_tried_again_and_is_in_the_log(caplog):
    async def fail() -> None:
        raise RuntimeError("made by the test")

    recent = Recent()
    with pytest.raises(RuntimeError):
        await recent.start(("s", "a"), fail)
    assert recent.known(("s", "a")) is None
    assert "made by the test" in caplog.text and caplog.records[-1].exc_info


async def test_one_sender_has_only_so_many_under_way_and_others_are_not_touched():
    recent, work = Recent(at_once=2), Counting()
    tasks = [recent.start(("s", str(number)), work.answer) for number in range(2)]
    with pytest.raises(TooMany):
        recent.start(("s", "2"), work.answer)
    tasks.append(recent.start(("t", "0"), work.answer))
    work.go.set()
    await asyncio.gather(*tasks)
    await recent.start(("s", "2"), work.answer)


async def test_who_waits_for_a_sender_waits_no_longer_than_allowed():
    recent, work = Recent(), Counting()
    task = recent.start(("s", "a"), work.answer)
    await recent.settled("s", 0.01)
    assert not task.done()
    work.go.set()
    await recent.settled("s", 5)
    assert task.done()


async def test_who_starts_again_is_not_answered_from_before():
    recent, work = Recent(), Counting()
    work.go.set()
    for sender in "st":
        await recent.start((sender, "a"), work.answer)
    recent.forget("s")
    assert recent.known(("s", "a")) is None and recent.known(("t", "a")) is not None


async def test_only_so_many_are_remembered_and_none_that_runs_is_dropped():
    recent, work = Recent(most=3), Counting()
    running = recent.start(("s", "running"), work.answer)
    done = Counting()
    done.go.set()
    for key in range(10):
        await recent.start(("t", str(key)), done.answer)
    assert recent.known(("s", "running")) is running
    assert recent.known(("t", "0")) is None and recent.known(("t", "9")) is not None
    work.go.set()
    assert await running == 1
