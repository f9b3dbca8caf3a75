"""One Redis server as this process reaches it: asked with short time limits, and left alone while it is away."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from bot.settings import SettingsError

if TYPE_CHECKING:  # a bot without Redis need not import it
    from redis.asyncio import Redis

logger = logging.getLogger(__name__)

T = TypeVar("T")

_TIMEOUT = (
    0.5  # seconds; an answer takes less than one thousandth, and no message should wait longer for a server that hangs
)
_PROBE = 0.25  # seconds between two looks whether it is back
_CONNECTIONS = 32  # of one process; what is asked beyond that waits, less than a thousandth of a second each
_MARK = "policy_bot:here"  # written to see that it takes writes: a full server, or a replica, answers but refuses


class Away(Exception):
    """Redis is out of reach; who asked goes on with what this process has."""


class RedisLink:
    """A client that is asked only while the server answers.

    The first failure makes it away: one line in the log, and all that is asked then fails at once. It is looked after in the
    background, and asked again when it is back. Nothing is connected before the first question, so it may be made before a fork.
    `losses` counts how often it went away.
    """

    def __init__(self, client: Redis, probe: float = _PROBE) -> None:
        self.client = client
        self.losses = 0
        self._interval = probe
        self._probe: asyncio.Task[None] | None = None

    @property
    def away(self) -> bool:
        """Whether the server is known to be out of reach."""
        return self._probe is not None

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question that uses the client. Raises Away where there is none."""
        from redis import RedisError

        if self._probe is not None:
            raise Away
        try:
            return await question()
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            self._lost(error)
            raise Away from None

    async def close(self) -> None:
        """Let go of connections; what is asked later opens new ones."""
        if self._probe is not None:
            self._probe.cancel()
            self._probe = None
        await self.client.close()
        await self.client.connection_pool.disconnect()

    def _lost(self, error: BaseException) -> None:
        if self._probe is not None:  # others were asking at the same time
            return
        self.losses += 1
        logger.warning("redis: out of reach (%s); this process goes on alone", type(error).__name__)
        self._probe = asyncio.get_running_loop().create_task(self._until_back())

    async def _until_back(self) -> None:
        since = time.monotonic()
        while not await self._is_here():
            await asyncio.sleep(self._interval)
        logger.warning("redis: back after %.1f s", time.monotonic() - since)
        self._probe = None

    async def _is_here(self) -> bool:
        with contextlib.suppress(Exception):
            await self.client.connection_pool.disconnect(inuse_connections=False)  # they may lead nowhere
            return bool(await self.client.set(_MARK, "1", px=1000))
        return False


def open_link(url: str) -> RedisLink:
    """A link to the server at `url` (redis://, rediss:// or unix://)."""
    from redis.asyncio import BlockingConnectionPool, Redis

    pool = BlockingConnectionPool.from_url(
        url,
        decode_responses=True,
        max_connections=_CONNECTIONS,
        timeout=4 * _TIMEOUT,
        socket_timeout=_TIMEOUT,
        socket_connect_timeout=_TIMEOUT,
    )
    return RedisLink(Redis(connection_pool=pool))


@functools.cache
def link_to(url: str) -> RedisLink | None:
    """The link of this process to the server at `url`, shared by all that use it; None where there is no address."""
    return open_link(url) if url else None


def check_redis(url: str) -> None:
    """Raise SettingsError where Redis is wanted and does not answer."""
    if not url:
        return
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2.0, socket_timeout=2.0) as client:
            client.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        raise SettingsError(
            f"连不上 BOT_REDIS 指的 Redis（{type(error).__name__}），请先启动它，或去掉这个设置只用一个进程。"
        ) from None
