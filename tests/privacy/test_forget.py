"""One person is forgotten in every store, and nobody else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from bot.conversation.forget import forget, forget_votes, number_of, senders_of
from bot.conversation.intake import spoken
from bot.conversation.tracker_store import LiveTrackerStore
from bot.eligibility.sheets import Sheet, SheetFolder
from bot.feedback import Feedback, FeedbackFile

ME, OTHER = "a" * 32, "b" * 32


def vote(sender, message="m1"):
    return Feedback(sender, message, "2026-11-23T20:00:00+08:00", "up", "", "", "问", "answered", (), "v")


def sheet(code):
    return Sheet(code, "loan", "2026-11-23", "t", "h", "n", (), ())


async def said(store, sender, code):
    tracker = await store.get_or_create_tracker(sender)
    tracker.update(UserUttered("打印", message_id="m1"))
    data = {**spoken("好"), "sheet": {"code": code, "url": f"/sheet/{code}"}}
    tracker.update(BotUttered("好", {"custom": data}))
    await store.save(tracker)
    await store.commit(sender)


@pytest.fixture()
async def stores(tmp_path):
    conversations = LiveTrackerStore(Domain.empty())
    feedback, sheets = FeedbackFile(tmp_path / "feedback.sqlite3"), SheetFolder(tmp_path / "sheets")
    for sender, code in ((ME, "23456789"), (OTHER, "98765432")):
        await said(conversations, sender, code)
        await feedback.save(vote(sender))
        sheets.save(sheet(code))
    return conversations, feedback, sheets


async def test_conversation_votes_and_printed_results_are_gone(stores):
    conversations, feedback, sheets = stores
    assert await forget(ME, conversations, feedback, sheets) == 1
    assert (await conversations.history(ME), await feedback.votes(ME)) == ([], {})
    assert await sheets.load("23456789") is None


async def test_nobody_else_is_forgotten(stores):
    conversations, feedback, sheets = stores
    await forget(ME, conversations, feedback, sheets)
    assert len(await conversations.history(OTHER)) == 1
    assert await feedback.votes(OTHER) == {"m1": "up"}
    assert await sheets.load("98765432") is not None


async def test_forgetting_twice_is_no_error(stores):
    await forget(ME, *stores)
    assert await forget(ME, *stores) == 0


async def test_a_printed_result_that_was_removed_before_is_no_error(stores):
    await stores[2].remove("23456789")
    await forget(ME, *stores)
    assert await stores[0].history(ME) == []


async def test_where_a_store_is_out_of_reach_the_conversation_stays_to_try_again(stores):
    conversations, _, sheets = stores

    class Gone:
        async def votes(self, sender):
            raise ConnectionError

    with pytest.raises(OSError):
        await forget(ME, conversations, Gone(), sheets)
    assert len(await conversations.history(ME)) == 1


async def test_votes_are_removed_when_they_are_too_old(tmp_path):
    feedback = FeedbackFile(tmp_path / "feedback.sqlite3")
    await feedback.save(vote(ME))
    await feedback.save(replace(vote(ME, "m2"), at="2026-11-23T12:00:01+00:00"))
    assert await forget_votes(feedback, datetime.fromisoformat("2026-11-23T20:00:01+08:00")) == 1
    assert await feedback.votes(ME) == {"m2": "up"}


def test_a_number_is_nine_figures_in_threes_and_tells_nothing_of_the_sender():
    number = number_of(ME)
    assert len(number) == 11 and number.replace(" ", "").isdecimal()
    assert number != number_of(OTHER) and ME[:3] not in number


@pytest.mark.parametrize("typed", [ME, number_of(ME), number_of(ME).replace(" ", ""), number_of(ME).replace(" ", "-")])
def test_staff_find_a_sender_by_number_or_id(typed):
    assert senders_of(typed, [OTHER, ME]) == [ME]


def test_a_number_of_nobody_finds_nobody():
    assert senders_of("000 000 000", [ME, OTHER]) == [] and senders_of("", [ME]) == []
