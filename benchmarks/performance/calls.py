"""How many functions a message calls, Python's and C's: the same on every machine, however busy, so that a test can hold it.

.venv/bin/python -m benchmarks.performance.calls     # the table of docs/performance.md
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rasa.core.agent import Agent

PATHS: dict[str, tuple[str, ...]] = {
    "a question of policy": ("失业登记要带什么材料",),
    "a follow-up": ("失业登记要带什么材料", "那在哪办"),
    "a form's question": ("电话多少",),
    "a form's answer": ("电话多少", "问失业保险的事"),
    "whether one qualifies": ("我45岁失业一年了能认定就业困难人员吗",),
    "a sum": ("月工资4000，周日加班8小时，加班费多少钱",),
    "small talk": ("你好",),
}
"""The main paths: what is said before, and last the message that is counted."""

_SAID = ("失业登记要带什么材料", "那在哪办", "创业担保贷款能贷多少", "你好", "电话多少", "算了")


class Calls:
    """Counts while it is entered."""

    def __init__(self) -> None:
        self.count = 0

    def _seen(self, frame: FrameType, event: str, argument: Any) -> None:
        if event in ("call", "c_call"):
            self.count += 1

    def __enter__(self) -> Calls:
        sys.setprofile(self._seen)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)


async def calls(agent: Agent, texts: Sequence[str]) -> int:
    """The calls of the last text of a conversation. It is held twice; what is worked out once is not counted."""
    from bot.conversation.agent import Conversation

    counted = Calls()
    for _ in range(2):
        conversation = Conversation(agent, "calls")
        for text in texts[:-1]:
            await conversation.say(text)
        counted = Calls()
        with counted:
            await conversation.say(texts[-1])
    return counted.count


async def calls_at(agent: Agent, positions: Sequence[int]) -> list[int]:
    """The calls of the messages at these positions of one conversation, counted from 0, which says the same few things over
    and over. Positions that leave the same remainder by six are the same text."""
    from bot.conversation.agent import Conversation

    conversation, found = Conversation(agent, "calls"), []
    for position in range(max(positions) + 1):
        with Calls() as counted:
            await conversation.say(_SAID[position % len(_SAID)])
        if position in positions:
            found.append(counted.count)
    return found


async def _table() -> None:
    from bot.conversation.agent import load_agent, warm_up
    from bot.conversation.runtime import settings

    agent = load_agent(settings().rasa)
    await warm_up(agent)
    print("| message | calls |\n|---|---|")
    for name, texts in PATHS.items():
        print(f"| {name} | {await calls(agent, texts):,} |")
    early, late = await calls_at(agent, (12, 300))
    print(f"| message 13 of a conversation | {early:,} |\n| message 301 of it | {late:,} |")


if __name__ == "__main__":
    from bot.conversation.runtime import quiet_start

    quiet_start()
    asyncio.run(_table())
