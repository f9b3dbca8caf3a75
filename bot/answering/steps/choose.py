"""A tapped button, or a typed number or label that means one of the choices last offered."""

from __future__ import annotations

from bot.answering import choices
from bot.answering.reply import Reply, Status
from bot.answering.turn import Turn


def run(turn: Turn) -> Reply | None:
    """Turn a choice into what is to be quoted, a place, or a business line."""
    if turn.choice is None:
        turn.choice = choices.typed(turn.read.text, turn.context.pending)
    if turn.choice is None:
        return None
    kind, _, rest = turn.choice.partition(":")
    knowledge = turn.knowledge
    if kind in ("topic", "clause") and rest in knowledge.clauses:
        turn.main = (rest,)
    elif kind == "aspect":
        topic, _, aspect = rest.partition(":")
        if topic in knowledge.topics:
            turn.main = choices.with_aspect(knowledge, topic, aspect)
    elif kind == "place" and rest in knowledge.places:
        turn.place = rest
    elif kind == "directory" and rest in knowledge.directories:
        return None
    else:
        turn.choice = None
        return turn.plain(Status.CLARIFICATION_VAGUE, "clarify_vague", choices.starters(knowledge), "topic")
    return None
