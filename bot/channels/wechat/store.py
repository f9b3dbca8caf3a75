"""Where the tries of a message meet: in the memory of one process, or in Redis for several."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import redis
from redis.asyncio import Redis

_PREFIX = "policy_bot:wechat:"
_SWEEP = 60.0  # seconds between two looks for what has expired in memory


class Store(Protocol):
    """Short-lived values and lists of text. Whatever is written expires `seconds` after it was last written."""

    async def get(self, key: str) -> str | None:
        """The value, or None."""

    async def put(self, key: str, value: str, seconds: float) -> None:
        """Write a value."""

    async def add(self, key: str, value: str, seconds: float) -> bool:
        """Write a value where there is none. Whether it was written."""

    async def extend(self, key: str, value: str, seconds: float) -> bool:
        """Let a value expire later where it is still this one. Whether it is."""

    async def release(self, key: str, value: str) -> None:
        """Remove a value where it is still this one."""

    async def drop(self, *keys: str) -> None:
        """Remove values and lists."""

    async def count(self, key: str, seconds: float) -> int:
        """Count one more: 1 for the first."""

    async def push(self, key: str, item: str, seconds: float) -> None:
        """Put an item at the end of a list."""

    async def items(self, key: str) -> tuple[str, ...]:
        """The items of a list, first in first."""

    async def take(self, key: str, item: str) -> bool:
        """Remove an item from a list. Whether it was there: of several that take it, one has it."""

    async def close(self) -> None:
        """Let go of connections."""


class MemoryStore:
    """The store of a single process. `clock` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._values: dict[str, tuple[float, str]] = {}
        self._lists: dict[str, tuple[float, list[str]]] = {}
        self._next_sweep = 0.0

    async def get(self, key: str) -> str | None:
        """The value, or None."""
        expires, value = self._values.get(key, (0.0, ""))
        return value if expires > self._clock() else None

    async def put(self, key: str, value: str, seconds: float) -> None:
        """Write a value."""
        self._sweep()
        self._values[key] = (self._clock() + seconds, value)

    async def add(self, key: str, value: str, seconds: float) -> bool:
        """Write a value where there is none."""
        if await self.get(key) is not None:
            return False
        await self.put(key, value, seconds)
        return True

    async def extend(self, key: str, value: str, seconds: float) -> bool:
        """Let a value expire later where it is still this one."""
        if await self.get(key) != value:
            return False
        await self.put(key, value, seconds)
        return True

    async def release(self, key: str, value: str) -> None:
        """Remove a value where it is still this one."""
        if await self.get(key) == value:
            await self.drop(key)

    async def drop(self, *keys: str) -> None:
        """Remove values and lists."""
        for key in keys:
            self._values.pop(key, None)
            self._lists.pop(key, None)

    async def count(self, key: str, seconds: float) -> int:
        """Count one more."""
        counted = int(await self.get(key) or 0) + 1
        await self.put(key, str(counted), seconds)
        return counted

    async def push(self, key: str, item: str, seconds: float) -> None:
        """Put an item at the end of a list."""
        self._sweep()
        self._lists[key] = (self._clock() + seconds, [*await self.items(key), item])

    async def items(self, key: str) -> tuple[str, ...]:
        """The items of a list."""
        expires, items = self._lists.get(key, (0.0, []))
        return tuple(items) if expires > self._clock() else ()

    async def take(self, key: str, item: str) -> bool:
        """Remove an item from a list."""
        if item not in await self.items(key):
            return False
        self._lists[key][1].remove(item)
        return True

    async def close(self) -> None:
        """Nothing to let go of."""

    def _sweep(self) -> None:
        now = self._clock()
        if now < self._next_sweep:
            return
        self._next_sweep = now + _SWEEP
        self._values = {key: held for key, held in self._values.items() if held[0] > now}
        self._lists = {key: held for key, held in self._lists.items() if held[0] > now and held[1]}


class RedisStore:
    """The store of several processes: one Redis server, version 5 or later."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def get(self, key: str) -> str | None:
        """The value, or None."""
        value: str | None = await self._client.get(_PREFIX + key)
        return value

    async def put(self, key: str, value: str, seconds: float) -> None:
        """Write a value."""
        await self._client.set(_PREFIX + key, value, px=_milliseconds(seconds))

    async def add(self, key: str, value: str, seconds: float) -> bool:
        """Write a value where there is none."""
        return bool(await self._client.set(_PREFIX + key, value, px=_milliseconds(seconds), nx=True))

    async def extend(self, key: str, value: str, seconds: float) -> bool:
        """Let a value expire later where it is still this one."""
        return await self._where(key, value, lambda pipe: pipe.pexpire(_PREFIX + key, _milliseconds(seconds)))

    async def release(self, key: str, value: str) -> None:
        """Remove a value where it is still this one."""
        await self._where(key, value, lambda pipe: pipe.delete(_PREFIX + key))

    async def drop(self, *keys: str) -> None:
        """Remove values and lists."""
        if keys:
            await self._client.delete(*(_PREFIX + key for key in keys))

    async def count(self, key: str, seconds: float) -> int:
        """Count one more."""
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.incr(_PREFIX + key)
            pipe.pexpire(_PREFIX + key, _milliseconds(seconds))
            counted, _ = await pipe.execute()
        return int(counted)

    async def push(self, key: str, item: str, seconds: float) -> None:
        """Put an item at the end of a list."""
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.rpush(_PREFIX + key, item)
            pipe.pexpire(_PREFIX + key, _milliseconds(seconds))
            await pipe.execute()

    async def items(self, key: str) -> tuple[str, ...]:
        """The items of a list."""
        return tuple(await self._client.lrange(_PREFIX + key, 0, -1))

    async def take(self, key: str, item: str) -> bool:
        """Remove an item from a list."""
        return bool(await self._client.lrem(_PREFIX + key, 1, item))

    async def _where(self, key: str, value: str, change: Callable[[Any], object]) -> bool:
        """Do one thing to a key where its value is still this one. Whether it was done."""
        async with self._client.pipeline(transaction=True) as pipe:
            try:
                await pipe.watch(_PREFIX + key)
                if await pipe.get(_PREFIX + key) != value:
                    return False
                pipe.multi()
                change(pipe)
                await pipe.execute()
            except redis.WatchError:
                return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
        await self._client.connection_pool.disconnect()


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
