"""Time that passes only where everybody waits: minutes of a conversation take no time, and a busy machine changes nothing.

A module that imports `event_loop_policy` and `fake_redis_time` has it; nothing in it may wait for a real connection.
"""

from __future__ import annotations

import asyncio
import functools
import selectors
import types

import pytest

from bot.channels.wechat.store import MemoryStore


class _Selector(selectors.DefaultSelector):
    """Does not wait, but lets the time of its loop pass."""

    passed = 0.0

    def select(self, timeout=None):
        ready = super().select(0.01 if timeout is None else 0)
        if not ready and timeout:
            self.passed += max(timeout, 0)
        return ready


class QuickLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__(_Selector())

    def time(self):
        return self._selector.passed


class _Policy(asyncio.DefaultEventLoopPolicy):
    _loop_factory = QuickLoop


def now():
    """Seconds since the loop began."""
    return asyncio.get_running_loop().time()


memory = functools.partial(MemoryStore, now)


@pytest.fixture()
def event_loop_policy():
    return _Policy()


@pytest.fixture(autouse=True)
def fake_redis_time(monkeypatch):
    """What expires in the Redis server of the tests expires in the time of the loop."""
    monkeypatch.setattr("fakeredis._socket._base.time", types.SimpleNamespace(time=now))
