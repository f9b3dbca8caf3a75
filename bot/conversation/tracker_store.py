"""Conversations in memory: what the next message needs, and what is shown again after a reload.

Rasa's own store writes every event of a conversation out and reads it back with each message, and its policies go through
all of them, so that a message costs more the longer one talks. Here a conversation is kept as its last turns after the
slots and the loop that stood before them; what was said earlier is kept as exchanges, which no policy reads.

A message goes through `answered`, `retrieve`, `save`, `commit`: the first and the last may wait for a store outside (see
shared_tracker_store.py), the two between, which Rasa calls, never do.
"""

from __future__ import annotations

import json
import time
import zlib
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from .history import MOST, exchanges

TURNS = 3  # a rule looks back one turn, a form two
KEPT = timedelta(days=90)  # as long as a session of the website lasts
_CONVERSATIONS = 5_000  # 20 to 40 KB each; the one longest unused goes first

Publish = Callable[[str, Sequence[Event]], None]
Lock = Callable[[str], AbstractAsyncContextManager[None]]


class Conflict(Exception):
    """The conversation was changed by somebody else since the message began: nothing was kept of it, and it is to be begun
    again."""


class Said(NamedTuple):
    """An exchange, compressed, under the id of its message; `at` is an ISO time."""

    message: str
    at: str
    packed: bytes


@dataclass
class Kept:
    """One conversation. `new` are the events and `latest` the exchanges since the last commit."""

    events: tuple[Event, ...] = ()
    said: deque[Said] = field(default_factory=lambda: deque(maxlen=MOST))
    new: list[Event] = field(default_factory=list)
    latest: list[dict[str, Any]] = field(default_factory=list)


class LiveTrackerStore(TrackerStore):
    """Conversations of this process. The time a message takes does not grow with what was said before.

    `lock` holds a conversation against other messages of its sender; who calls `answered` and `commit` holds it already.
    `publish` is given the sender and the new events of each message that was answered.
    """

    def __init__(
        self,
        domain: Domain,
        lock: Lock = lambda sender_id: nullcontext(),
        publish: Publish | None = None,
        most: int = _CONVERSATIONS,
    ) -> None:
        super().__init__(domain)
        self._lock = lock
        self._publish = publish
        self._most = most
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    @property
    def is_away(self) -> bool:
        """Whether there may be more of a conversation than this process can see now."""
        return False

    async def refresh(self, sender_id: str) -> None:
        """Bring what this process has of a conversation up to date, for who reads it outside of a message. Waits for a
        message under way."""
        async with self._lock(sender_id):
            pass

    async def answered(self, sender_id: str, message_id: str) -> dict[str, Any] | None:
        """The exchange of a message that was answered before. Else None, and the conversation is up to date."""
        kept = self._kept.get(sender_id)
        return None if kept is None else _said(kept, message_id)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as its last turns; a message that fails half-way leaves what is kept untouched."""
        kept = self._kept.get(sender_id)
        return None if kept is None else self._tracker(sender_id, kept.events)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a conversation. Raises Conflict where the tracker does not go on from what is kept."""
        sender_id = tracker.sender_id
        kept = self._kept.get(sender_id) or self._new()
        events = list(tracker.events)
        new = _after(kept.events, events)
        if self._publish:
            kept.new += new
        for exchange in exchanges(new):
            kept.latest.append(exchange)
            kept.said.append(Said(exchange["id"], exchange["at"], _packed(exchange)))
        kept.events = self._last_turns(sender_id, events)
        self._keep(sender_id, kept)

    async def commit(self, sender_id: str) -> list[dict[str, Any]]:
        """Keep what was saved for good, before the reply is given out; the exchanges since the last commit.

        Raises Conflict. What cannot be kept for the time being is no error: the conversation goes on.
        """
        kept = self._kept.get(sender_id)
        if kept is None:
            return []
        events, kept.new = kept.new, []
        said, kept.latest = kept.latest, []
        if self._publish and events:
            self._publish(sender_id, events)
        return said

    async def keys(self) -> Iterable[str]:
        """The senders of all conversations."""
        return list(self._kept)

    async def history(self, sender_id: str) -> list[dict[str, Any]]:
        """The last exchanges of a conversation, oldest first (docs/api.md)."""
        kept = self._kept.get(sender_id)
        return [] if kept is None else [unpacked(each.packed) for each in kept.said]

    async def forget(self, sender_id: str) -> None:
        """Remove all that is kept of a conversation, after a message that is under way."""
        async with self._lock(sender_id):
            self._kept.pop(sender_id, None)

    async def purge(self) -> None:
        """Remove conversations that nobody went on with for 90 days."""
        oldest = time.time() - KEPT.total_seconds()
        for sender_id, kept in list(self._kept.items()):
            if kept.events and kept.events[-1].timestamp >= oldest:
                break  # those behind were used later
            del self._kept[sender_id]

    def _new(self) -> Kept:
        return Kept()

    def _keep(self, sender_id: str, kept: Kept) -> None:
        self._kept[sender_id] = kept
        self._kept.move_to_end(sender_id)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def _tracker(self, sender_id: str, events: Sequence[Event]) -> DialogueStateTracker:
        return DialogueStateTracker.from_events(sender_id, list(events), self.domain.slots)

    def _last_turns(self, sender_id: str, events: list[Event]) -> tuple[Event, ...]:
        turns = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
        if len(turns) <= TURNS:
            return _unspoken(events)
        cut = turns[-TURNS]
        before = self._tracker(sender_id, events[:cut])
        slots = [SlotSet(slot.name, slot.value) for slot in before.slots.values() if slot.value is not None]
        loop = [ActiveLoop(before.active_loop_name)] if before.active_loop_name else []
        first = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), *slots, *loop]
        for event in first:
            event.timestamp = events[0].timestamp
        # The bot was listening when the first of these turns began.
        listening = events[cut - 1 : cut] if isinstance(events[cut - 1], ActionExecuted) else []
        return (*first, *listening, *_unspoken(events[cut:]))


def _unspoken(events: list[Event]) -> tuple[Event, ...]:
    """Without the replies, which stand in the exchanges; the last event stays, it tells what is new next time."""
    return tuple(event for event in events if not isinstance(event, BotUttered) or event is events[-1])


def _after(kept: Sequence[Event], events: list[Event]) -> list[Event]:
    """The events behind the last that is known, by identity. Raises Conflict where it is not there."""
    if not kept:
        return events
    for i in range(len(events) - 1, -1, -1):
        if events[i] is kept[-1]:
            return events[i + 1 :]
    raise Conflict


def _said(kept: Kept, message_id: str) -> dict[str, Any] | None:
    found = next((each for each in reversed(kept.said) if each.message == message_id), None)
    return None if found is None else unpacked(found.packed)


def _packed(exchange: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(exchange, ensure_ascii=False).encode(), 1)


def unpacked(packed: bytes) -> dict[str, Any]:
    """An exchange as it was before it was compressed."""
    exchange: dict[str, Any] = json.loads(zlib.decompress(packed))
    return exchange
