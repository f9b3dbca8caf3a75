"""Search the passages; the topic of the conversation and who is asking are evidence beside the words."""

from __future__ import annotations

from collections import defaultdict

from bot.answering.reply import Reply
from bot.answering.turn import Turn
from bot.language import normalise

_STRANGE = 2.0  # logit against a near topic that has nothing to do with the conversation a message leans on
_AGAINST = 1.0  # logit against the twins of a scheme whose own words are said


def run(turn: Turn) -> Reply | None:
    """Fill in the hits; a tapped choice needs none."""
    if turn.choice:
        return None
    text = turn.read.core or turn.read.text
    topic = turn.context.topic
    bonus = _who(turn)
    if topic is None:
        turn.hits = turn.kit.retriever.search(text, bonus=bonus)
        return None
    fusion = turn.kit.retriever.fusion
    follow = fusion.leaning if turn.leans else fusion.passing
    inside, around = _chapter(turn, topic)
    for id in inside:
        bonus[id] += follow.topic
    for id in around - inside:
        bonus[id] += follow.chapter
    for near in turn.knowledge.uncovered.values():
        if inside & set(near.related):
            bonus[near.id] += follow.topic
        elif turn.leans:
            bonus[near.id] -= _STRANGE
    joined = f"{turn.context.question} {text}" if turn.context.question else ""
    turn.hits = turn.kit.retriever.search(text, joined, follow.joined, bonus, trusted=turn.leans)
    return None


def _chapter(turn: Turn, topic: str) -> tuple[set[str], set[str]]:
    """The passages of a topic, and those of the chapter it stands in."""
    knowledge = turn.knowledge
    inside = {clause.id for clause in knowledge.below(topic)}
    parent = knowledge.clauses[topic].parent
    if not parent:
        return inside, set()
    return inside, {clause.id for clause in knowledge.below(knowledge.clauses[parent].topic)}


def _who(turn: Turn) -> defaultdict[str, float]:
    """Evidence from the words that tell twins apart: against the schemes that are not meant."""
    bonus: defaultdict[str, float] = defaultdict(float)
    for twins in turn.knowledge.twins:
        said = {c.topic for c in twins.choices if any(normalise(word) in turn.read.text for word in c.words)}
        if len(said) != 1:
            continue
        for choice in twins.choices:
            if choice.topic not in said:
                for clause in turn.knowledge.below(choice.topic):
                    bonus[clause.id] -= _AGAINST
    return bonus
