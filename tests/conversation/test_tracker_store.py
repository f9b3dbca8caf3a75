"""Conversations, in memory and in PostgreSQL alike: bounded, flat, and without losing what a conversation remembers."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered

from bot.conversation.history import MOST
from bot.conversation.tracker_store import TURNS, Conflict, LiveTrackerStore

from .stores import DOMAIN, say, shared_store


@pytest.fixture(params=["live", "shared"])
async def store(request):
    if request.param == "live":
        yield LiveTrackerStore(DOMAIN)
        return
    async with shared_store(request.getfixturevalue("migrated_postgres")) as store:
        yield store


async def test_the_next_message_finds_the_last_turns(store):
    for number in range(10):
        await say(store, number)
    tracker = await store.retrieve("a")
    assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == ["问7", "问8", "问9"]
    assert tracker.latest_message.text == "问9"


async def test_what_is_kept_of_a_conversation_does_not_grow(store):
    sizes = []
    for number in range(40):
        await say(store, number, place="kyqq", dialogue={"n": number})
        sizes.append(len(store._kept["a"].events))
    assert max(sizes[TURNS + 2 :]) == min(sizes[TURNS + 2 :])


async def test_a_slot_set_long_ago_is_still_there(store):
    await say(store, 0, place="kyqq", dialogue={"topic": "jyfw-3"})
    for number in range(1, 30):
        await say(store, number)
    tracker = await store.retrieve("a")
    assert tracker.get_slot("place") == "kyqq"
    assert tracker.get_slot("dialogue") == {"topic": "jyfw-3"}


async def test_a_slot_that_was_emptied_stays_empty(store):
    await say(store, 0, place="kyqq")
    await say(store, 1, place=None)
    for number in range(2, 20):
        await say(store, number)
    assert (await store.retrieve("a")).get_slot("place") is None


async def test_a_form_that_was_opened_long_ago_is_still_open(store):
    tracker = await say(store, 0)
    tracker.update(ActiveLoop("contact_form"))
    await store.save(tracker)
    for number in range(1, 20):
        await say(store, number)
    assert (await store.retrieve("a")).active_loop_name == "contact_form"


async def test_the_history_is_longer_than_what_the_bot_reads_and_bounded(store):
    for number in range(MOST + 10):
        await say(store, number)
    history = await store.history("a")
    assert [exchange["text"] for exchange in history] == [f"问{number}" for number in range(10, MOST + 10)]
    assert history[0]["id"] == "message-10"
    assert history[-1]["reply"]["text"] == f"答{MOST + 9}"


async def test_saving_the_same_conversation_again_doubles_nothing(store):
    tracker = await say(store, 0)
    await store.save(tracker)
    await store.save(await store.retrieve("a"))
    assert len(await store.history("a")) == 1


async def test_a_message_that_fails_half_way_leaves_no_trace(store):
    await say(store, 0, place="kyqq")
    tracker = await store.retrieve("a")
    tracker.update(UserUttered("half"))
    tracker.update(SlotSet("place", "tqx"))
    again = await store.retrieve("a")
    assert again.get_slot("place") == "kyqq"
    assert again.latest_message.text == "问0"


async def test_two_people_share_nothing(store):
    await say(store, 0, "a", place="kyqq")
    await say(store, 1, "b")
    assert (await store.retrieve("b")).get_slot("place") is None
    assert [exchange["text"] for exchange in await store.history("b")] == ["问1"]


async def test_a_person_who_is_forgotten_leaves_nothing(store):
    await say(store, 0)
    await store.forget("a")
    assert await store.retrieve("a") is None and await store.history("a") == []
    await store.forget("nobody")


async def test_an_answered_message_is_answered_again_with_the_same_exchange(store):
    await say(store, 0)
    exchange = await store.answered("a", "message-0")
    assert exchange == (await store.history("a"))[0] and exchange["reply"]["text"] == "答0"
    assert await store.answered("a", "message-1") is None
    assert await store.answered("b", "message-0") is None


async def test_a_commit_gives_what_was_said_since_the_last_one(store):
    tracker = await say(store, 0, commits=False)
    (exchange,) = await store.commit("a")
    assert exchange["id"] == "message-0"
    await store.save(tracker)
    assert await store.commit("a") == []
    assert await store.commit("nobody") == []


async def test_what_others_kept_in_the_meantime_is_not_overwritten(store):
    tracker = await say(store, 0)
    await store.forget("a")
    await say(store, 1)
    with pytest.raises(Conflict):
        await store.save(tracker)


async def test_replies_are_kept_as_exchanges_only(store):
    await say(store, 0)
    await say(store, 1)
    assert [type(event).__name__ for event in store._kept["a"].events].count("BotUttered") <= 1


async def test_only_so_many_conversations_are_kept_and_the_longest_unused_goes_first():
    store = LiveTrackerStore(DOMAIN, most=3)
    for sender in "abc":
        await say(store, 0, sender)
    await say(store, 1, "a")
    await say(store, 0, "d")
    assert sorted(await store.keys()) == ["a", "c", "d"]


async def test_conversations_nobody_went_on_with_for_ninety_days_are_removed():
    store = LiveTrackerStore(DOMAIN)
    await say(store, 0, "old")
    for event in store._kept["old"].events:
        event.timestamp -= 91 * 86_400
    await say(store, 0, "new")
    await store.purge()
    assert await store.keys() == ["new"]


async def test_new_events_are_published_once_and_after_they_are_kept():
    published = []
    store = LiveTrackerStore(DOMAIN, publish=lambda sender, events: published.append((sender, list(events))))
    for number in range(8):
        await say(store, number, commits=False)
        assert len(published) == number
        await store.commit("a")
    assert {sender for sender, _ in published} == {"a"}
    texts = [event.text for _, events in published for event in events if isinstance(event, UserUttered)]
    assert texts == [f"问{number}" for number in range(8)]
