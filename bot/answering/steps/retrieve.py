"""Search the passages; the topic of the conversation and who is asking are evidence beside the words."""

from __future__ import annotations

from collections import defaultdict

from bot.answering import choices
from bot.answering.content import residue
from bot.answering.reply import Reply
from bot.answering.turn import Turn

_AGAINST = 1.0  # logit against the twins of a scheme whose own words are said
_NOT_ASKING = 2.0  # logit against a clause for a group that the asker does not name, where one for all says the same
_ELSEWHERE = 8.0  # logit against what is about other places where none is named
_STRANGE = 2.0  # logit against a near topic that has nothing to do with the conversation a message leans on
_TIGHT = 5.0  # added to both where a follow-up has no content of its own (在哪办, 多少钱): it can only mean the topic
_ASPECT = 1.5  # logit for the clauses of the topic that speak of the aspect asked for
_NO_CONTENT = 2  # characters besides fillers that a follow-up without content may have


def run(turn: Turn) -> Reply | None:
    """Fill in the hits; a tapped choice needs none."""
    if turn.choice:
        return None
    text = turn.read.core or turn.read.text
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
    follow = fusion.leaning if turn.leans else fusion.passing
    tight = _TIGHT if turn.leans and len(residue(turn.read)) <= _NO_CONTENT else 0.0
    inside, around = _chapter(turn, _meant(turn, topic))
    aspects = set(turn.read.aspects or turn.kit.reader.read(turn.context.question).aspects) if turn.leans else set()
    for id in inside:
        bonus[id] += follow.topic + tight
        if aspects & set(turn.knowledge.clauses[id].aspects):
            bonus[id] += _ASPECT
    for id in around - inside:
        bonus[id] += follow.chapter
    for near in turn.knowledge.uncovered.values():
        if inside & set(near.related):
            bonus[near.id] += follow.topic
        elif turn.leans:
            bonus[near.id] -= _STRANGE + tight
    joined = f"{turn.context.question} {text}" if turn.context.question else ""
    turn.hits = turn.kit.retriever.search(text, joined, follow.joined, bonus, trusted=turn.leans)
    return None


def _meant(turn: Turn, topic: str) -> str:
    """The topic of a follow-up: the one before, or its twin where the words say so (那公司呢)."""
    for twins in turn.knowledge.twins:
        topics = {choice.topic for choice in twins.choices}
        said = choices.said(twins, turn.read.text)
        if turn.leans and len(said) == 1 and any(above.id in topics for above in turn.knowledge.ancestors(topic)):
            return said.pop()
    return topic


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
    for group in turn.knowledge.same_facts:
        for id in group[1:]:
            cues = turn.knowledge.brochures[turn.knowledge.clauses[id].brochure].cues
            if cues and not any(cue in said for cue in cues):
                bonus[id] -= _NOT_ASKING
