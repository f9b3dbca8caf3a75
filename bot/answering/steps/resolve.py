"""Whether the message leans on what went before, and on which topic."""

from __future__ import annotations

import re

from bot.answering.reply import Reply
from bot.answering.turn import Turn

_SHORT = 7  # a message of so few characters that names no topic is read as a follow-up
_SWITCH = re.compile(r"^(换个|再问个别|问个别|另外|顺便|对了|还有个事|再问一|问别的|不说这个)")


def run(turn: Turn) -> Reply | None:
    """Set `leans`."""
    if turn.choice or not turn.context.topic:
        return None
    read = turn.read
    if _SWITCH.search(read.text):
        return None
    named = [topic for topic in read.topics if topic != turn.context.topic]
    turn.leans = not named and (
        read.leans or len(read.core) <= _SHORT or turn.acts("more", "go_back", "vague", least=0.6)
    )
    return None
