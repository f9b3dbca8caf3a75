"""Suggestions, and what the conversation remembers."""

from __future__ import annotations

from dataclasses import replace

from bot.answering import choices, contacts
from bot.answering.reply import Reply
from bot.answering.turn import Turn

_CHIPS = 4
_REMEMBERED = 5


def run(turn: Turn) -> Reply | None:
    """Close the turn."""
    knowledge = turn.knowledge
    topic = knowledge.clauses[turn.main[0]].topic
    shown = frozenset(aspect for citation in turn.citations for aspect in knowledge.clauses[citation.clause].aspects)
    offered = choices.aspect_suggestions(knowledge, topic, shown, _CHIPS)
    asked = turn.context.place_asked
    if turn.place is None and not asked:
        offered += choices.place_suggestions(knowledge)
        asked = True
    history = turn.context.history
    if turn.context.topic and turn.context.topic != topic:
        history = (*history, turn.context.topic)[-_REMEMBERED:]
    context = replace(
        turn.context,
        place=turn.place,
        topic=topic,
        directory=knowledge.topics[topic].directory,
        shown=tuple(citation.clause for citation in turn.citations),
        history=history,
        pending=offered,
        pending_kind="aspect",
        question=turn.read.core if not turn.choice else turn.context.question,
        place_asked=asked,
    )
    phones = contacts.of_topic(knowledge, topic, turn.place)
    cited = [*turn.citations, *(contacts.citation(knowledge, phone) for phone in phones)]
    return Reply(
        status=turn.status,
        paragraphs=(*turn.opening(), *turn.notices, *turn.body, *turn.remarks),
        citations=tuple(dict.fromkeys(cited)),
        contacts=phones,
        suggestions=offered,
        context=context,
    )
