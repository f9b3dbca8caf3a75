"""Answer, ask back, or refuse by name."""

from __future__ import annotations

from dataclasses import replace

from bot.answering import choices, contacts
from bot.answering.content import FIGURE, residue, without_fillers
from bot.answering.parts import questions
from bot.answering.reply import Paragraph, Reply, Status
from bot.answering.steps import check, validity
from bot.answering.turn import Turn
from bot.knowledge import Uncovered
from bot.knowledge.questions import ASK
from bot.retrieval.hits import Hit

_ONE_CLEAR = 0.7
_CLEARER = 3.0  # how many times likelier the clauses must be where one of them is that clear
_PRINTED = (
    4.0  # how many times likelier the clauses must be than near topics and the rest, where only a detail is not printed
)
_AHEAD = 1.0  # how far the near topics together must be ahead of the clauses together to be refused by name
_ASK_BACK = 0.4  # share of the probability of what is too vague above which the bot asks back
_SURE = 0.3  # share that the answer to each of two questions must have
_CLEAR = 0.4  # a passage with this share of the probability is meant, whatever the NLU heard


def run(turn: Turn) -> Reply | None:
    """Settle what is quoted, or stop with a question or a refusal."""
    if turn.choice and turn.main:
        return None
    hits = turn.found
    named = _only_named(turn)
    if named:
        turn.main = (named,)
        return None
    if _is_vague(turn):
        return turn.plain(Status.CLARIFICATION_VAGUE, "clarify_vague", choices.starters(turn.knowledge), "topic")
    asked = _ask_back(turn)
    if asked:
        return asked
    near = hits.by_kind("uncovered")
    best = hits.best
    scheme = check.wanted(turn)
    if best is None and scheme:
        turn.main = (check.related(turn, scheme),)
        return None
    vague = sum(hit.probability for hit in hits.by_kind("ask"))
    inside = 1.0 - hits.uncovered - hits.far - vague
    if best is None and near and _is_printed(turn, near[0], inside):
        turn.main = (hits.by_kind("clause")[0].id,)
        return None
    if near and hits.uncovered >= hits.far and (best is None or hits.uncovered > _AHEAD * inside):
        return _refuse_near(turn, turn.knowledge.uncovered[near[0].id])
    if best is None:
        if turn.acts("vague", "inform", "match_policies", least=0.5):
            return turn.plain(Status.CLARIFICATION_VAGUE, "clarify_vague", choices.starters(turn.knowledge), "topic")
        status = Status.REFUSED_OUT_OF_SCOPE if hits.far >= hits.uncovered else Status.REFUSED_UNSURE
        key = "refuse_out" if status is Status.REFUSED_OUT_OF_SCOPE else "refuse_unsure"
        return turn.plain(status, key)
    turn.main = _two(turn) or (best.id,)
    return None


def _only_named(turn: Turn) -> str | None:
    """The topic of a message that is nothing but its name (突泉公益岗): all of it is meant."""
    topics = [entity for entity in turn.read.entities if entity.kind == "scheme"]
    if len(topics) != 1 or turn.read.aspects or turn.leans:
        return None
    rest = without_fillers(turn.read.text.replace(topics[0].text, "", 1), turn.read)
    return None if rest else topics[0].value


def _is_printed(turn: Turn, near: Hit, inside: float) -> bool:
    """Whether the clauses are so much likelier than near topics and the rest that they answer after all: one clause clearly, or,
    where only a detail of the subject is not printed, all of them together."""
    outside = turn.found.uncovered + turn.found.far
    clauses = turn.found.by_kind("clause")
    if not clauses:
        return False
    clear = clauses[0].probability >= _ONE_CLEAR and inside > _CLEARER * outside
    return clear or (bool(turn.knowledge.uncovered[near.id].says) and inside > _PRINTED * outside)


def _two(turn: Turn) -> tuple[str, ...]:
    """What answers each of two questions in one message, where both are answered surely and by different passages."""
    asked = questions(turn.read.core)
    if len(asked) < 2 or turn.context.topic:
        return ()  # in a conversation the second part may lean on what went before
    found: list[str] = []
    for i, text in enumerate(asked[:2]):
        joined = f"{asked[0]} {text}" if i else ""
        hits = turn.kit.retriever.search(text, joined, turn.kit.retriever.fusion.passing.joined)
        if hits.best is None or hits.best.probability < _SURE:
            return ()
        found.append(hits.best.id)
    families = [{c.id for c in (*turn.knowledge.below(id), *turn.knowledge.ancestors(id))} for id in found]
    return () if found[0] in families[1] or found[1] in families[0] else tuple(found)


def _ask_back(turn: Turn) -> Reply | None:
    """Ask which scheme is meant where the message is like those that leave it open."""
    vague = turn.found.by_kind("ask")
    if turn.leans or sum(hit.probability for hit in vague) < _ASK_BACK:
        return None
    twins = next(twins for twins in turn.knowledge.twins if ASK + twins.id == vague[0].id)
    offered = choices.offered(turn.knowledge, twins)
    if twins.business_line:
        return turn.ask(Status.CLARIFICATION_BUSINESS, twins.ask, offered, "directory")
    status = Status.CLARIFICATION_SCHEME if twins.choices else Status.CLARIFICATION_VAGUE
    return turn.ask(status, twins.ask, offered, "topic")


def _is_vague(turn: Turn) -> bool:
    """Whether the message names no subject: nothing but words that ask, or what the NLU hears as vague and nothing matches."""
    if turn.read.topics or turn.leans:
        return False
    if not residue(turn.read):
        return True
    likeliest = max(hit.probability for hit in (*turn.found.accepted, *turn.found.rejected))
    return turn.acts("vague", least=0.5) and likeliest < _CLEAR


def _refuse_near(turn: Turn, uncovered: Uncovered) -> Reply:
    kit, knowledge = turn.kit, turn.knowledge
    if not uncovered.says:
        return turn.plain(Status.REFUSED_NOT_COVERED, "refuse_near", name=uncovered.name, who=uncovered.who)
    text = kit.say("refuse_near", name=uncovered.name, who=uncovered.who)
    parts = [part for id in uncovered.related for part in knowledge.below(id)]
    figures = FIGURE.findall(uncovered.says)
    said = [p.id for p in parts if p.id in uncovered.related or any(figure in p.text for figure in figures)]
    turn.citations = [contacts.cite(knowledge, id) for id in dict.fromkeys(said)]
    validity.run(turn)
    topic = knowledge.clauses[uncovered.related[0]].topic if uncovered.related else turn.context.topic
    return Reply(
        Status.REFUSED_DETAIL,
        (*turn.opening(), *turn.notices, Paragraph("lead", text), Paragraph("remark", uncovered.says)),
        citations=tuple(turn.citations),
        context=replace(turn.context, place=turn.place, topic=topic, pending=(), pending_kind=None),
    )
