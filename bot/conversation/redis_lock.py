"""One message of a conversation at a time over several processes: the lock of each process, and behind it a lease in Redis."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rasa.core.lock_store import LOCK_LIFETIME

from .lock import WakingLockStore
from .redis_link import Away, RedisLink

logger = logging.getLogger(__name__)

LEASE = 3.0  # seconds until the conversation of a process that was killed is free again
_AGAIN = (0.005, 0.02)  # seconds between two tries for what another process holds; a message takes some ten thousandths
_PREFIX = "policy_bot:lock:"

_KEEP = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('pexpire', KEYS[1], ARGV[2])
"""
_RELEASE = """
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('del', KEYS[1])
"""


class RedisLockStore(WakingLockStore):
    """Within a process messages are served in the order of their arrival; of several processes, one at a time.

    Redis out of reach: the lock of this process alone, and the version of the conversation at commit keeps its state right.
    A lease that was lost (this process stood still for longer than it) is said in the log; its message is finished.
    """

    def __init__(self, link: RedisLink, lease: float = LEASE) -> None:
        super().__init__()
        self._link = link
        self._lease = lease
        self._keep = link.client.register_script(_KEEP)
        self._release = link.client.register_script(_RELEASE)

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = 0
    ) -> AsyncGenerator[None, None]:
        """Hold the conversation."""
        async with super().lock(conversation_id):
            key, owner = _PREFIX + conversation_id, secrets.token_hex(8)
            if not await self._taken(key, owner):
                yield
                return
            losses = self._link.losses
            beat = asyncio.create_task(self._beat(key, owner))
            try:
                yield
            finally:
                beat.cancel()
                await self._given_back(key, owner, losses)

    async def _taken(self, key: str, owner: str) -> bool:
        """Wait for the lease. Whether it was had; Redis away, it was not."""
        milliseconds = round(self._lease * 1000)
        try:
            while not await self._link.ask(lambda: self._link.client.set(key, owner, nx=True, px=milliseconds)):
                await asyncio.sleep(random.uniform(*_AGAIN))
        except Away:
            return False
        return True

    async def _beat(self, key: str, owner: str) -> None:
        """Keep the lease for as long as the work takes."""
        milliseconds = round(self._lease * 1000)
        while True:
            await asyncio.sleep(self._lease / 3)
            try:
                if not await self._link.ask(lambda: self._keep(keys=[key], args=[owner, milliseconds])):
                    return  # lost, which is said at the end
            except Away:
                continue

    async def _given_back(self, key: str, owner: str, losses: int) -> None:
        try:
            was_ours = await self._link.ask(lambda: self._release(keys=[key], args=[owner]))
        except Away:
            return
        if not was_ours and self._link.losses == losses:
            logger.warning("lock: a conversation was not held to the end of its message; its version decides")


def open_lock_store(link: RedisLink | None) -> WakingLockStore:
    """Locks of all processes behind a link, or of this process where there is none."""
    return RedisLockStore(link) if link else WakingLockStore()
