"""Answer, ask back, or refuse by name."""

from __future__ import annotations

from dataclasses import replace

from bot.answering import choices, contacts
from bot.answering.content import FIGURE, residue
from bot.answering.reply import Paragraph, Reply, Status
from bot.answering.steps import validity
from bot.answering.turn import Turn
from bot.knowledge import Uncovered

_AHEAD = 1.0  # how far the near topics together must be ahead of the clauses together to be refused by name
_CLEAR = 0.4  # a passage with this share of the probability is meant, whatever the NLU heard


def run(turn: Turn) -> Reply | None:
    """Settle what is quoted, or stop with a question or a refusal."""
    if turn.choice and turn.main:
        return None
    hits = turn.found
    if _is_vague(turn):
        return turn.plain(Status.CLARIFICATION_VAGUE, "clarify_vague", choices.starters(turn.knowledge), "topic")
    near = hits.by_kind("uncovered")
    best = hits.best
    inside = 1.0 - hits.uncovered - hits.far
    if near and hits.uncovered >= hits.far and (best is None or hits.uncovered > _AHEAD * inside):
        return _refuse_near(turn, turn.knowledge.uncovered[near[0].id])
    if best is None:
        if turn.acts("vague", "inform", "match_policies", least=0.5):
            return turn.plain(Status.CLARIFICATION_VAGUE, "clarify_vague", choices.starters(turn.knowledge), "topic")
        status = Status.REFUSED_OUT_OF_SCOPE if hits.far >= hits.uncovered else Status.REFUSED_UNSURE
        key = "refuse_out" if status is Status.REFUSED_OUT_OF_SCOPE else "refuse_unsure"
        return turn.plain(status, key)
    turn.main = (best.id,)
    return None


def _is_vague(turn: Turn) -> bool:
    """Whether the message names no subject: nothing but words that ask, or what the NLU hears as vague and nothing matches."""
    if turn.read.topics or turn.leans:
        return False
    if not residue(turn.read):
        return True
    likeliest = max(hit.probability for hit in (*turn.found.accepted, *turn.found.rejected))
    return turn.acts("vague", least=0.5) and likeliest < _CLEAR


def _refuse_near(turn: Turn, uncovered: Uncovered) -> Reply:
    kit, knowledge = turn.kit, turn.knowledge
    if not uncovered.says:
        return turn.plain(Status.REFUSED_NOT_COVERED, "refuse_near", name=uncovered.name, who=uncovered.who)
    text = kit.say("refuse_near", name=uncovered.name, who=uncovered.who)
    parts = [part for id in uncovered.related for part in knowledge.below(id)]
    figures = FIGURE.findall(uncovered.says)
    said = [p.id for p in parts if p.id in uncovered.related or any(figure in p.text for figure in figures)]
    turn.citations = [contacts.cite(knowledge, id) for id in dict.fromkeys(said)]
    validity.run(turn)
    topic = knowledge.clauses[uncovered.related[0]].topic if uncovered.related else turn.context.topic
    return Reply(
        Status.REFUSED_DETAIL,
        (*turn.opening(), *turn.notices, Paragraph("lead", text), Paragraph("remark", uncovered.says)),
        citations=tuple(turn.citations),
        context=replace(turn.context, place=turn.place, topic=topic, pending=(), pending_kind=None),
    )
