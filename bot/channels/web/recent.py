"""Messages under way, so that one sent again waits for its answer, and none can crowd out the others."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

logger = logging.getLogger(__name__)

AT_ONCE = 3  # messages of one sender; somebody who taps a button twice is served, a script is not

Key = tuple[str, str]  # sender, id of the message


class TooMany(Exception):
    """A sender has too many messages under way."""


class Recent:
    """One task for each key, for as long as it runs; what was answered stands in the conversation."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._tasks: dict[Key, asyncio.Task[Any]] = {}
        self._running: Counter[str] = Counter()

    def known(self, key: Key) -> asyncio.Task[Any] | None:
        """The task of a key where it runs."""
        return self._tasks.get(key)

    def start(self, key: Key, work: Callable[[], Coroutine[Any, Any, Any]]) -> asyncio.Task[Any]:
        """A new task for a key. Raises TooMany. What fails later than anybody waits is in the log all the same."""
        sender = key[0]
        if self._running[sender] >= self._at_once:
            raise TooMany
        self._running[sender] += 1
        task = self._tasks[key] = asyncio.ensure_future(work())
        task.add_done_callback(lambda done: self._ended(key, done))
        return task

    def _ended(self, key: Key, task: asyncio.Task[Any]) -> None:
        sender = key[0]
        del self._tasks[key]
        self._running[sender] -= 1
        if not self._running[sender]:
            del self._running[sender]
        if not task.cancelled() and task.exception():
            logger.error("a message failed: %r", task.exception(), exc_info=task.exception())
