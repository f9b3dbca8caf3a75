"""Redact, normalise and read the message."""

from __future__ import annotations

from bot.answering.reply import Reply
from bot.answering.turn import Turn


def run(turn: Turn) -> Reply | None:
    """Fill in the masked text and what it says on its face."""
    turn.text, turn.redacted = turn.kit.redactor.redact(turn.message.text)
    turn.understanding = turn.kit.reader.read(turn.text)
    turn.choice = turn.message.choice
    if turn.choice is None:
        turn.urgent = tuple(each for each in turn.knowledge.urgent.values() if each.is_heard(turn.read.text))
    return None
