"""A message through the agent: answered once, kept before it is given out, begun again where somebody was quicker."""

from __future__ import annotations

import asyncio

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from bot.conversation.agent import OrderlyAgent
from bot.conversation.intake import Collector
from bot.conversation.lock import WakingLockStore
from bot.conversation.tracker_store import Conflict, LiveTrackerStore

from .stores import DOMAIN, shared_store, turn


class Processor:
    """What Rasa's processor is to the agent: it repeats the message and saves the conversation."""

    def __init__(self, store):
        self.tracker_store = store
        self.heard = []
        self.before_saving = None
        self.mute = False

    async def handle_message(self, message):
        self.heard.append(message.message_id)
        number = int(message.message_id.removeprefix("message-"))
        tracker = await turn(self.tracker_store, number, message.sender_id)
        if self.mute:
            tracker.events.pop()
        else:
            await message.output_channel.send_response(message.sender_id, {"custom": tracker.events[-1].data["custom"]})
        await asyncio.sleep(0)
        if self.before_saving:
            await self.before_saving()
        await self.tracker_store.save(tracker)


class Sheets:
    def __init__(self, log):
        self.log = log

    async def keep(self):
        self.log.append("sheets")


def agent_at(store, log=None, lock_store=None):
    agent = OrderlyAgent(
        domain=Domain.empty(),
        tracker_store=store,
        lock_store=lock_store or WakingLockStore(),
        sheets=Sheets(log if log is not None else []),
    )
    store.domain = DOMAIN
    agent.processor = Processor(store)
    return agent


async def hear(agent, number, sender="a"):
    output = Collector()
    await agent.handle_message(UserMessage(f"问{number}", output, sender, message_id=f"message-{number}"))
    return output


def said(output):
    return [reply["text"] for reply in output.replies]


@pytest.fixture()
def agent():
    return agent_at(LiveTrackerStore(DOMAIN))


async def test_a_message_is_answered_with_its_reply_and_its_exchange(agent):
    output = await hear(agent, 0)
    assert said(output) == ["答0"]
    assert output.exchange == (await agent.tracker_store.history("a"))[0]


async def test_the_same_message_again_gets_the_same_reply_and_is_not_worked_on(agent):
    outputs = await asyncio.gather(*(hear(agent, 0) for _ in range(4)))
    assert agent.processor.heard == ["message-0"]
    assert [said(output) for output in outputs] == [["答0"]] * 4
    assert len({id(output.exchange["at"]) for output in outputs}) > 1  # not one object shared
    assert all(output.exchange == outputs[0].exchange for output in outputs)


async def test_the_same_message_is_answered_by_another_process_from_what_was_kept(migrated_postgres):
    async with shared_store(migrated_postgres) as one, shared_store(migrated_postgres) as other:
        first, second = agent_at(one), agent_at(other)
        answered = await hear(first, 0)
        again = await hear(second, 0)
    assert second.processor.heard == []
    assert said(again) == said(answered) and again.exchange == answered.exchange


async def test_of_two_processes_with_the_same_message_and_no_lock_both_give_the_reply_of_the_first(migrated_postgres):
    async with shared_store(migrated_postgres) as one, shared_store(migrated_postgres) as other:
        first, second = agent_at(one), agent_at(other)
        outputs = await asyncio.gather(hear(first, 0), hear(second, 0))
        history = await one.history("a")
    assert [said(output) for output in outputs] == [["答0"], ["答0"]]
    assert [exchange["id"] for exchange in history] == ["message-0"]
    assert all(output.exchange == history[0] for output in outputs)


async def test_a_message_whose_conversation_was_changed_meanwhile_is_begun_again(migrated_postgres):
    async with shared_store(migrated_postgres) as one, shared_store(migrated_postgres) as other:
        first, second = agent_at(one), agent_at(other)

        async def quicker():
            first.processor.before_saving = None
            await hear(second, 1)

        first.processor.before_saving = quicker
        output = await hear(first, 0)
        history = await other.history("a")
    assert first.processor.heard == ["message-0", "message-0"]
    assert said(output) == ["答0"]
    assert [exchange["text"] for exchange in history] == ["问1", "问0"]


async def test_who_is_always_quicker_ends_the_attempts(agent):
    async def quicker():
        agent.tracker_store._kept.clear()
        agent.processor.before_saving = None
        await agent.processor.handle_message(UserMessage("问9", Collector(), "a", message_id="message-9"))
        agent.processor.before_saving = quicker

    await hear(agent, 0)
    agent.processor.before_saving = quicker
    output = Collector()
    with pytest.raises(Conflict):
        await agent.handle_message(UserMessage("问1", output, "a", message_id="message-1"))
    assert agent.processor.heard.count("message-1") == 3 and output.replies == []


async def test_what_was_made_is_kept_before_the_message_and_both_before_the_reply_is_given_out():
    log = []

    class Store(LiveTrackerStore):
        async def commit(self, sender_id):
            log.append("message")
            return await super().commit(sender_id)

    agent = agent_at(Store(DOMAIN), log)
    await hear(agent, 0)
    log.append("given out")
    assert log == ["sheets", "message", "given out"]


async def test_waiting_for_the_database_holds_up_nobody_else():
    class Slow(LiveTrackerStore):
        async def answered(self, sender_id, message_id):
            await asyncio.sleep(0.05)
            return await super().answered(sender_id, message_id)

        async def commit(self, sender_id):
            await asyncio.sleep(0.05)
            return await super().commit(sender_id)

    agent = agent_at(Slow(DOMAIN))
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await hear(agent, 0, "alone")
    alone, begun = loop.time() - begun, loop.time()
    await asyncio.gather(*(hear(agent, 0, str(sender)) for sender in range(30)))
    assert loop.time() - begun < 5 * alone


async def test_a_message_without_a_reply_has_no_exchange_and_may_be_tried_again(agent):
    agent.processor.mute = True
    assert (await hear(agent, 0)).exchange is None
    agent.processor.mute = False
    assert said(await hear(agent, 0)) == ["答0"]


async def test_a_message_that_breaks_leaves_the_conversation_as_it_was(agent):
    await hear(agent, 0)

    async def broken():
        raise RuntimeError("made by the test")

    agent.processor.before_saving = broken
    with pytest.raises(RuntimeError):
        await hear(agent, 1)
    assert [exchange["text"] for exchange in await agent.tracker_store.history("a")] == ["问0"]
    agent.processor.before_saving = None
    assert said(await hear(agent, 1)) == ["答1"]
