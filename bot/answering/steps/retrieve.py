"""Search the passages, with the topic of the conversation as evidence where the message leans on it."""

from __future__ import annotations

from bot.answering.reply import Reply
from bot.answering.turn import Turn


def run(turn: Turn) -> Reply | None:
    """Fill in the hits; a tapped choice needs none."""
    if turn.choice:
        return None
    knowledge = turn.knowledge
    topic = turn.context.topic
    inside: list[str] = []
    around: list[str] = []
    if topic:
        inside = [clause.id for clause in knowledge.below(topic)]
        parent = knowledge.clauses[topic].parent
        if parent:
            chapter = knowledge.clauses[parent].topic
            around = [clause.id for clause in knowledge.below(chapter) if clause.id not in inside]
    turn.hits = turn.kit.retriever.search(
        turn.read.core or turn.read.text,
        previous=turn.context.question if topic else "",
        topic=inside,
        chapter=around,
        leans=turn.leans,
    )
    return None
