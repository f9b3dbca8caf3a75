"""What is retrieved: passages made of clauses, near topics that are not covered, what is too vague, and everything far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.knowledge import Knowledge
from bot.knowledge.questions import ASK, FAR, Question
from bot.language import normalise

_LONGEST = 600  # characters of a passage that are indexed; the overview of a long chapter needs no more


@dataclass(frozen=True)
class Passage:
    """One unit of the index.

    `kind` is clause, uncovered, ask or far; `text` is heading path and clause text, `asked` the authored questions, both normalised.
    """

    id: str
    kind: str
    text: str
    asked: tuple[str, ...]


def build_passages(knowledge: Knowledge, questions: Iterable[Question]) -> list[Passage]:
    """Every clause and heading, every near topic, every question to ask back, and `far`, in a fixed order. Rows of telephone tables are left to the
    contact step: they are found by place and business line, not by their words."""
    asked: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        asked[question.label].append(normalise(question.text))
    rows = {phone.clause for directory in knowledge.directories.values() for phone in directory.phones.values()}
    rows |= {incubator.phone.clause for incubator in knowledge.incubators}
    passages = []
    for clause in knowledge.clauses.values():
        if clause.id in rows:
            continue
        path = " ".join(heading.text for heading in knowledge.path(clause.id))
        body = " ".join(part.text for part in knowledge.below(clause.id) if part.id not in rows)
        passages.append(Passage(clause.id, "clause", normalise_long(f"{path} {body}"), tuple(asked[clause.id])))
    for near in knowledge.uncovered.values():
        passages.append(Passage(near.id, "uncovered", normalise(near.name), tuple(asked[near.id])))
    for twins in knowledge.twins:
        passages.append(Passage(ASK + twins.id, "ask", "", tuple(asked[ASK + twins.id])))
    passages.append(Passage(FAR, "far", "", tuple(asked[FAR])))
    return passages


def normalise_long(text: str) -> str:
    """Normalise a text that may be longer than a message, piece by piece."""
    pieces = [text[i : i + 400] for i in range(0, min(len(text), _LONGEST), 400)]
    return "".join(normalise(piece) for piece in pieces)
