"""What the store holds of one person: what they have before the eyes, what waits for them, and whether they have left."""

from __future__ import annotations

from .exchange import Result, Shown
from .store import Store

_PROMISED = 6  # times as long as an answer waits: who comes for one that is gone hears that, and is not misunderstood
_LEFT = 30 * 86_400.0  # seconds for which other processes learn that they have a conversation to forget


class Person:
    """A person as one message of theirs finds them. When they leave in the meantime, it writes nothing more of them.

    `left_created` is WeChat's time of their last unsubscribing, `left_at` ours of hearing it, both in seconds since 1970, 0
    where none is known.
    """

    def __init__(self, store: Store, sender: str, keep: float, stamp: str | None) -> None:
        self._store = store
        self._keep = keep
        self._stamp = stamp
        self.sender = sender
        created, _, at = (stamp or "0 0").partition(" ")
        self.left_created = int(created)
        self.left_at = float(at)

    @classmethod
    async def meet(cls, store: Store, sender: str, keep: float) -> Person:
        """The person as they are now; `keep` is for how many seconds something waits for them."""
        return cls(store, sender, keep, await store.get(_left(sender)))

    async def has_left(self) -> bool:
        """Whether they left after this message arrived. A store that has lost what it knew is no sign of it."""
        stamp = await self._store.get(_left(self.sender))
        return stamp is not None and stamp != self._stamp

    async def arrived(self, key: str) -> int:
        """Note a try of the message `key`: 1 for the first."""
        tries = await self._store.count(_tries(key), self._keep)
        if tries == 1:
            await self._store.push(_messages(self.sender), key, self._keep)
        return tries

    async def shown(self) -> Shown:
        """What they have before the eyes."""
        dumped = await self._store.get(_shown(self.sender))
        return (Result.load(dumped).shown if dumped else None) or Shown()

    async def sees(self, shown: Shown) -> None:
        """Note what they have before the eyes now; what they were promised before no longer is there."""
        await self._store.drop(_promised(self.sender))
        if shown == Shown():
            await self._store.drop(_shown(self.sender))
            return
        await self._store.put(_shown(self.sender), Result("", shown).dump(), self._keep)
        if await self.has_left():
            await self._store.drop(_shown(self.sender))

    async def waiting(self) -> tuple[str, ...]:
        """The messages whose answers wait for them, first in first."""
        return await self._store.items(_waiting(self.sender))

    async def waits(self, key: str) -> None:
        """Let the answer to a message wait for them."""
        if key in await self.waiting():
            return
        await self._store.push(_waiting(self.sender), key, self._keep)
        if await self.has_left():
            await self.take(key)

    async def take(self, key: str) -> bool:
        """Let an answer wait no more. Whether it did: of several that take it, one has it."""
        return await self._store.take(_waiting(self.sender), key)

    async def promise(self) -> None:
        """Note that they were told to come back with `1`, and have seen nothing since."""
        await self._store.put(_promised(self.sender), "1", _PROMISED * self._keep)
        if await self.has_left():
            await self._store.drop(_promised(self.sender))

    async def promised(self) -> bool:
        """Whether the last they saw is that they may come back with `1`."""
        return await self._store.get(_promised(self.sender)) is not None

    async def leave(self, created: int, now: float) -> None:
        """Note that they left: everything under way stops writing, before anything is dropped."""
        self._stamp = f"{created} {now}"
        await self._store.put(_left(self.sender), self._stamp, _LEFT)

    async def forget(self) -> tuple[str, ...]:
        """Drop what stands here of them; the keys of their messages, whose answers are to be dropped too."""
        keys = await self._store.items(_messages(self.sender))
        tries = map(_tries, keys)
        about = (_messages, _waiting, _shown, _promised)
        await self._store.drop(*tries, *(name(self.sender) for name in about))
        return keys


def _tries(key: str) -> str:
    return f"tries:{key}"


def _messages(sender: str) -> str:
    return f"messages:{sender}"


def _waiting(sender: str) -> str:
    return f"waiting:{sender}"


def _shown(sender: str) -> str:
    return f"shown:{sender}"


def _promised(sender: str) -> str:
    return f"promised:{sender}"


def _left(sender: str) -> str:
    return f"left:{sender}"
