"""Messages under way or just answered, so that one sent again is not answered twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

_MOST = 2000


class Recent:
    """One task for each key; the oldest finished ones are forgotten, and one that failed may be tried again."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._tasks: OrderedDict[Hashable, asyncio.Task[Any]] = OrderedDict()

    def task(self, key: Hashable, start: Callable[[], Coroutine[Any, Any, Any]]) -> asyncio.Task[Any]:
        """The task of a key, started where there is none."""
        task = self._tasks.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._tasks[key] = asyncio.ensure_future(start())
        self._tasks.move_to_end(key)
        while len(self._tasks) > self._most:
            oldest = next((key for key, each in self._tasks.items() if each.done()), None)
            if oldest is None:
                break
            del self._tasks[oldest]
        return task
