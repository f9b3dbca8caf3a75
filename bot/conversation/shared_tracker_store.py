"""Conversations in PostgreSQL, so that any process may answer the next message of anybody.

Each process keeps live copies of those it answered last. One round trip before a message says whether the copy is the newest,
and brings the newest where it is not; one after it writes the new state, where the row still has the version that the message
began with, and the exchange. With PostgreSQL gone the copies go on, over all processes where there is Redis (shadow.py); what
was not written is written when it is back.
"""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event

from bot.database import Database, OutOfReach

from . import shared_queries as queries
from .history import MOST
from .shadow import Shadow, Shadows
from .state import Unreadable, pack, unpack
from .tracker_store import Conflict, Kept, LiveTrackerStore, Lock, Publish, Said, unpacked

logger = logging.getLogger(__name__)

_CONVERSATIONS = 1_000  # live copies; more only spare reading a row back, a tenth of a millisecond; 20 to 40 KB each
_FORGOTTEN = 10_000  # senders to be forgotten when PostgreSQL is back
_ATTEMPTS = 4  # versions that may have been written without our hearing of it


@dataclass
class _Copy(Kept):
    """A live copy of a row. `version` is the one it was read or written with, 0 where there was no row; `attempts` are those
    that were tried to write since. `unsaved` of the last exchanges are not in the row, nor are the events where `changed`.
    `token` is that of its shadow."""

    version: int = 0
    attempts: list[int] = field(default_factory=list)
    changed: bool = False
    unsaved: int = 0
    token: str = ""


