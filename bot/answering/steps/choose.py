"""A tapped button, or a typed number or label that means one of the choices last offered."""

from __future__ import annotations

from dataclasses import replace

from bot.answering import choices
from bot.answering.reply import Paragraph, Reply, Status
from bot.answering.steps.converse import human
from bot.answering.turn import Turn

_DESCRIPTION = 12  # characters; a longer message after a question is a question of its own


def run(turn: Turn) -> Reply | None:
    """Turn a choice into what is to be quoted, a place, or a business line."""
    if turn.message.form is not None:
        turn.choice = "form"
        return None
    if turn.choice is None and not _counts(turn):
        turn.choice = choices.typed(turn.read.text, turn.context.pending)
    if turn.choice is None and turn.context.pending and len(turn.read.text) <= _DESCRIPTION:
        turn.choice = choices.described(turn.read.text, turn.context.pending, turn.knowledge)
    if turn.choice is None:
        return None
    kind, _, rest = turn.choice.partition(":")
    knowledge = turn.knowledge
    if kind == "start":
        return _greeting(turn, rest)
    if kind == "human":
        return human(turn)
    if kind in ("topic", "clause") and rest in knowledge.clauses:
        turn.main = (rest,)
    elif kind == "aspect":
        topic, _, aspect = rest.partition(":")
        turn.main = choices.with_aspect(knowledge, topic, aspect) if topic in knowledge.topics else ()
    elif kind == "place" and rest in knowledge.places:
        turn.place = rest
        return None
    elif (
        kind
        in ("check", "match", "who", "fact", "why", "result", "resume", "sheet", "calculators", "privacy", "forget")
        or (kind == "directory" and rest in knowledge.directories)
        or (kind == "calculator" and rest in turn.kit.calculators)
    ):
        return None
    if turn.main:
        return None
    return turn.plain(Status.CLARIFICATION_VAGUE, "clarify_vague", choices.starters(knowledge), "topic")


def _greeting(turn: Turn, place: str) -> Reply:
    """The first words of a conversation that a channel opens, with the place where the channel knows it."""
    turn.place = place if place in turn.knowledge.places else turn.place
    offered = choices.starters(turn.knowledge)
    if turn.place is None:
        reply = turn.plain(Status.SMALLTALK, "greet", offered, "topic")
    else:
        name = turn.knowledge.places[turn.place].name
        reply = turn.plain(Status.SMALLTALK, "greet_place", offered, "topic", place=name)
    told = Paragraph("remark", turn.kit.say("greet_privacy", days=str(turn.kit.retention_days)))
    return replace(reply, paragraphs=(*reply.paragraphs, told))


def _counts(turn: Turn) -> bool:
    """Whether a number was asked for, so that a typed one is the answer and picks no button."""
    asking = (turn.context.check or {}).get("asking")
    fact = turn.knowledge.facts.get(asking or "")
    return turn.context.pending_kind == "check" and fact is not None and fact.type in ("number", "date")
