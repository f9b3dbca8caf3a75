"""Search the passages; the topic of the conversation and who is asking are evidence beside the words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from bot.answering import choices
from bot.answering.content import residue
from bot.answering.reply import Reply
from bot.answering.turn import Turn
from bot.knowledge.questions import ASK

_AGAINST = 1.0  # logit against the twins of a scheme whose own words are said
_NOT_ASKING = 2.0  # logit against a clause for a group that the asker does not name, where one for all says the same
_UNSURE = 0.4  # share below which a message that names no topic is looked at again as a follow-up
_NEARER = 1.0
_ELSEWHERE = 8.0  # logit against what is about other places where none is named
_STRANGE = 2.0  # logit against a near topic that has nothing to do with the conversation a message leans on
_TIGHT = 5.0  # added to both where a follow-up has no content of its own (在哪办, 多少钱): it can only mean the topic
_ASPECT = 1.5  # logit for the clauses of the topic that speak of the aspect asked for
_CARRIED = 3.0  # the same for the aspect of the question before, where a follow-up names none
_SAME = 1.0  # logit for the clause answered last: who is asking may change what it says (那我媳妇呢)
_SHOWN = 30.0  # logit against what was quoted already, for 还有呢
_NO_CONTENT = 2  # characters besides fillers that a follow-up without content may have


def run(turn: Turn) -> Reply | None:
    """Fill in the hits; a tapped choice needs none."""
    if turn.choice:
        return None
    text = turn.context.question if turn.more else turn.read.core or turn.read.text
    bonus = _told_apart(turn)
    _for_everyone(turn, bonus)
    for near in turn.knowledge.uncovered.values():
        if near.foreign_place and not turn.read.wrong_place:
            bonus[near.id] -= _ELSEWHERE
    topic = turn.context.topic
    if topic is None:
        turn.hits = turn.kit.retriever.search(text, bonus=bonus)
        return None
    fusion = turn.kit.retriever.fusion
    if turn.back:
        _earlier(turn, bonus, fusion.leaning.topic)
        turn.hits = turn.kit.retriever.search(text, bonus=bonus)
        return None
    follow = fusion.leaning if turn.leans else fusion.passing
    tight = _TIGHT if turn.leans and len(residue(turn.read)) <= _NO_CONTENT else 0.0
    inside, around = _chapter(turn, _meant(turn, topic))
    aspects, weight = _aspects(turn)
    for id in inside:
        bonus[id] += follow.topic + tight
    for id in inside | around:
        if aspects & set(turn.knowledge.clauses[id].aspects):
            bonus[id] += weight
    if turn.leans and turn.context.main:
        bonus[turn.context.main] += _SAME
    for twins in turn.knowledge.twins:
        bonus[ASK + twins.id] -= _ELSEWHERE
    if turn.more:
        for id in turn.context.shown:
            for clause in (*turn.knowledge.below(id), *turn.knowledge.ancestors(id)):
                bonus[clause.id] -= _SHOWN
    for id in around - inside:
        bonus[id] += follow.chapter
    for near in turn.knowledge.uncovered.values():
        if inside & set(near.related):
            bonus[near.id] += follow.topic
        elif turn.leans:
            bonus[near.id] -= _STRANGE + tight
    joined = f"{turn.context.question} {text}" if turn.context.question and not turn.more else ""
    if turn.corrects and joined:
        text = joined  # a correction says only what was wrong; the question is the one before
    turn.hits = turn.kit.retriever.search(text, joined, follow.joined, bonus, trusted=turn.leans)
    best = turn.hits.best
    if not turn.leans and not turn.read.topics and (best is None or best.probability < _UNSURE):
        again = turn.kit.retriever.search(text, joined, fusion.leaning.joined, _closer(turn, topic, bonus))
        if again.best and again.best.probability >= _UNSURE:
            turn.hits = again  # 手机上能弄吗 finds nothing by itself: it leans on what went before
    return None


def _closer(turn: Turn, topic: str, bonus: Mapping[str, float]) -> dict[str, float]:
    """The evidence with the topic of the conversation counting as for a follow-up."""
    fusion = turn.kit.retriever.fusion
    inside, _ = _chapter(turn, topic)
    more = fusion.leaning.topic - fusion.passing.topic + _NEARER
    aspects = set(turn.read.aspects)
    result = dict(bonus)
    for id in inside:
        clause = turn.knowledge.clauses[id]
        result[id] = result.get(id, 0.0) + more + (_ASPECT if aspects & set(clause.aspects) else 0.0)
    return result


def _meant(turn: Turn, topic: str) -> str:
    """The topic of a follow-up: the one before, its twin where the words say so (那公司呢), or what a correction names."""
    if turn.corrects and turn.read.topics:
        return turn.read.topics[-1]
    for twins in turn.knowledge.twins:
        topics = {choice.topic for choice in twins.choices}
        said = choices.said(twins, turn.read.text)
        if turn.leans and len(said) == 1 and any(above.id in topics for above in turn.knowledge.ancestors(topic)):
            return said.pop()
    return topic


def _aspects(turn: Turn) -> tuple[set[str], float]:
    """The aspects a follow-up asks for and their weight: its own, or those of what it follows (那公司呢, 失地的呢)."""
    if not turn.leans:
        return set(), 0.0
    if turn.read.aspects and not turn.corrects:
        return set(turn.read.aspects), _ASPECT
    before = set(turn.kit.reader.read(turn.context.question).aspects)
    if not before and turn.context.main:
        before = set(turn.knowledge.clauses[turn.context.main].aspects)
    return before | set(turn.read.aspects), _CARRIED


def _earlier(turn: Turn, bonus: defaultdict[str, float], weight: float) -> None:
    """Back to a topic of before: those that were left count as the last one does for a follow-up."""
    for id in turn.context.history:
        for clause in turn.knowledge.below(turn.knowledge.clauses[id].topic):
            bonus[clause.id] += weight + (_ASPECT if set(turn.read.aspects) & set(clause.aspects) else 0.0)


def _chapter(turn: Turn, topic: str) -> tuple[set[str], set[str]]:
    """The passages of a topic, and those of the chapter it stands in."""
    knowledge = turn.knowledge
    inside = {clause.id for clause in knowledge.below(topic)}
    parent = knowledge.clauses[topic].parent
    if not parent:
        return inside, set()
    return inside, {clause.id for clause in knowledge.below(knowledge.clauses[parent].topic)}


def _told_apart(turn: Turn) -> defaultdict[str, float]:
    """Evidence from the words that tell twins apart: against the schemes that are not meant."""
    bonus: defaultdict[str, float] = defaultdict(float)
    for twins in turn.knowledge.twins:
        said = choices.said(twins, turn.read.text) or ({twins.default} if twins.default and not turn.leans else set())
        if len(said) != 1:
            continue
        for choice in twins.choices:
            if choice.topic not in said:
                for clause in turn.knowledge.below(choice.topic):
                    bonus[clause.id] -= _AGAINST
    return bonus


def _for_everyone(turn: Turn, bonus: defaultdict[str, float]) -> None:
    """Of clauses that state the same fact, prefer the one for everyone, unless the asker is known by the brochure's cues."""
    said = f"{turn.context.question} {turn.read.text}"
    others = {
        brochure.id
        for brochure in turn.knowledge.brochures.values()
        if brochure.cues and not any(cue in said for cue in brochure.cues)
    }
    for group in turn.knowledge.same_facts:
        for id in group[1:]:
            if turn.knowledge.clauses[id].brochure in others:
                bonus[id] -= _NOT_ASKING