class SharedTrackerStore(LiveTrackerStore):
    """Conversations of all processes at one database."""

    def __init__(
        self,
        domain: Domain,
        database: Database,
        lock: Lock,
        publish: Publish | None = None,
        most: int = _CONVERSATIONS,
        shadows: Shadows | None = None,
    ) -> None:
        super().__init__(domain, lock, publish, most)
        self._database = database
        self._shadows = shadows
        self._to_forget: OrderedDict[str, None] = OrderedDict()
        self._lost = 0
        database.when_back(self._catch_up)

    @property
    def is_away(self) -> bool:
        """Whether PostgreSQL is gone."""
        return self._database.is_away

    async def refresh(self, sender_id: str) -> None:
        """Bring the live copy up to date, where PostgreSQL is there. Waits for a message under way."""
        async with self._lock(sender_id):
            await self.answered(sender_id, "")

    async def answered(self, sender_id: str, message_id: str) -> dict[str, Any] | None:
        """The exchange of a message that any process has answered. Else None, and the live copy is the newest there is."""
        known = await super().answered(sender_id, message_id)
        if known is not None:
            return known
        try:
            await self._settle(sender_id)
            copy = self._copy(sender_id)
            row = await self._database.row(queries.LOOK, sender_id, copy.version if copy else 0, message_id)
        except OutOfReach:
            await self._follow(sender_id, away=True)
            return await super().answered(sender_id, message_id)
        if row is None:
            if copy and copy.version:
                del self._kept[sender_id]  # forgotten elsewhere
            return None
        if row["state"] is not None:
            self._keep(sender_id, _read(row, copy))
        return unpacked(row["exchange"]) if row["exchange"] is not None else None

    async def save(self, tracker: Any) -> None:
        """Keep a conversation in the live copy. Raises Conflict."""
        before = self._copy(tracker.sender_id)
        known = len(before.latest) if before else 0
        await super().save(tracker)
        copy = self._copy(tracker.sender_id)
        if copy and copy.events:
            copy.changed = True
            copy.unsaved = min(MOST, copy.unsaved + len(copy.latest) - known)

    async def commit(self, sender_id: str) -> list[dict[str, Any]]:
        """Write the live copy where the row is still the one it was made from. Raises Conflict where it is not."""
        copy = self._copy(sender_id)
        if copy and copy.changed:
            state = pack(copy.events)
            try:
                with suppress(OutOfReach):  # it is written when PostgreSQL is back
                    await self._write(sender_id, copy, state)
            except Conflict:
                self._kept.pop(sender_id, None)
                raise
            await self._cast(sender_id, copy, state)
        return await super().commit(sender_id)

    async def keys(self) -> list[str]:
        """The senders of all conversations. Raises OutOfReach."""
        return [row["sender"] for row in await self._database.rows("select sender from conversations")]

    async def history(self, sender_id: str) -> list[dict[str, Any]]:
        """The last exchanges of a conversation, oldest first; with PostgreSQL gone those that this process has."""
        try:
            rows = await self._database.rows(queries.HISTORY, sender_id)
        except OutOfReach:
            return await super().history(sender_id)
        return [unpacked(row["exchange"]) for row in reversed(rows)] if sender_id not in self._to_forget else []

    async def forget(self, sender_id: str) -> None:
        """Remove all that is kept of a conversation, after a message that is under way; with PostgreSQL gone as soon as it
        is back."""
        async with self._lock(sender_id):
            self._kept.pop(sender_id, None)
            self._to_forget[sender_id] = None
            while len(self._to_forget) > _FORGOTTEN:
                self._to_forget.popitem(last=False)
            if self._shadows:
                await self._shadows.forget(sender_id)
            with suppress(OutOfReach):
                await self._settle(sender_id)

    async def purge(self) -> None:
        """Remove conversations that nobody went on with for 90 days, and exchanges as old. Several processes may do so at
        once: each row is removed by one of them."""
        with suppress(OutOfReach):  # else tomorrow
            while len(await self._database.rows(queries.PURGE)) == queries.AT_ONCE:
                pass
            await self._database.rows(queries.PURGE_EXCHANGES)

    def _new(self) -> Kept:
        return _Copy()

    def _keep(self, sender_id: str, kept: Kept) -> None:
        if len(self._kept) >= self._most and sender_id not in self._kept:
            self._lost += self._is_changed(next(iter(self._kept)))
        super()._keep(sender_id, kept)

    def _copy(self, sender_id: str) -> _Copy | None:
        copy = self._kept.get(sender_id)
        assert copy is None or isinstance(copy, _Copy)
        return copy

    async def _follow(self, sender_id: str, away: bool) -> None:
        """Go on from the shadow where another process said more than PostgreSQL has, or than it can be asked for while it is
        `away`."""
        if self._shadows is None or sender_id in self._to_forget:
            return
        copy = self._copy(sender_id)
        token, saved = await self._shadows.mark(sender_id)
        if not token or (copy and copy.token == token):
            return
        if (
            saved and copy and copy.changed and copy.token
        ):  # others went on from what was said here, and wrote all of it
            del self._kept[sender_id]
        if saved and not away:
            return
        shadow = await self._shadows.read(sender_id)
        if shadow:
            self._keep(sender_id, _of_shadow(shadow, copy))

    async def _cast(self, sender_id: str, copy: _Copy, state: bytes) -> None:
        """Leave a copy's shadow."""
        if self._shadows:
            versions = (copy.version, *copy.attempts)
            copy.token = await self._shadows.write(sender_id, not copy.changed, versions, state, _unsaved(copy))

    async def _settle(self, sender_id: str) -> None:
        """Write what could not be written while PostgreSQL was gone, here or elsewhere. Where others went on with the
        conversation after that, their state counts, and only what was said is added. Raises OutOfReach."""
        if sender_id in self._to_forget:
            await self._database.rows(queries.FORGET, sender_id)
            self._to_forget.pop(sender_id, None)
        await self._follow(sender_id, self._database.is_away)
        copy = self._copy(sender_id)
        if copy is None or not copy.changed:
            return
        state = pack(copy.events)
        try:
            await self._write(sender_id, copy, state)
            await self._cast(sender_id, copy, state)
        except Conflict:
            said = _unsaved(copy)
            await self._database.rows(queries.ADD, sender_id, *_columns(said), secrets.randbits(63))
            self._kept.pop(sender_id, None)
            if self._shadows:
                await self._shadows.forget(sender_id)

    async def _write(self, sender_id: str, copy: _Copy, state: bytes) -> None:
        """Write a live copy, whose events are packed in `state`. Raises Conflict, OutOfReach."""
        if self._database.is_away:
            raise OutOfReach
        said, events = _unsaved(copy), copy.events
        version = secrets.randbits(63)
        ours = [copy.version, *copy.attempts]
        copy.attempts = [*copy.attempts, version][-_ATTEMPTS:]
        written = await self._database.row(
            queries.WRITE, sender_id, *_columns(said), version, state, ours, copy.version == 0
        )
        if written is None:
            raise Conflict
        copy.version, copy.attempts = version, []
        copy.unsaved = max(0, copy.unsaved - len(said))
        copy.changed = copy.events is not events

    async def _catch_up(self) -> None:
        """Called when PostgreSQL is back. Raises OutOfReach where it is gone again."""
        waiting = [*self._to_forget, *(sender for sender in self._kept if self._is_changed(sender))]
        for sender_id in waiting:
            async with self._lock(sender_id):
                try:
                    await self._settle(sender_id)
                except asyncpg.PostgresError:  # a fault of this one
                    logger.exception("a conversation could not be written")
                    self._kept.pop(sender_id, None)
        logger.warning(
            "%d conversations were written after PostgreSQL came back, %d were lost", len(waiting), self._lost
        )
        self._lost = 0

    def _is_changed(self, sender_id: str) -> bool:
        copy = self._copy(sender_id)
        return copy is not None and copy.changed


def _unsaved(copy: _Copy) -> list[Said]:
    return list(copy.said)[len(copy.said) - copy.unsaved :]


def _columns(said: list[Said]) -> tuple[list[str], list[datetime], list[bytes]]:
    return (
        [each.message for each in said],
        [datetime.fromisoformat(each.at) for each in said],
        [each.packed for each in said],
    )


def _read(row: Any, copy: _Copy | None) -> _Copy:
    """A live copy of a row; what was said here stays at hand."""
    fresh = _Copy(_events(row["state"]), version=row["version"])
    if copy:
        fresh.said.extend(copy.said)
    return fresh


def _of_shadow(shadow: Shadow, copy: _Copy | None) -> _Copy:
    """A live copy of a shadow; what was said here and is nowhere else comes before it."""
    theirs = {each.message for each in shadow.said}
    said = [each for each in copy.said if each.message not in theirs] if copy else []
    ours = [each for each in _unsaved(copy) if each.message not in theirs] if copy else []
    version, *attempts = shadow.versions
    fresh = _Copy(_events(shadow.state), version=version, attempts=attempts, token=shadow.token)
    fresh.said.extend([*said, *shadow.said])
    fresh.unsaved = min(MOST, len(ours) + len(shadow.said))
    fresh.changed = not shadow.saved
    return fresh


def _events(state: bytes) -> tuple[Event, ...]:
    try:
        return unpack(state)
    except Unreadable as fault:
        logger.error("a conversation cannot be read, and is begun again: %s", fault)
        return ()
