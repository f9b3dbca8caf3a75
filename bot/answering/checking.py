"""The words of a check: questions with buttons, the verdict with its reasons, the result of a match."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.eligibility import (
    Assessment,
    Interview,
    Outcome,
    State,
    Verdict,
    assess,
    best_combination,
    matching,
    next_fact,
    next_of_many,
    one_step_away,
    remaining,
    satisfied,
)
from bot.eligibility.interview import SHARED, WHO
from bot.eligibility.sheets import Section, Sheet, new_code
from bot.knowledge.schemes import NOT_APPLICABLE, Fact, Group, Leaf, Scheme, Value

from . import contacts
from .reply import Citation, Paragraph, Status, Suggestion
from .turn import Kit, Turn

UNKNOWN = "unknown"
_MATCH_QUESTIONS = 8  # after so many questions a match shows what it has, and offers to go on
_FIRST = 3  # questions of a match before it leaves the details of single schemes alone
_LISTED = 6  # schemes named in one list of a match
_STATUS = {
    Verdict.ELIGIBLE: Status.CHECK_ELIGIBLE,
    Verdict.NOT_ELIGIBLE: Status.CHECK_NOT_ELIGIBLE,
    Verdict.UNSETTLED: Status.CHECK_UNSETTLED,
}


def answers(kit: Kit, fact: Fact) -> tuple[Suggestion, ...]:
    """The buttons under a question."""
    say = kit.say
    offered: list[Suggestion] = []
    if fact.type == "yesno":
        offered = [
            Suggestion(say("button_yes"), f"fact:{fact.label}:是"),
            Suggestion(say("button_no"), f"fact:{fact.label}:否"),
        ]
    elif fact.type == "choice":
        offered = [Suggestion(value, f"fact:{fact.label}:{value}") for value in fact.values]
    if fact.may_not_apply:
        offered.append(Suggestion(NOT_APPLICABLE, f"fact:{fact.label}:{NOT_APPLICABLE}"))
    return (
        *offered,
        Suggestion(say("button_unknown"), f"fact:{fact.label}:{UNKNOWN}"),
        Suggestion(say("button_why"), f"why:{fact.label}"),
    )


def shown(fact: Fact, value: Value) -> str:
    """A stated value as people say it: 女, 40岁, 没有已办失业登记."""
    if isinstance(value, bool):
        return f"{fact.label}：{'是' if value else '否'}"
    if isinstance(value, Decimal):
        return f"{fact.label}：{value.normalize():f}{fact.unit}"
    return f"{fact.label}：{value.isoformat() if isinstance(value, date) else value}"


def noted(kit: Kit, found: Iterable[tuple[str, Value]]) -> str:
    """What was understood, so that a mistake can be put right at once; empty where nothing was."""
    parts = [shown(kit.knowledge.facts[label], value) for label, value in found if value != NOT_APPLICABLE]
    return kit.say("check_noted", facts="；".join(parts)) if parts else ""


def ask_next(turn: Turn, interview: Interview) -> tuple[Interview, Paragraph, tuple[Suggestion, ...]] | None:
    """The next question of a check or match with its buttons; None when nothing is left to ask."""
    kit, knowledge = turn.kit, turn.knowledge
    if interview.scheme is None and interview.serves is None:
        offered = tuple(Suggestion(each.label, f"who:{each.id}") for each in knowledge.audiences.values())
        return _asking(interview, WHO), Paragraph("ask", kit.say("match_who")), offered
    if interview.scheme is None:
        assessments = matching(knowledge.schemes.values(), interview, knowledge.facts, turn.day)
        least = SHARED if interview.asked >= _FIRST else 1
        label, left = next_of_many(assessments, interview.unknown, least), None
    else:
        one = assess_one(turn, interview)
        label = next_fact(one, interview.unknown)
        left = remaining(one, interview, knowledge.facts, turn.day)
    if label is None:
        return None
    fact = knowledge.facts[label]
    ask = fact.ask if left is None else fact.ask + kit.say("check_left", n=str(left))
    return _asking(interview, label, left), Paragraph("ask", ask), answers(kit, fact)


def _asking(interview: Interview, label: str, left: int | None = None) -> Interview:
    again = interview.asking == label
    asked = interview.asked + (not again)
    return replace(interview, asking=label, asked=asked, left=left, paused=False, interrupted=0)


def assess_one(turn: Turn, interview: Interview) -> Assessment:
    """The scheme of a check, evaluated on the day of the turn."""
    assert interview.scheme is not None
    return assess(turn.knowledge.schemes[interview.scheme], interview.stated, turn.knowledge.facts, turn.day)


def enough(interview: Interview) -> bool:
    """Whether a match has asked as much as people like to answer."""
    return interview.scheme is None and interview.asked >= _MATCH_QUESTIONS


def why(turn: Turn, interview: Interview, label: str) -> tuple[Paragraph, ...]:
    """The conditions that a question is for, in the words of their clauses."""
    schemes = [turn.knowledge.schemes[interview.scheme]] if interview.scheme else turn.knowledge.schemes.values()
    facts = turn.knowledge.facts
    for scheme in schemes:
        for leaf in scheme.leaves():
            if leaf.fact and label in (leaf.fact, *(facts[leaf.fact].share or ())):
                clause = turn.knowledge.clauses[leaf.clause]
                return (
                    Paragraph("lead", turn.kit.say("check_why", name=scheme.name, says=leaf.says)),
                    Paragraph("quote", clause.text),
                )
    return ()


def verdict(turn: Turn, interview: Interview) -> tuple[Status, tuple[Paragraph, ...], tuple[Citation, ...]]:
    """Status, paragraphs and citations for the verdict of a check."""
    kit, knowledge = turn.kit, turn.knowledge
    one = assess_one(turn, interview)
    scheme = one.scheme
    key = {Verdict.ELIGIBLE: "check_eligible", Verdict.NOT_ELIGIBLE: "check_not"}.get(one.verdict, "check_unsettled")
    lines = [Paragraph("lead", kit.say(key, name=scheme.name))]
    cited: list[str] = []
    if one.verdict is Verdict.NOT_ELIGIBLE:
        for outcome in one.failed():
            says, clauses = reason(outcome)
            lines.append(Paragraph("remark", kit.say("check_failed", says=says), "reasons"))
            cited += clauses
        for outcome in one_step_away(one, knowledge.facts):
            leaf = outcome.condition
            assert isinstance(leaf, Leaf) and leaf.fact
            other = knowledge.schemes[knowledge.facts[leaf.fact].gained_by or ""]
            lines.append(Paragraph("remark", kit.say("check_step", name=other.name), "step", other.id))
    elif one.verdict is Verdict.UNSETTLED:
        for outcome in one.open():
            leaf = outcome.condition
            assert isinstance(leaf, Leaf)
            lines.append(Paragraph("remark", kit.say("check_open", says=leaf.open_says), "reasons"))
            cited.append(leaf.clause)
        if one.missing:
            facts = "、".join(one.missing)
            lines.append(Paragraph("remark", kit.say("check_missing", facts=facts), "reasons"))
            cited += [leaf.clause for leaf in scheme.leaves() if leaf.fact in one.missing]
    else:
        cited += [leaf.clause for outcome in one.met() for leaf in _leaves(outcome)]
    if one.verdict is not Verdict.NOT_ELIGIBLE:
        lines += entitlement(turn, one, interview)
        cited += [benefit.clause for benefit in scheme.benefit]
    lines += [Paragraph("remark", note.says) for note in scheme.leaves_open[:1] if one.verdict is Verdict.ELIGIBLE]
    quoted = [knowledge.clauses[id].text for id in dict.fromkeys(cited)][:2]
    if one.verdict is Verdict.NOT_ELIGIBLE and quoted:
        lines.append(Paragraph("quote", "\n".join(quoted)))
    citations = tuple(contacts.cite(knowledge, id) for id in dict.fromkeys(cited))
    return _STATUS[one.verdict], tuple(lines), citations


def notices(turn: Turn, scheme: Scheme) -> list[Paragraph]:
    """That the printed term of a scheme is over or has not begun: whoever still fits has to ask."""
    said = []
    for term in turn.knowledge.terms_of_scheme(scheme):
        state = term.state(turn.day)
        if state != "current":
            key = "expired" if state == "over" else "future"
            said.append(Paragraph("notice", turn.kit.say(key, name=term.name, says=term.says)))
    return said


def reason(outcome: Outcome) -> tuple[str, list[str]]:
    """A condition that is not met, in words, with its clauses; of several ways the names."""
    condition = outcome.condition
    if isinstance(condition, Leaf):
        return condition.says, [condition.clause]
    clauses = [leaf.clause for leaf in _leaves(outcome)]
    parts = [part.name if isinstance(part, Group) and part.name else _first_says(part) for part in condition.parts]
    named = condition.name or "、".join(dict.fromkeys(part for part in parts if part))
    return named, list(dict.fromkeys(clauses))


def _first_says(condition: object) -> str:
    if isinstance(condition, Leaf):
        return condition.says
    return _first_says(condition.parts[0]) if isinstance(condition, Group) else ""


def _leaves(outcome: Outcome) -> list[Leaf]:
    return [each.condition for each in outcome.leaves() if isinstance(each.condition, Leaf)]


def entitlement(turn: Turn, one: Assessment, interview: Interview) -> list[Paragraph]:
    """What it brings, what to bring, where and by when."""
    kit, knowledge, scheme = turn.kit, turn.knowledge, one.scheme
    lines = []
    if scheme.benefit:
        said = kit.say("check_benefit", says="；".join(b.says for b in scheme.benefit))
        lines.append(Paragraph("remark", said, "benefit"))
    needed = [document.item for document in scheme.documents if _needed(turn, document.when, interview)]
    if needed:
        lines.append(Paragraph("remark", kit.say("check_documents", items="；".join(needed)), "documents"))
    for part, ids in (("offices", scheme.offices), ("online", scheme.online), ("deadline", scheme.deadline)):
        if ids:
            says = " ".join(knowledge.clauses[id].text for id in ids)
            lines.append(Paragraph("remark", kit.say(f"check_{part}", says=says), part))
    return lines


def _needed(turn: Turn, when: object, interview: Interview) -> bool:
    if when is None:
        return True
    assert isinstance(when, (Leaf, Group))
    return satisfied(when, interview.stated, turn.knowledge.facts, turn.day) is not State.NOT_MET


def match_result(turn: Turn, interview: Interview) -> tuple[tuple[Paragraph, ...], tuple[Citation, ...]]:
    """What fits, what is one step away, what is not settled; with amounts and the lawful combination."""
    kit, knowledge = turn.kit, turn.knowledge
    assessments = matching(knowledge.schemes.values(), interview, knowledge.facts, turn.day)
    over = [one for one in assessments if any(_is_over(outcome) for outcome in one.failed())]
    fits = [one for one in assessments if one.verdict is Verdict.ELIGIBLE]
    steps = [one for one in assessments if one not in over and one_step_away(one, knowledge.facts)]
    unsettled = [one for one in assessments if one.verdict is Verdict.UNSETTLED]
    stated = [shown(knowledge.facts[label], value) for label, value in interview.stated.items()]
    lines = [
        Paragraph("lead", kit.say("match_result", facts="；".join(stated) if stated else kit.say("match_nothing")))
    ]
    taken, pairs = best_combination(fits)
    for one in taken:
        said = kit.say("match_fits", name=one.scheme.name, says=_benefit(one))
        lines.append(Paragraph("remark", said, "fits", one.scheme.id))
    for first, second in pairs:
        said = kit.say("match_excludes", name=first.scheme.name, other=second.scheme.name)
        lines.append(Paragraph("remark", said, "excludes", second.scheme.id))
    for one in steps[:_LISTED]:
        leaf = one_step_away(one, knowledge.facts)[0].condition
        assert isinstance(leaf, Leaf) and leaf.fact
        step = knowledge.schemes[knowledge.facts[leaf.fact].gained_by or ""].name
        said = kit.say("match_step", name=one.scheme.name, step=step)
        lines.append(Paragraph("remark", said, "step", one.scheme.id))
    if unsettled:
        names = "、".join(one.scheme.name for one in unsettled[:_LISTED])
        lines.append(Paragraph("remark", kit.say("match_unsettled", names=names), "unsettled"))
    if over:
        names = "、".join(one.scheme.name for one in over[:_LISTED])
        lines.append(Paragraph("remark", kit.say("match_over", names=names), "over"))
    if not fits and not steps and not unsettled:
        lines.append(Paragraph("remark", kit.say("match_none")))
    lines.append(Paragraph("remark", kit.say("preliminary")))
    cited = [benefit.clause for one in fits for benefit in one.scheme.benefit[:1]]
    return tuple(lines), tuple(contacts.cite(knowledge, id) for id in dict.fromkeys(cited))


def why_not(turn: Turn, interview: Interview) -> list[Paragraph]:
    """After a match, on request: what does not fit, and the condition that is not met."""
    assessments = matching(turn.knowledge.schemes.values(), interview, turn.knowledge.facts, turn.day)
    lines = []
    for one in assessments:
        if one.verdict is Verdict.NOT_ELIGIBLE:
            says = "；".join(reason(outcome)[0] for outcome in one.failed())
            said = turn.kit.say("match_why", name=one.scheme.name, says=says)
            lines.append(Paragraph("remark", said, "reasons", one.scheme.id))
    return [*lines[:_LISTED], Paragraph("remark", turn.kit.say("preliminary"))]


def _is_over(outcome: Outcome) -> bool:
    return isinstance(outcome.condition, Leaf) and outcome.condition.fact is None


def _benefit(one: Assessment) -> str:
    return one.scheme.benefit[0].says if one.scheme.benefit else ""


def sheet(turn: Turn, interview: Interview) -> Sheet:
    """The one-page result of a check, for this case and this place."""
    kit, knowledge = turn.kit, turn.knowledge
    one = assess_one(turn, interview)
    scheme = one.scheme
    _, lines, citations = verdict(turn, interview)
    rest = {paragraph.text for paragraph in entitlement(turn, one, interview)}
    phones = contacts.of_topic(knowledge, scheme.topic, turn.place)
    rows = {
        "reasons": [
            *(notice.text for notice in notices(turn, scheme)),
            *(p.text for p in lines[1:] if p.kind == "remark" and p.text not in rest),
        ],
        "benefit": [benefit.says for benefit in scheme.benefit],
        "documents": [f"□ {d.item}" for d in scheme.documents if _needed(turn, d.when, interview)],
        "offices": [knowledge.clauses[id].text for id in scheme.offices],
        "online": [knowledge.clauses[id].text for id in scheme.online],
        "deadline": [knowledge.clauses[id].text for id in scheme.deadline],
        "phones": [contacts.line(kit, phone) for phone in phones],
        "stated": [shown(knowledge.facts[label], value) for label, value in interview.stated.items()],
        "sources": [f"{c.clause} 《{c.brochure}》{c.section}（{c.issued}）" for c in citations],
    }
    sections = tuple(Section(kind, kit.say(f"sheet_{kind}"), tuple(each)) for kind, each in rows.items() if each)
    return Sheet(
        code=new_code(),
        scheme=scheme.id,
        day=turn.day.isoformat(),
        title=kit.say("sheet_title"),
        head=f"{scheme.name}：{one.verdict.value}",
        note=kit.say("preliminary"),
        sections=sections,
        clauses=tuple(citation.clause for citation in citations),
    )
