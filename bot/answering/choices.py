"""What can be offered to tap, and what a tapped choice stands for."""

from __future__ import annotations

from bot.knowledge import ASPECTS, Knowledge, Twins
from bot.language import normalise, normalise_word

from .reply import Suggestion

_OFFERED = ("condition", "who", "documents", "how", "amount", "period", "exception")


def own_clauses(knowledge: Knowledge, topic: str) -> list[str]:
    """The quotable clauses of a topic, those of topics nested in it left out."""
    return [
        clause.id
        for clause in knowledge.below(topic)
        if not clause.is_heading and clause.topic == topic and "phone" not in clause.aspects
    ]


def with_aspect(knowledge: Knowledge, topic: str, aspect: str) -> tuple[str, ...]:
    """The clauses of a topic that speak of an aspect; a list is taken as a whole, by its lead line."""
    found: list[str] = []
    for id in own_clauses(knowledge, topic) or [c.id for c in knowledge.below(topic) if not c.is_heading]:
        clause = knowledge.clauses[id]
        parent = knowledge.clauses[clause.parent] if clause.parent else None
        if aspect in clause.aspects and not (parent and parent.together and parent.id in found):
            found.append(id)
    return tuple(found)


def aspects_of(knowledge: Knowledge, topic: str) -> list[str]:
    """The aspects a topic has clauses for, in the order in which they are offered."""
    ids = own_clauses(knowledge, topic) or [c.id for c in knowledge.below(topic) if not c.is_heading]
    have = {aspect for id in ids for aspect in knowledge.clauses[id].aspects}
    return [aspect for aspect in _OFFERED if aspect in have]


def aspect_suggestions(knowledge: Knowledge, topic: str, without: frozenset[str], most: int) -> tuple[Suggestion, ...]:
    """Chips for the aspects of a topic that were not just shown."""
    offered = [aspect for aspect in aspects_of(knowledge, topic) if aspect not in without]
    return tuple(Suggestion(ASPECTS[aspect], f"aspect:{topic}:{aspect}") for aspect in offered[:most])


def place_suggestions(knowledge: Knowledge) -> tuple[Suggestion, ...]:
    """One chip for each place."""
    return tuple(Suggestion(place.name, f"place:{place.id}") for place in knowledge.places.values())


def topic_suggestions(knowledge: Knowledge, topics: list[str]) -> tuple[Suggestion, ...]:
    """One chip for each topic, in order, none twice."""
    return tuple(Suggestion(knowledge.topics[id].name, f"topic:{id}") for id in dict.fromkeys(topics))


def directory_suggestions(knowledge: Knowledge) -> tuple[Suggestion, ...]:
    """One chip for each business line."""
    return tuple(Suggestion(d.name, f"directory:{d.id}") for d in knowledge.directories.values())


def starters(knowledge: Knowledge) -> tuple[Suggestion, ...]:
    """What to offer someone who names no subject: what people ask most (county.yml)."""
    return topic_suggestions(knowledge, list(knowledge.county.starters))


def offered(knowledge: Knowledge, twins: Twins) -> tuple[Suggestion, ...]:
    """What to offer with the question of a group: its schemes, the business lines, or what people ask most."""
    if twins.business_line:
        return directory_suggestions(knowledge)
    return twin_suggestions(twins) or starters(knowledge)


def twin_suggestions(twins: Twins) -> tuple[Suggestion, ...]:
    """One chip for each scheme of a group that sounds alike."""
    return tuple(Suggestion(choice.label, f"topic:{choice.topic}") for choice in twins.choices)


def said(twins: Twins, text: str) -> set[str]:
    """The topics of a group whose own words a normalised text says."""
    return {choice.topic for choice in twins.choices if any(normalise_word(word) in text for word in choice.words)}


def described(text: str, pending: tuple[Suggestion, ...], knowledge: Knowledge) -> str | None:
    """The offered scheme that a short normalised message describes in its own words, or None."""
    offered = {suggestion.choice for suggestion in pending}
    for twins in knowledge.twins:
        if {suggestion.choice for suggestion in twin_suggestions(twins)} == offered:
            meant = said(twins, text)
            return f"topic:{meant.pop()}" if len(meant) == 1 else None
    return None


def typed(text: str, pending: tuple[Suggestion, ...]) -> str | None:
    """The choice a normalised message picks by its number (1 is the first) or its label, or None."""
    bare = text.strip(" 。.、,，!！")
    if bare.isdecimal() and 1 <= int(bare) <= len(pending):
        return pending[int(bare) - 1].choice
    for suggestion in pending:
        if bare and bare == normalise(suggestion.label):
            return suggestion.choice
    return None
