"""What cannot be read: nothing but signs, other scripts, code."""

from __future__ import annotations

import re

from bot.answering import choices
from bot.answering.reply import Reply, Status
from bot.answering.turn import Turn

_HANZI = re.compile(r"[\u3400-\u9fff]")
_MONGOLIAN = re.compile(r"[\u1800-\u18af\u0400-\u04ff]")
_LETTERS = re.compile(r"[a-z]{3,}")


def run(turn: Turn) -> Reply | None:
    """Who may take their life gets the numbers and nothing else; the unreadable is refused politely and never echoed."""
    if turn.choice:
        return None
    text = turn.read.text
    life = next((each for each in turn.urgent if each.kind == "life"), None)
    if life and not turn.read.topics and len(text) <= life.alone:
        return Reply(Status.SMALLTALK, turn.opening(), context=turn.context)
    if _HANZI.search(text):
        return None
    if _MONGOLIAN.search(text):
        return turn.plain(Status.REFUSED_UNREADABLE, "mongolian")
    if turn.read.topics:  # SYB, IYB
        return None
    if text.isdigit() and len(text) <= 6:
        return turn.plain(Status.CLARIFICATION_VAGUE, "clarify_vague", choices.starters(turn.knowledge), "topic")
    if _LETTERS.search(text):
        return turn.plain(Status.REFUSED_UNREADABLE, "pinyin")
    return turn.plain(Status.REFUSED_UNREADABLE, "nothing_readable")
