"""What was said, told to an event broker, without a message ever waiting for it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a bot without a broker need not import what brokers need
    from rasa.core.brokers.broker import EventBroker
    from rasa.shared.core.events import Event

logger = logging.getLogger(__name__)

MOST = 10_000  # events that wait, of some 700 messages; 10 to 20 MB
_AT_ONCE = 100  # events on their way: Pika's wait for a word of the server each, and one by one would be too slow
_AGAIN = (1.0, 30.0)  # seconds until a broker that is down is tried again: at first, and at most
_PARTING = 2.0  # seconds that the end of the process waits for what is still to be published

Connect = Callable[[], Awaitable["EventBroker"]]


class Unsent(Exception):
    """The broker has kept what it could not send."""


class EventPublisher:
    """A queue, and a thread with an event loop of its own in which the broker lives: Rasa's may block for minutes.

    What is handed over before it is started is not published: the bot warms up with messages that nobody has sent. Events
    are published in the order of `publish`. A broker that is down is tried again, and what it may or may not have had then is
    published again. What does not fit into the queue is dropped, counted, and said in the log once until it fits again.
    """

    def __init__(self, connect: Connect, most: int = MOST, again: tuple[float, float] = _AGAIN) -> None:
        self._connect = connect
        self._most = most
        self._again = again
        self._waiting: deque[tuple[str, Event]] = deque()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._end = asyncio.Event()
        self._down = False
        self.dropped = 0

    def start(self) -> None:
        """Begin to publish. A process forks before this, never after it."""
        begun = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live(begun)), name="events", daemon=True)
        self._thread.start()
        begun.wait()

    def publish(self, sender: str, events: Sequence[Event]) -> None:
        """Hand over the events of one message of a sender: all of them, or where there is no room none."""
        if self._thread is None:
            return
        if len(self._waiting) + len(events) > self._most:
            if not self.dropped:
                logger.error("events: there is no room for more until the broker keeps up, events are dropped")
            self.dropped += len(events)
            return
        self._waiting.extend((sender, event) for event in events)
        self._tell(self._news)

    async def close(self) -> None:
        """Wait a moment for what is still to be published; how much then is left stands in the log."""
        if self._thread is None:
            return
        self._tell(self._end)
        self._tell(self._news)
        await asyncio.to_thread(self._thread.join, _PARTING)
        if self._waiting:
            logger.error("events: %d were not published before the end", len(self._waiting))

    def _tell(self, event: asyncio.Event) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(event.set)

    async def _live(self, begun: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        begun.set()
        broker: EventBroker | None = None
        pause, most = self._again
        while not self._end.is_set() or (self._waiting and not self._down):
            try:
                broker = broker or await self._connect()
                await self._empty(broker)
            except Exception as error:
                if not self._down:
                    logger.error("events: the broker is down (%s), events wait", type(error).__name__)
                self._down = True
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._end.wait(), pause)
                pause = min(2 * pause, most)
            else:
                pause = self._again[0]
                if not self._end.is_set():
                    await self._news.wait()
                    self._news.clear()
        if broker is not None:
            with contextlib.suppress(Exception):
                await broker.close()

    async def _empty(self, broker: EventBroker) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _AT_ONCE))]
            await self._send(broker, batch)
        if self._down or self.dropped:
            logger.warning("events: the broker keeps up again, %d events were dropped", self.dropped)
            self._down, self.dropped = False, 0

    async def _send(self, broker: EventBroker, batch: Sequence[tuple[str, Event]]) -> None:
        """Publish; what could not be goes back to the front of the queue."""
        bodies = [{"sender_id": sender, **event.as_dict()} for sender, event in batch]
        unsent = list(range(len(batch)))
        try:
            for body in bodies:
                broker.publish(body)
                del unsent[0]
            kept = await _kept_back(broker)
            unsent = [i for i, body in enumerate(bodies) if id(body) in kept]
            if unsent:
                raise Unsent
        finally:
            self._waiting.extendleft(batch[i] for i in reversed(unsent))


async def _kept_back(broker: EventBroker) -> set[int]:
    """Wait until all is sent; the identities of what was not. Only Pika's broker publishes in tasks of its own, without an end
    to how many, and keeps what failed for later, without an end to how much."""
    tasks = getattr(broker, "_background_tasks", None)
    if tasks:
        await asyncio.wait(set(tasks))
    failed = getattr(broker, "_unpublished_events", None)
    if not failed:
        return set()
    found = {id(body) for body in failed}
    failed.clear()
    return found
