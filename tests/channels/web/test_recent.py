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


async def test_the_same_key_shares_one_task_while_it_runs():
    recent, work = Recent(), Counting()
    first = recent.start(("s", "a"), work.answer)
    assert recent.known(("s", "a")) is first
    work.go.set()
    assert await first == 1


async def test_what_has_ended_is_not_kept():
    recent, work = Recent(), Counting()
    work.go.set()
    await recent.start(("s", "a"), work.answer)
    assert recent.known(("s", "a")) is None and not recent._tasks and not recent._running


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
