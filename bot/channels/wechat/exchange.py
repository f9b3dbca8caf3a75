"""One answer for each message, shared by the tries that WeChat makes to fetch it, in whatever process they arrive."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .store import Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Timings:
    """Seconds. WeChat closes a connection after five and tries three times; tests use fractions of these."""

    answer: float = 4.5  # of the last try, after which it says that the answer is still to come
    hold: float = 5.5  # of the earlier tries: longer than WeChat waits, since only silence makes it try again
    keep: float = 600.0  # that an answer waits to be fetched
    claim: float = 6.0  # after which a process that has died loses its messages, so that the next try takes over
    poll: float = 0.1  # between two looks for what another process does
    again: float = 0.5  # between two attempts to write what the store did not take
    limit: float = 120.0  # that one message may take; later ones of the same person wait for it


TIMINGS = Timings()


@dataclass(frozen=True)
class Shown:
    """What a person has before the eyes after a reply: pages still to come; on the last page, the numbered buttons
    (label, choice), or a question that a number answers."""

    rest: tuple[str, ...] = ()
    buttons: tuple[tuple[str, str], ...] = ()
    asks_number: bool = False


@dataclass(frozen=True)
class Result:
    """The answer to a message: a text, empty where nothing is replied; `shown` None where it changes nothing of that."""

    text: str
    shown: Shown | None = None

    def dump(self) -> str:
        """As JSON."""
        shown = self.shown and [self.shown.rest, self.shown.buttons, self.shown.asks_number]
        return json.dumps([self.text, shown], ensure_ascii=False)

    @classmethod
    def load(cls, dumped: str) -> Result:
        """Back from JSON."""
        text, shown = json.loads(dumped)
        if shown is None:
            return cls(text)
        rest, buttons, asks_number = shown
        return cls(text, Shown(tuple(rest), tuple((label, choice) for label, choice in buttons), asks_number))


Work = Callable[[], Awaitable[Result]]


class Exchange:
    """Runs the work of each message once.

    A process claims a message before it works on it and renews the claim while it does. Messages of one sender stand in a
    queue in the order of their arrival and are worked on one after another; those of others at the same time. An answer that
    the store does not take is kept here, and given out here, until it does.
    """

    def __init__(self, store: Store, timings: Timings) -> None:
        self._store = store
        self._timings = timings
        self._running: dict[str, asyncio.Task[None]] = {}
        self._unstored: dict[str, Result] = {}
        self._storing: set[asyncio.Task[None]] = set()

    async def reply(self, key: str, sender: str, work: Work, patience: float, ordered: bool = True) -> Result | None:
        """The answer to the message `key`, or None where it is not there after `patience` seconds; the work goes on.

        `work` is begun where nobody has; not `ordered`, it does not wait for earlier messages of the sender.
        """
        until = _now() + patience
        while True:
            known = await self.result(key)
            if known is not None:
                return known
            if not await self.is_under_way(key) and await self._claimed(key):
                await self._start(key, sender, work, ordered)
            left = until - _now()
            if left <= 0:
                return None
            if not await self._look(key, left):
                await asyncio.sleep(min(self._timings.poll, left))

    async def wait(self, key: str, patience: float) -> Result | None:
        """The answer to a message that somebody works on, or None where it is not there in time or nobody does."""
        until = _now() + patience
        while True:
            busy = await self.is_under_way(key)
            known = await self.result(key)
            left = until - _now()
            if known is not None or not busy or left <= 0:
                return known
            if not await self._look(key, left):
                await asyncio.sleep(min(self._timings.poll, left))

    async def result(self, key: str) -> Result | None:
        """The answer where it is there."""
        if key in self._unstored:
            return self._unstored[key]
        dumped = await self._store.get(_result(key))
        return None if dumped is None else Result.load(dumped)

    async def is_under_way(self, key: str) -> bool:
        """Whether a living process has claimed the message."""
        return key in self._running or key in self._unstored or await self._store.get(_claim(key)) is not None

    async def drop(self, *keys: str) -> None:
        """Forget answers. What is under way stays so."""
        for key in keys:
            self._unstored.pop(key, None)
        await self._store.drop(*map(_result, keys))

    async def close(self) -> None:
        """Wait a moment for what is under way."""
        under_way = {*self._running.values(), *self._storing}
        if under_way:
            await asyncio.wait(under_way, timeout=self._timings.answer)
        storing = list(self._storing)
        for task in storing:
            task.cancel()
        await asyncio.gather(*storing, return_exceptions=True)

    @functools.cached_property
    def _owner(self) -> str:
        """Whose claims are ours; not made before it is used, since a process may fork before that."""
        return secrets.token_hex(8)

    async def _claimed(self, key: str) -> bool:
        return await self._store.add(_claim(key), self._owner, self._timings.claim)

    async def _look(self, key: str, seconds: float) -> bool:
        """Wait for the work where this process does it. Whether it does."""
        task = self._running.get(key)
        if task is None:
            return False
        await asyncio.wait({task}, timeout=seconds)
        return True

    async def _start(self, key: str, sender: str, work: Work, ordered: bool) -> None:
        if await self.result(key) is not None:
            return  # it came, and its claim ended, while we looked
        if ordered and key not in await self._store.items(_queue(sender)):  # a process that died may have left it there
            await self._store.push(_queue(sender), key, self._timings.keep)
        self._running[key] = asyncio.create_task(self._run(key, sender, work, ordered))

    async def _run(self, key: str, sender: str, work: Work, ordered: bool) -> None:
        beat = asyncio.create_task(self._beat(key))
        try:
            if ordered:
                await self._turn(key, sender)
            await self._keep(key, sender, await work())
        except Exception:
            logger.exception("wechat: a message was lost")
        finally:
            beat.cancel()
            self._running.pop(key, None)

    async def _keep(self, key: str, sender: str, result: Result) -> None:
        """Let the tries of the message find its answer."""
        try:
            await self._stored(key, sender, result)
        except Exception as error:  # the work is done, and must not be done again for that
            logger.warning("wechat: an answer waits for the store (%s)", type(error).__name__)
            self._unstored[key] = result
            task = asyncio.create_task(self._insist(key, sender, result))
            self._storing.add(task)
            task.add_done_callback(self._storing.discard)

    async def _stored(self, key: str, sender: str, result: Result) -> None:
        # where another process took over in the meantime, the first answer counts
        await self._store.add(_result(key), result.dump(), self._timings.keep)
        await self._store.take(_queue(sender), key)

    async def _insist(self, key: str, sender: str, result: Result) -> None:
        async def write() -> None:
            if key in self._unstored:  # else the person has left
                await self._stored(key, sender, result)

        await insist(write, self._timings)
        self._unstored.pop(key, None)

    async def _turn(self, key: str, sender: str) -> None:
        """Wait until every earlier message of the sender is done, or nobody works on it any more."""
        while True:
            for ahead in await self._store.items(_queue(sender)):
                if ahead == key:
                    return
                if await self.is_under_way(ahead):
                    break
                await self._store.take(_queue(sender), ahead)
            else:
                return  # we were taken for dead
            if not await self._look(ahead, self._timings.poll):
                await asyncio.sleep(self._timings.poll)

    async def _beat(self, key: str) -> None:
        """Renew the claim while the work goes on."""
        while True:
            await asyncio.sleep(self._timings.claim / 3)
            try:
                await self._store.extend(_claim(key), self._owner, self._timings.claim)
            except Exception as error:
                logger.warning("wechat: a claim was not renewed (%s)", type(error).__name__)


async def insist(write: Callable[[], Awaitable[object]], timings: Timings) -> None:
    """Write until the store takes it, or until nobody would fetch it any more."""
    until = _now() + timings.keep
    while _now() < until:
        await asyncio.sleep(timings.again)
        with contextlib.suppress(Exception):
            await write()
            return


def _now() -> float:
    return asyncio.get_running_loop().time()


def _claim(key: str) -> str:
    return f"claim:{key}"


def _result(key: str) -> str:
    return f"result:{key}"


def _queue(sender: str) -> str:
    return f"queue:{sender}"
