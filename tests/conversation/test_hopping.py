"""The whole bot answers the same whether a conversation stays in one process or goes to another with each message."""

from __future__ import annotations

from contextlib import AsyncExitStack, contextmanager

import pytest

from bot.conversation.lock import WakingLockStore
from bot.conversation.tracker_store import LiveTrackerStore
from tests.test_conversations import FOLDER, read_transcript

from .stores import shared_store

FILES = ("contact_form", "corrections", "places")  # a form under way, follow-ups, slots set long ago


@contextmanager
def stores_of(agent):
    """`use(store)` lets the agent keep its conversations there."""
    before = agent.tracker_store

    def use(store):
        store.domain = before.domain
        agent.tracker_store = agent.processor.tracker_store = store

    yield use
    use(before)


async def hold(agent, scenario, use, stores):
    """The replies of a conversation whose messages go to the stores in turn, and what it remembers at the end."""
    from bot.conversation.agent import Conversation
    from bot.settings import AS_OF

    token = AS_OF.set(scenario.day)
    conversation = Conversation(agent, "test")
    replies = []
    for number, turn in enumerate(scenario.turns):
        use(stores[number % len(stores)])
        choice = None
        if turn.tapped:
            offered = {each["label"]: each["choice"] for each in conversation.pending}
            choice = offered.get(turn.said, turn.said)
        reply = await conversation.say("" if choice else turn.said, choice)
        replies.append({key: value for key, value in reply.items() if key not in ("ms", "sheet")})
    AS_OF.reset(token)
    tracker = await agent.tracker_store.retrieve(conversation.sender)
    return replies, tracker.current_slot_values(), tracker.active_loop_name


@pytest.mark.rasa
@pytest.mark.parametrize("file", FILES)
def test_a_conversation_that_goes_from_process_to_process_is_answered_the_same(file, agent, loop, migrated_postgres):
    scenarios = read_transcript((FOLDER / f"{file}.txt").read_text(encoding="utf-8"), file)

    async def run():
        async with AsyncExitStack() as stack:
            several = [await stack.enter_async_context(shared_store(migrated_postgres)) for _ in range(3)]
            with stores_of(agent) as use:
                for scenario in scenarios:
                    alone = await hold(agent, scenario, use, [LiveTrackerStore(None, WakingLockStore().lock)])
                    assert await hold(agent, scenario, use, several) == alone, scenario.name

    loop.run_until_complete(run())
