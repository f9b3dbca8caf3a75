"""Redact, normalise and read the message."""

from __future__ import annotations

from bot.answering.reply import Reply
from bot.answering.turn import Turn
from bot.language import redact


def run(turn: Turn) -> Reply | None:
    """Fill in the masked text and what it says on its face."""
    turn.text, turn.redacted = redact(turn.message.text)
    turn.understanding = turn.kit.reader.read(turn.text)
    turn.choice = turn.message.choice
    return None
