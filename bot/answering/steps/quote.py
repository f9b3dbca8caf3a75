"""First line, clauses verbatim, source."""

from __future__ import annotations

import re

from bot.answering import contacts
from bot.answering.content import FIGURE
from bot.answering.reply import Citation, Paragraph, Reply
from bot.answering.turn import Turn
from bot.knowledge import Clause, Knowledge

_LIMIT = 230  # characters quoted at most, unless a single clause is longer; keeps a reply near 300
_SECOND = 0.2  # a second passage is added when it has this share of the first one's probability and still fits
_SHORTENED = 40  # characters an item of a long list takes when only its first part is quoted
_TELLING = 0.08  # below this share a clause of a chapter is no likelier than the others: printed order decides
_LEAD = 70  # a lead line longer than this is not repeated above its item
_VERDICT = re.compile(
    r"^(?:不可以|可以|不能|能|不用|要看|不行|行|要|是的|是|不是|有|没有|会|不会|都可以|都能)[，。,；]"
)
_MAY_I = re.compile(r"能|可以|可不可以|行不|中不|成不|准不|让不|给不|吗|么[?？]?$|不[?？]?$|没[?？]?$|行吗")
_TURNED = re.compile(
    r"必须|非得|一定要|不能|不给|不让|不用|还要|还用|是不是只|非要|还得|荒|才能|行不通|咋|怎么|多少|几"
)
_ITEM = re.compile(r"^(?:[（(]?\d+[)）]|\d+[.、]|[①-⑩])")
_FIRST_PART = re.compile(r"^.+?[。；：:]")


def run(turn: Turn) -> Reply | None:
    """Put the first line and the quotes of the accepted passages into the body."""
    knowledge = turn.knowledge
    chosen = list(turn.main)
    if not turn.choice and len(chosen) == 1:
        chosen += _second(turn, chosen)
    seen: set[str] = set()
    used = 0
    for i, id in enumerate(chosen):
        blocks = [block for block in quotation(knowledge, id, _order(turn)) if block not in seen]
        size = sum(len(knowledge.clauses[block].text) for block in blocks)
        if i and used + size > _LIMIT:
            break
        line = first_line(knowledge.answers.get(id, ""), turn.read.text)
        if line:
            turn.body.append(Paragraph("lead", line))
        quoted: list[Citation] = []
        shown: list[str] = []
        for block in blocks:
            text = excerpt(knowledge, knowledge.clauses[block], len(blocks))
            quoted.append(contacts.cite(knowledge, block, text))
            shown.append(text)
            seen.add(block)
        used += size
        quoted += summed_up(knowledge, id, line, [citation.quote for citation in quoted])
        turn.body.append(Paragraph("quote", "\n".join(shown)))
        turn.citations += quoted
        turn.body.append(Paragraph("source", source(knowledge, id)))
    return None


def first_line(line: str, asked: str) -> str:
    """The plain line of a clause; its yes or no is kept only for a question that it answers as it is put."""
    opening = _VERDICT.match(line)
    if not opening or (_MAY_I.search(asked) and not _TURNED.search(asked)):
        return line
    return line[opening.end() :]


def summed_up(knowledge: Knowledge, id: str, line: str, quoted: list[str]) -> list[Citation]:
    """Citations of the clauses below `id` whose figures the first line states although they are not quoted."""
    printed = {figure for text in quoted for figure in FIGURE.findall(text)}
    open_figures = [figure for figure in FIGURE.findall(line) if figure not in printed]
    found: list[Citation] = []
    for part in (*knowledge.below(id), *knowledge.path(id)):
        figures = set(FIGURE.findall(part.text))
        if figures & set(open_figures):
            found.append(contacts.cite(knowledge, part.id))
            open_figures = [figure for figure in open_figures if figure not in figures]
    return found


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
    """The likeliest blocks that fit: a clause alone, or a list as a whole, because half a list reads like all of it."""
    blocks: dict[str, list[Clause]] = {}
    for part in below:
        parent = knowledge.clauses[part.parent] if part.parent else None
        listed = parent and (not parent.is_heading or _ITEM.match(part.text))
        blocks.setdefault(parent.id if parent and listed and not part.children else part.id, []).append(part)
    position = {part.id: i for i, part in enumerate(below)}
    ranked = sorted(blocks.values(), key=lambda b: (-max(order.get(p.id, 0.0) for p in b), position[b[0].id]))
    taken: list[str] = []
    used = 0
    for block in ranked:
        size = sum(min(len(part.text), _SHORTENED) if len(block) > 2 else len(part.text) for part in block)
        if taken and used + size > _LIMIT:
            continue
        taken += [part.id for part in block]
        used += size
    return sorted(taken, key=lambda id: position[id])


def excerpt(knowledge: Knowledge, clause: Clause, quoted: int) -> str:
    """The clause verbatim; in a long list, the first part of each item, with … for the rest."""
    parent = knowledge.clauses[clause.parent] if clause.parent else None
    if quoted < 3 or not parent or not _ITEM.match(clause.text):
        return clause.text
    whole = sum(len(part.text) for part in knowledge.below(parent.id))
    if whole <= _LIMIT:
        return clause.text
    first = _FIRST_PART.match(clause.text)
    return clause.text if not first or len(first[0]) > len(clause.text) - 8 else first[0] + "…"


def _order(turn: Turn) -> dict[str, float]:
    if turn.hits is None:
        return {}
    hits = (*turn.hits.accepted, *turn.hits.rejected)
    return {hit.id: hit.probability for hit in hits if hit.probability >= _TELLING}


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
