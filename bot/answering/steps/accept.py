"""Answer, ask back, or refuse by name."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answering import choices, contacts
from bot.answering.content import residue
from bot.answering.reply import Paragraph, Reply, Status, Suggestion
from bot.answering.turn import Turn
from bot.knowledge import Uncovered
from bot.language import normalise

_AHEAD = 1.0  # how far the near topics together must be ahead of the clauses together to be refused by name
_POLITE = re.compile(
    r"^(我想|我要|想|要)?(问一下|问下|问问|咨询一下|咨询|了解一下|了解)?|(的事|怎么办|呢|啊|呗)?[。.?？!！ ]*$"
)
_CLEAR = 0.4  # a passage with this share of the probability is meant, whatever the NLU heard


def run(turn: Turn) -> Reply | None:
    """Settle what is quoted, or stop with a question or a refusal."""
    if turn.choice and turn.main:
        return None
    hits = turn.found
    twins = _twins(turn)
    if twins:
        return twins
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


def _twins(turn: Turn) -> Reply | None:
    """A message that is nothing but the name of several schemes."""
    if turn.leans:
        return None
    bare = _POLITE.sub("", turn.read.text)
    for twins in turn.knowledge.twins:
        if bare in map(normalise, twins.words):
            offered = tuple(Suggestion(choice.label, f"topic:{choice.topic}") for choice in twins.choices)
            return turn.ask(Status.CLARIFICATION_SCHEME, twins.ask, offered, "topic")
    return None


def _refuse_near(turn: Turn, uncovered: Uncovered) -> Reply:
    kit, knowledge = turn.kit, turn.knowledge
    if not uncovered.says:
        return turn.plain(Status.REFUSED_NOT_COVERED, "refuse_near", name=uncovered.name, who=uncovered.who)
    text = kit.say("refuse_near", name=uncovered.name, who=uncovered.who)
    cited = tuple(contacts.cite(knowledge, id) for id in uncovered.related)
    topic = knowledge.clauses[uncovered.related[0]].topic if uncovered.related else turn.context.topic
    return Reply(
        Status.REFUSED_DETAIL,
        (*turn.opening(), Paragraph("lead", text), Paragraph("remark", uncovered.says)),
        citations=cited,
        context=replace(turn.context, place=turn.place, topic=topic, pending=(), pending_kind=None),
    )
