"""Messages under way or just answered, so that one sent again is not answered twice, and none can crowd out the others."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

logger = logging.getLogger(__name__)

_MOST = 2000
AT_ONCE = 3  # messages of one sender; somebody who taps a button twice is served, a script is not

Key = tuple[str, str]  # sender, id of the message


class TooMany(Exception):
    """A sender has too many messages under way."""


class Recent:
    """One task for each key; the oldest finished ones are forgotten, and one that failed may be tried again."""

    def __init__(self, most: int = _MOST, at_once: int = AT_ONCE) -> None:
        self._most = most
        self._at_once = at_once
        self._tasks: OrderedDict[Key, asyncio.Task[Any]] = OrderedDict()
        self._running: Counter[str] = Counter()

    def known(self, key: Key) -> asyncio.Task[Any] | None:
        """The task of a key where there is one that has not failed."""
        task = self._tasks.get(key)
        return None if task is None or (task.done() and (task.cancelled() or task.exception())) else task

    def start(self, key: Key, work: Callable[[], Coroutine[Any, Any, Any]]) -> asyncio.Task[Any]:
        """A new task for a key. Raises TooMany. What fails later than anybody waits is in the log all the same."""
        sender = key[0]
        if self._running[sender] >= self._at_once:
            raise TooMany
        self._running[sender] += 1
        task = self._tasks[key] = asyncio.ensure_future(work())
        self._tasks.move_to_end(key)
        task.add_done_callback(lambda done: self._ended(sender, done))
        while len(self._tasks) > self._most:
            oldest = next((key for key, each in self._tasks.items() if each.done()), None)
            if oldest is None:
                break
            del self._tasks[oldest]
        return task

    async def settled(self, sender: str, seconds: float) -> None:
        """Wait, but not longer than `seconds`, until nothing of a sender is under way."""
        waiting = [task for (who, _), task in self._tasks.items() if who == sender and not task.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)

    def forget(self, sender: str) -> None:
        """Drop what a sender was answered."""
        for key in [key for key, task in self._tasks.items() if key[0] == sender and task.done()]:
            del self._tasks[key]

    def _ended(self, sender: str, task: asyncio.Task[Any]) -> None:
        self._running[sender] -= 1
        if not self._running[sender]:
            del self._running[sender]
        if not task.cancelled() and task.exception():
            logger.error("a message failed: %r", task.exception(), exc_info=task.exception())
