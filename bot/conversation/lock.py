"""One message of a conversation at a time, in the order of arrival, without Rasa's polling once a second.

OrderlyAgent already takes one message after the other; this stands where Rasa asks for a lock, and keeps the order for whatever
calls its processor otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore


class WakingLockStore(InMemoryLockStore):
    """The next message starts when the one before has ended, instead of at the next second."""

    def __init__(self) -> None:
        super().__init__()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 0
    ) -> AsyncGenerator[None, None]:
        """Hold the conversation. The lock of asyncio serves its waiters in order."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            yield
