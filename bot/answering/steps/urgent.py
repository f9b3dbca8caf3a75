"""Danger, unpaid wages, abuse: a message that says hardly anything else gets the fitting words at once."""

from __future__ import annotations

import re

from bot.answering.reply import Paragraph, Reply, Status
from bot.answering.turn import Turn
from bot.knowledge.urgent import Urgent

_FILLERS = re.compile(
    r"[^\u3400-\u9fff]|你们?|我们?|俺们?|老子|他们?|她|这|那|个|什么|机器人?|客服|破|纯|真|是|就|都|也|还|了|吧|啊|呀|吗|呢|的|不|全|太|死|给|妈"
)
_REST = 2  # characters besides the insult and fillers that a question has at least
_FOUND = 0.5  # probability of a clause above which it is what was asked for


def run(turn: Turn) -> Reply | None:
    """Settle what is quoted, or stop with the sentence alone. Longer messages, and those that name a subject, go on: they
    are answered as ever, behind the sentence (Turn.opening)."""
    text = turn.read.text
    if turn.choice:
        return None
    for urgent in turn.urgent:
        if len(text) > urgent.alone or (turn.read.topics and urgent.kind != "wages"):
            continue
        if urgent.kind == "abuse":
            if len(_FILLERS.sub("", urgent.rest(text))) >= _REST or turn.read.place:
                continue
            said = Paragraph("lead", turn.kit.say(urgent.says))
            return Reply(Status.SMALLTALK, (*turn.opening(), said), context=turn.context)
        if urgent.clauses and not _is_answered(turn, urgent):
            turn.main, turn.choice = urgent.clauses, f"clause:{urgent.clauses[0]}"
            return None
    return None


def _is_answered(turn: Turn, urgent: Urgent) -> bool:
    """Whether the search has found what such a message is about, or it asks for a telephone number."""
    if "phone" in turn.read.aspects or turn.acts("find_contact"):
        return True
    best = turn.found.best
    if best is None:
        return False
    topics = {turn.knowledge.topic_of(clause).id for clause in urgent.clauses}
    brochure = turn.knowledge.clauses[best.id].brochure if best.id in turn.knowledge.clauses else ""
    ours = brochure == turn.knowledge.clauses[urgent.clauses[0]].brochure
    return (best.id in turn.knowledge.clauses and turn.knowledge.topic_of(best.id).id in topics) or (
        ours and best.probability >= _FOUND
    )
