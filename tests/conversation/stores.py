"""What the tests of the two stores share: a small domain, a turn, a store at a database."""

from __future__ import annotations

from contextlib import asynccontextmanager

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

from bot.conversation.intake import spoken
from bot.conversation.lock import WakingLockStore

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
slots:
  place: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  dialogue: {type: any, influence_conversation: false, mappings: [{type: custom}]}
forms:
  contact_form: {required_slots: [place]}
"""
)


async def turn(store, number, sender="a", **slots):
    """One turn as Rasa goes through it, up to where it saves."""
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update(ActionExecuted("action_listen"))
    tracker.update(UserUttered(f"问{number}", message_id=f"message-{number}"))
    for name, value in slots.items():
        tracker.update(SlotSet(name, value))
    tracker.update(BotUttered(f"答{number}", {"custom": spoken(f"答{number}")}))
    return tracker


async def say(store, number, sender="a", commits=True, **slots):
    """One message, as the agent hands it to the store."""
    assert await store.answered(sender, f"message-{number}") is None
    tracker = await turn(store, number, sender, **slots)
    await store.save(tracker)
    if commits:
        await store.commit(sender)
    return tracker


@asynccontextmanager
async def shared_store(address, patience=1.0, again=0.02, **options):
    """A store at a database, with connections and a lock of its own, as a process has."""
    from bot.conversation.shared_tracker_store import SharedTrackerStore
    from bot.database import Database

    database = Database(address, patience, again)
    store = SharedTrackerStore(DOMAIN, database, WakingLockStore().lock, **options)
    yield store
    await database.close()
