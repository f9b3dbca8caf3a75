"""PostgreSQL as one process sees it: a few connections, nothing that waits long, and a circuit that opens when it is gone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds for one query, connecting included; a citizen waits four for an answer
AGAIN = 1.0  # seconds between two looks whether it is back
_MOST = 5  # connections: a process works on one message at a time, and a query takes about a millisecond
_FAULTS = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)  # of one query, not of the server


class OutOfReach(ConnectionError):
    """PostgreSQL does not answer, or not in time."""


class Database:
    """One server, by its address (postgresql://…). Connects when it is first asked, so it may be made before a fork.

    A query that fails or takes longer than `patience` opens the circuit: from then on each raises OutOfReach at once, and one
    look a second finds out when the server is back. All in seconds.
    """

    def __init__(self, address: str, patience: float = PATIENCE, again: float = AGAIN) -> None:
        self._address = address
        self._patience = patience
        self._again = again
        self._idle: list[asyncpg.Connection] = []
        self._busy: set[asyncpg.Connection] = set()
        self._room = asyncio.Semaphore(_MOST)
        self._looking: asyncio.Task[None] | None = None
        self._when_back: list[Callable[[], Awaitable[None]]] = []

    @property
    def is_away(self) -> bool:
        """Whether the circuit is open."""
        return self._looking is not None

    def when_back(self, call: Callable[[], Awaitable[None]]) -> None:
        """Call this each time the server is back; it may raise OutOfReach."""
        self._when_back.append(call)

    async def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """The rows of a query, which is a transaction of its own. Raises OutOfReach; asyncpg.DataError and
        IntegrityConstraintViolationError where the query itself is at fault."""
        until = time.monotonic() + self._patience
        async with self._room:
            if self.is_away:
                raise OutOfReach("PostgreSQL is out of reach")
            try:
                return await self._fetch(query, values, until)
            except _FAULTS:
                raise
            except Exception as error:
                self._lose(error)
                raise OutOfReach("PostgreSQL is out of reach") from error

    async def row(self, query: str, *values: Any) -> asyncpg.Record | None:
        """The first row of a query, or None. Raises what `rows` raises."""
        found = await self.rows(query, *values)
        return found[0] if found else None

    async def close(self) -> None:
        """Let go of the connections, at the end of the process."""
        if self._looking:
            self._looking.cancel()
        self._drop()

    async def _fetch(self, query: str, values: tuple[Any, ...], until: float) -> list[asyncpg.Record]:
        connection = await self._connection(_left(until))
        self._busy.add(connection)
        try:
            found = await connection.fetch(query, *values, timeout=_left(until))
        except _FAULTS:
            self._idle.append(connection)
            raise
        except BaseException:
            connection.terminate()  # else its cancelling would be waited for
            raise
        else:
            self._idle.append(connection)
        finally:
            self._busy.discard(connection)
        return list(found)

    async def _connection(self, seconds: float) -> asyncpg.Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        settings = {"application_name": "policy-bot"}
        return await asyncpg.connect(self._address, timeout=seconds, server_settings=settings)

    def _drop(self) -> None:
        for connection in (*self._idle, *self._busy):
            connection.terminate()
        self._idle.clear()

    def _lose(self, error: Exception) -> None:
        if self.is_away:
            return
        what = f"{type(error).__name__} {error}".strip()
        logger.error("PostgreSQL is out of reach (%s); conversations go on in the memory of this process", what)
        self._looking = asyncio.get_running_loop().create_task(self._look())
        self._drop()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._again)
            if await self._answers():
                break
        self._looking = None
        logger.warning("PostgreSQL is back")
        for call in self._when_back:
            try:
                await call()
            except OutOfReach:
                return  # gone again, and somebody looks for it again
            except Exception:
                logger.exception("not all was written after PostgreSQL came back")

    async def _answers(self) -> bool:
        """Whether it is there with our tables, and takes what is written."""
        try:
            connection = await asyncpg.connect(self._address, timeout=self._patience)
            try:
                query = "select pg_is_in_recovery() from conversations limit 1"
                return not await connection.fetchval(query, timeout=self._patience)
            finally:
                connection.terminate()
        except Exception:
            return False


def _left(until: float) -> float:
    """Seconds left until then. Raises TimeoutError."""
    left = until - time.monotonic()
    if left <= 0:
        raise asyncio.TimeoutError
    return left
