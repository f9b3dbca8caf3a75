"""The store of several processes that does not stop with Redis: what cannot be written there stays in this process."""

from __future__ import annotations

from bot.conversation.redis_link import Away, RedisLink

from .store import MemoryStore, RedisStore, Store


class SharedStore:
    """Redis, and while it is out of reach the memory of this process; what was written there counts until it expires.

    Then another process may not see what this one does, and works on the same message too. Its conversation, which knows the
    message by its id, answers it once.
    """

    def __init__(self, link: RedisLink, own: MemoryStore | None = None) -> None:
        self._link = link
        self._shared = RedisStore(link.client)
        self._own = own or MemoryStore()

    async def get(self, key: str) -> str | None:
        """The value, or None."""
        try:
            value = await self._link.ask(lambda: self._shared.get(key))
        except Away:
            value = None
        return await self._own.get(key) if value is None else value

    async def put(self, key: str, value: str, seconds: float) -> None:
        """Write a value."""
        try:
            await self._link.ask(lambda: self._shared.put(key, value, seconds))
            await self._own.drop(key)
        except Away:
            await self._own.put(key, value, seconds)

    async def add(self, key: str, value: str, seconds: float) -> bool:
        """Write a value where there is none."""
        if await self._own.get(key) is not None:
            return False
        try:
            return await self._link.ask(lambda: self._shared.add(key, value, seconds))
        except Away:
            return await self._own.add(key, value, seconds)

    async def extend(self, key: str, value: str, seconds: float) -> bool:
        """Let a value expire later where it is still this one."""
        if await self._own.extend(key, value, seconds):
            return True
        try:
            return await self._link.ask(lambda: self._shared.extend(key, value, seconds))
        except Away:
            return False

    async def release(self, key: str, value: str) -> None:
        """Remove a value where it is still this one."""
        await self._own.release(key, value)
        try:
            await self._link.ask(lambda: self._shared.release(key, value))
        except Away:
            return

    async def drop(self, *keys: str) -> None:
        """Remove values and lists."""
        await self._own.drop(*keys)
        try:
            await self._link.ask(lambda: self._shared.drop(*keys))
        except Away:
            return

    async def count(self, key: str, seconds: float) -> int:
        """Count one more."""
        try:
            return await self._link.ask(lambda: self._shared.count(key, seconds))
        except Away:
            return await self._own.count(key, seconds)

    async def push(self, key: str, item: str, seconds: float) -> None:
        """Put an item at the end of a list."""
        try:
            await self._link.ask(lambda: self._shared.push(key, item, seconds))
        except Away:
            await self._own.push(key, item, seconds)

    async def items(self, key: str) -> tuple[str, ...]:
        """The items of a list; those of this process come last."""
        own = await self._own.items(key)
        try:
            return (*await self._link.ask(lambda: self._shared.items(key)), *own)
        except Away:
            return own

    async def take(self, key: str, item: str) -> bool:
        """Remove an item from a list."""
        if await self._own.take(key, item):
            return True
        try:
            return await self._link.ask(lambda: self._shared.take(key, item))
        except Away:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._link.close()


def open_store(link: RedisLink | None) -> Store:
    """The store behind a link, or the memory of this process where there is none."""
    return SharedStore(link) if link else MemoryStore()
