"""A pretended WeChat before a desk, and a pretended bot behind it, in the time of clock.py."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import math
import re

from bot.answering import Kit
from bot.channels.wechat.incoming import Incoming
from bot.conversation.intake import spoken
from bot.knowledge import load_knowledge
from bot.settings import load_settings

from .letters import NOW

CLOSES = 5.0  # seconds after which WeChat does
OUT_OF_SERVICE = None
LONG = "。".join(f"第{n}句话说的是就业登记要带的材料" for n in range(200)) + "。"


class FakeBot:
    """Answers after as many seconds as the message says (“等6秒”), and notes what it sees."""

    def __init__(self):
        self.seen = []
        self.done = []
        self.forgotten = []
        self.places = {}
        self.checks = set()

    async def ask(self, sender, task, id):
        self.seen.append((sender, task.text, task.choice))
        wait = re.search(r"等([\d.]+)秒", task.text)
        await asyncio.sleep(float(wait[1]) if wait else 0)
        if "坏" in task.text:
            raise RuntimeError("sqlite is gone")
        self.done.append(task.text)
        data = spoken(LONG if task.text == "长" else f"答：{task.choice or task.text}")
        if "按钮" in task.text or task.text == "长":
            data["suggestions"] = [{"label": f"第{n}个", "choice": f"topic:{task.text}{n}"} for n in (1, 2, 3)]
        if "几岁" in task.text:
            data["check"] = {"asking": {"type": "number"}}
        return data

    async def place_of(self, sender):
        return self.places.get(sender)

    async def has_check(self, sender):
        return sender in self.checks

    async def forget(self, sender, before=math.inf):
        self.forgotten.append((sender, before))

    @property
    def texts(self):
        return [text for _, text, _ in self.seen]


@functools.cache
def kit():
    """Sentences and knowledge, without the index."""
    return Kit(load_knowledge(load_settings().knowledge), None, None, None, {})


def message(text="", openid="oUser", msg_id=None, **values):
    number = msg_id if msg_id is not None else abs(hash((text, openid))) % 10**15 + 1
    return Incoming("gh_office", openid, values.pop("kind", "text"), values.pop("created", NOW), number, text, **values)


def event(name, openid="oUser", created=NOW, **values):
    return Incoming("gh_office", openid, "event", created, event=name, **values)


async def deliver(desks, incoming, tries=3):
    """What WeChat shows: it closes after five seconds, tries three times, and says so when all have failed."""
    desks = desks if isinstance(desks, list) else [desks]
    for n in range(tries):
        try:
            return await asyncio.wait_for(desks[n % len(desks)].reply(incoming, NOW), CLOSES)
        except asyncio.TimeoutError:
            continue
    return OUT_OF_SERVICE


def aged(incoming):
    """A message whose first tries did not arrive."""
    return dataclasses.replace(incoming, created=NOW - 10)


async def late(desk, incoming):
    """Be told to come back for an answer, and wait until it is there."""
    assert "回复" in await deliver(desk, aged(incoming), tries=1)
    await asyncio.sleep(1)


def die(desk):
    """Let a process end without a word."""
    for task in list(desk._exchange._running.values()):
        task.cancel()
