"""Answer, ask back, or refuse by name."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answering import choices, contacts
from bot.answering.reply import Paragraph, Reply, Status, Suggestion
from bot.answering.turn import Turn
from bot.knowledge import Uncovered
from bot.language import normalise

_NEAR = 0.5  # share of the probability outside the clauses that near topics need to be named
_UNSURE = 0.18  # a best passage below this share is no answer to a message that names no topic
_FILLERS = re.compile(
    r"我|俺|想|要|问|一下|下|请|请问|怎么|咋|办|的|了|呢|吗|啊|能|不|有|什么|啥|是|个|这|那|需要|都|得|[,，。?？!！ ]"
)


def run(turn: Turn) -> Reply | None:
    """Settle what is quoted, or stop with a question or a refusal."""
    if turn.choice and turn.main:
        return None
    hits = turn.found
    twins = _twins(turn)
    if twins:
        return twins
    near = hits.by_kind("uncovered")
    best = hits.best
    outside = hits.uncovered + hits.far
    if near and (best is None or near[0].probability > best.probability) and hits.uncovered >= _NEAR * outside:
        uncovered = turn.knowledge.uncovered[near[0].id]
        if best is None or near[0].probability > 2 * best.probability or hits.in_scope < 0.5:
            return _refuse_near(turn, uncovered)
    if best is None:
        if turn.acts("vague", "inform", "match_policies", least=0.5):
            return turn.plain(Status.CLARIFICATION_VAGUE, "clarify_vague", choices.starters(turn.knowledge), "topic")
        status = Status.REFUSED_OUT_OF_SCOPE if hits.far >= hits.uncovered else Status.REFUSED_UNSURE
        key = "refuse_out" if status is Status.REFUSED_OUT_OF_SCOPE else "refuse_unsure"
        return turn.plain(status, key)
    if not turn.leans and _is_vague(turn):
        likely = choices.topic_suggestions(
            turn.knowledge, [turn.knowledge.clauses[h.id].topic for h in hits.accepted][:6]
        )
        offered = likely if best.probability >= _UNSURE else choices.starters(turn.knowledge)
        return turn.plain(Status.CLARIFICATION_VAGUE, "clarify_vague", offered, "topic")
    turn.main = (best.id,)
    return None


def _is_vague(turn: Turn) -> bool:
    if turn.read.topics:
        return False
    left = turn.read.text
    for entity in turn.read.entities:
        if entity.kind == "aspect":
            left = left.replace(entity.text, "")
    if not _FILLERS.sub("", left):
        return True
    best = turn.found.best
    return turn.acts("vague", least=0.6) and (best is None or best.probability < 0.5)


def _twins(turn: Turn) -> Reply | None:
    """A message that is nothing but the name of several schemes."""
    if turn.leans:
        return None
    bare = _bare(turn.read.text)
    for twins in turn.knowledge.twins:
        if bare in {_bare(normalise(word)) for word in twins.words} or turn.read.text in map(normalise, twins.words):
            offered = tuple(Suggestion(choice.label, f"topic:{choice.topic}") for choice in twins.choices)
            return turn.ask(Status.CLARIFICATION_SCHEME, twins.ask, offered, "topic")
    return None


def _bare(text: str) -> str:
    return _FILLERS.sub("", text)


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
