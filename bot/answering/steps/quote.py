"""First line, clauses verbatim, source."""

from __future__ import annotations

import re

from bot.answering import contacts
from bot.answering.reply import Citation, Paragraph, Reply
from bot.answering.turn import Turn
from bot.knowledge import Clause, Knowledge

_LIMIT = 230  # characters quoted at most, unless a single clause is longer; keeps a reply near 300
_SECOND = 0.45  # a second passage is added when it has this share of the first one's probability and still fits
_LEAD = 70  # a lead line longer than this is not repeated above its item
_FIRST_PART = re.compile(r"^.+?[。；：:]")


def run(turn: Turn) -> Reply | None:
    """Put the first line and the quotes of the accepted passages into the body."""
    knowledge = turn.knowledge
    chosen = list(turn.main)
    if not turn.choice:
        chosen += _second(turn, chosen)
    seen: set[str] = set()
    used = 0
    for i, id in enumerate(chosen):
        blocks = [block for block in quotation(knowledge, id, _order(turn)) if block not in seen]
        size = sum(len(knowledge.clauses[block].text) for block in blocks)
        if i and used + size > _LIMIT:
            break
        line = knowledge.answers.get(id)
        if line:
            turn.body.append(Paragraph("lead", line))
        quoted: list[Citation] = []
        for block in blocks:
            text = excerpt(knowledge, knowledge.clauses[block], len(blocks))
            quoted.append(contacts.cite(knowledge, block, text))
            seen.add(block)
        used += size
        turn.body.append(Paragraph("quote", "\n".join(citation.quote for citation in quoted)))
        turn.citations += quoted
        turn.body.append(Paragraph("source", source(knowledge, id)))
    return None


def source(knowledge: Knowledge, id: str) -> str:
    """Brochure, headings and month: 《就业服务》失业信息登记（2022年9月）."""
    clause = knowledge.clauses[id]
    brochure = knowledge.brochures[clause.brochure]
    headings = [heading.text for heading in knowledge.path(id)] + ([clause.text] if clause.is_heading else [])
    return f"《{brochure.title}》{' '.join(headings[-2:])}（{brochure.issued_text}）"


def quotation(knowledge: Knowledge, id: str, order: dict[str, float]) -> list[str]:
    """The ids of the clauses to quote for a passage, in printed order.

    A leaf is quoted with its lead line where that is short; a lead line with its items; a heading with what stands below it,
    as far as the limit allows, the likeliest first (`order`: probability by id).
    """
    clause = knowledge.clauses[id]
    if not clause.is_heading and not clause.children:
        parent = knowledge.clauses[clause.parent] if clause.parent else None
        if parent and not parent.is_heading and len(parent.text) <= _LEAD:
            return [parent.id, id]
        return [id]
    below = [part for part in knowledge.below(id) if not part.is_heading and "phone" not in part.aspects]
    below = below or [part for part in knowledge.below(id) if not part.is_heading]
    if not clause.is_heading:
        return [part.id for part in below]
    if sum(len(part.text) for part in below) <= _LIMIT:
        return [part.id for part in below]
    return _likeliest(knowledge, below, order)


def _likeliest(knowledge: Knowledge, below: list[Clause], order: dict[str, float]) -> list[str]:
    position = {part.id: i for i, part in enumerate(below)}
    ranked = sorted(below, key=lambda part: (-order.get(part.id, 0.0), position[part.id]))
    taken: set[str] = set()
    used = 0
    for part in ranked:
        if taken and used + len(part.text) > _LIMIT:
            continue
        taken.add(part.id)
        used += len(part.text)
        parent = knowledge.clauses[part.parent] if part.parent else None
        if parent and not parent.is_heading and parent.id in position and parent.id not in taken:
            taken.add(parent.id)
            used += len(parent.text)
    return sorted(taken, key=lambda id: position[id])


def excerpt(knowledge: Knowledge, clause: Clause, quoted: int) -> str:
    """The clause verbatim; in a long list, the first part of each item, with … for the rest."""
    parent = knowledge.clauses[clause.parent] if clause.parent else None
    if quoted < 3 or not parent or parent.is_heading:
        return clause.text
    whole = sum(len(part.text) for part in knowledge.below(parent.id))
    if whole <= 2 * _LIMIT:
        return clause.text
    first = _FIRST_PART.match(clause.text)
    return clause.text if not first or len(first[0]) > len(clause.text) - 8 else first[0] + "…"


def _order(turn: Turn) -> dict[str, float]:
    if turn.hits is None:
        return {}
    return {hit.id: hit.probability for hit in (*turn.hits.accepted, *turn.hits.rejected)}


def _second(turn: Turn, chosen: list[str]) -> list[str]:
    """The runner-up, unless it is part of what is quoted already."""
    knowledge = turn.knowledge
    accepted = [hit for hit in turn.found.accepted if hit.id not in chosen]
    first = turn.found.best
    if not accepted or first is None:
        return []
    family = {clause.id for id in chosen for clause in (*knowledge.below(id), *knowledge.ancestors(id))}
    for hit in accepted[:2]:
        if (
            hit.probability >= _SECOND * first.probability
            and hit.id not in family
            and not knowledge.clauses[hit.id].children
        ):
            return [hit.id]
    return []
