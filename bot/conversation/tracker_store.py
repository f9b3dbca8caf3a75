"""Conversations in memory: what the next message needs, and what is shown again after a reload.

Rasa's own store writes every event of a conversation out and reads it back with each message, and its policies go through
all of them, so that a message costs more the longer one talks. Here a conversation is kept as its last turns after the
slots and the loop that stood before them; what was said earlier is kept as exchanges, which no policy reads.
"""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from .history import MOST, exchanges

TURNS = 3  # a rule looks back one turn, a form two
_CONVERSATIONS = 5_000  # 20 to 60 KB each; the one longest unused goes first


@dataclass
class _Kept:
    """One conversation. `said` holds its exchanges, compressed."""

    events: tuple[Event, ...] = ()
    said: deque[bytes] = field(default_factory=lambda: deque(maxlen=MOST))


class LiveTrackerStore(TrackerStore):
    """Conversations of this process. The time a message takes does not grow with what was said before."""

    def __init__(self, domain: Domain, broker: EventBroker | None = None, most: int = _CONVERSATIONS) -> None:
        super().__init__(domain, broker)
        self._most = most
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as its last turns; a message that fails half-way leaves what is kept untouched."""
        kept = self._kept.get(sender_id)
        return None if kept is None else self._tracker(sender_id, kept.events)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a conversation."""
        kept = self._kept.setdefault(tracker.sender_id, _Kept())
        self._kept.move_to_end(tracker.sender_id)
        events = list(tracker.events)
        new = _after(kept.events[-1] if kept.events else None, events)
        if self.event_broker:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        kept.said.extend(_packed(exchange) for exchange in exchanges(new))
        kept.events = self._last_turns(tracker.sender_id, events)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    async def keys(self) -> Iterable[str]:
        """The senders of all conversations."""
        return list(self._kept)

    async def history(self, sender_id: str) -> list[dict[str, Any]]:
        """The last exchanges of a conversation, oldest first (docs/api.md)."""
        kept = self._kept.get(sender_id)
        return [] if kept is None else [_unpacked(each) for each in kept.said]

    async def forget(self, sender_id: str) -> None:
        """Remove all that is kept of a conversation."""
        self._kept.pop(sender_id, None)

    def _tracker(self, sender_id: str, events: Sequence[Event]) -> DialogueStateTracker:
        return DialogueStateTracker.from_events(sender_id, list(events), self.domain.slots)

    def _last_turns(self, sender_id: str, events: list[Event]) -> tuple[Event, ...]:
        turns = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
        if len(turns) <= TURNS:
            return tuple(events)
        cut = turns[-TURNS]
        before = self._tracker(sender_id, events[:cut])
        slots = [SlotSet(slot.name, slot.value) for slot in before.slots.values() if slot.value is not None]
        loop = [ActiveLoop(before.active_loop_name)] if before.active_loop_name else []
        first = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), *slots, *loop]
        for event in first:
            event.timestamp = events[0].timestamp
        # The bot was listening when the first of these turns began.
        listening = events[cut - 1 : cut] if isinstance(events[cut - 1], ActionExecuted) else []
        return (*first, *listening, *events[cut:])


def _after(last: Event | None, events: list[Event]) -> list[Event]:
    """The events behind one that is known, by identity; all of them where it is not there."""
    for i in range(len(events) - 1, -1, -1):
        if events[i] is last:
            return events[i + 1 :]
    return events


def _packed(exchange: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(exchange, ensure_ascii=False).encode(), 1)


def _unpacked(packed: bytes) -> dict[str, Any]:
    exchange: dict[str, Any] = json.loads(zlib.decompress(packed))
    return exchange
