"""The newest state of conversations in Redis, for the time in which PostgreSQL is gone.

With every write to PostgreSQL the same state goes to Redis and stays there for a while. When PostgreSQL is out of reach, any
process goes on from there, and adds what was said since; when it is back, whoever comes first writes it all.
"""

from __future__ import annotations

import base64
import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from .history import MOST
from .redis_link import Away, RedisLink
from .tracker_store import Said

logger = logging.getLogger(__name__)

_SAVED = 15 * 60  # seconds after the last message for which somebody may go on without PostgreSQL
_UNSAVED = 24 * 3600  # seconds for which PostgreSQL may be gone until what was said is lost
_PREFIX = "policy_bot:conversation:"
_MARK = 17  # characters: the token, and whether the state is in PostgreSQL


@dataclass(frozen=True)
class Shadow:
    """A state. `token` is new with each, `saved` says whether PostgreSQL has it; `versions` are those of the row from which it
    went on, or with which it may have been written, the first one 0 where there was none; `said` are the exchanges that are
    not in the row."""

    token: str
    saved: bool
    versions: tuple[int, ...]
    state: bytes
    said: tuple[Said, ...]


class Shadows:
    """Those of all conversations. Redis away: nothing is kept and nothing is found."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def mark(self, sender: str) -> tuple[str, bool]:
        """The token of a conversation, empty where there is none, and whether PostgreSQL has all of it."""
        try:
            mark = await self._link.ask(lambda: self._link.client.getrange(_PREFIX + sender, 0, _MARK - 1))
        except Away:
            return "", False
        return mark[:-1], mark.endswith("s")

    async def read(self, sender: str) -> Shadow | None:
        """The state of a conversation."""
        try:
            found = await self._link.ask(lambda: self._link.client.get(_PREFIX + sender))
        except Away:
            return None
        return None if found is None else _loaded(found)

    async def write(
        self, sender: str, saved: bool, versions: Sequence[int], state: bytes, said: Sequence[Said] = ()
    ) -> str:
        """Keep a state, with what was said that PostgreSQL does not have; its token, an empty one where it was not kept."""
        shadow = Shadow(secrets.token_hex((_MARK - 1) // 2), saved, tuple(versions), state, tuple(said[-MOST:]))
        seconds = _SAVED if saved else _UNSAVED
        try:
            await self._link.ask(lambda: self._link.client.set(_PREFIX + sender, _dumped(shadow), ex=seconds))
        except Away:
            return ""
        return shadow.token

    async def forget(self, sender: str) -> None:
        """Remove what is kept of a conversation."""
        try:
            await self._link.ask(lambda: self._link.client.delete(_PREFIX + sender))
        except Away:
            logger.warning("redis: the copy of a forgotten conversation goes in at most %d minutes", _SAVED // 60)


def _dumped(shadow: Shadow) -> str:
    said = [[each.message, each.at, _text(each.packed)] for each in shadow.said]
    mark = shadow.token + ("s" if shadow.saved else "u")
    return mark + json.dumps([shadow.versions, _text(shadow.state), said])


def _loaded(dumped: str) -> Shadow | None:
    """None for what is not ours, such as the copy of another version of the bot."""
    try:
        versions, state, said = json.loads(dumped[_MARK:])
        return Shadow(
            dumped[: _MARK - 1],
            dumped[_MARK - 1] == "s",
            tuple(map(int, versions)),
            _bytes(state),
            tuple(Said(message, at, _bytes(packed)) for message, at, packed in said),
        )
    except (ValueError, TypeError):
        logger.error("redis: the copy of a conversation cannot be read")
        return None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
