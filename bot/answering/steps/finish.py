"""Suggestions, and what the conversation remembers."""

from __future__ import annotations

from dataclasses import replace

from bot.answering import choices, contacts
from bot.answering.reply import Reply, Suggestion
from bot.answering.steps import check
from bot.answering.turn import Turn

_CHIPS = 4
_REMEMBERED = 5


def run(turn: Turn) -> Reply | None:
    """Close the turn."""
    knowledge = turn.knowledge
    topic = knowledge.clauses[turn.main[0]].topic
    shown = frozenset(aspect for citation in turn.citations for aspect in knowledge.clauses[citation.clause].aspects)
    offered = choices.aspect_suggestions(knowledge, topic, shown, _CHIPS)
    scheme = check.of_topic(turn, topic)
    if scheme:
        offered += (Suggestion(turn.kit.say("button_check"), f"check:{scheme.id}"),)
    asked = turn.context.place_asked
    if turn.place is None and not asked:
        offered += choices.place_suggestions(knowledge)
        asked = True
    history = turn.context.history
    if turn.context.main and turn.context.topic != topic:
        history = (*(id for id in history if id != turn.context.main), turn.context.main)[-_REMEMBERED:]
    cited_now = tuple(citation.clause for citation in turn.citations)
    context = replace(
        turn.context,
        place=turn.place,
        topic=topic,
        main=turn.main[0],
        directory=knowledge.topics[topic].directory,
        shown=(*turn.context.shown, *cited_now) if turn.more else cited_now,
        history=history,
        pending=offered,
        pending_kind="aspect",
        question=turn.context.question if turn.choice or turn.more else turn.read.core,
        place_asked=asked,
    )
    if turn.interview:
        offered = turn.offered or offered
        context = replace(context, check=turn.interview.to_data(), pending=offered, pending_kind="check")
    phones = contacts.of_topic(knowledge, topic, turn.place)
    cited = [*turn.citations, *(contacts.citation(knowledge, phone) for phone in phones)]
    return Reply(
        status=turn.status,
        paragraphs=(*turn.opening(), *turn.verdict, *turn.notices, *turn.body, *turn.remarks, *turn.question),
        citations=tuple(dict.fromkeys(cited)),
        contacts=phones,
        suggestions=offered,
        context=context,
    )
