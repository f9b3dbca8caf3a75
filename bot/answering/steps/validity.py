"""The term on the day, and what was corrected in the print."""

from __future__ import annotations

from bot.answering import contacts
from bot.answering.reply import Paragraph, Reply, Status
from bot.answering.turn import Turn
from bot.knowledge import Term


def run(turn: Turn) -> Reply | None:
    """Put an over term first; say where the printed text differs from what is shown."""
    knowledge = turn.knowledge
    cited = [citation.clause for citation in turn.citations]
    main = [id for id in cited if any(above.id in turn.main for above in knowledge.ancestors(id))] or cited
    for term in dict.fromkeys(term for id in cited for term in knowledge.terms_of(id)):
        state = term.state(turn.day)
        if state == "current":
            continue
        if term.example:
            turn.remarks.append(Paragraph("remark", turn.kit.say("example_old", says=term.says)))
            continue
        key, status = ("expired", Status.ANSWERED_EXPIRED) if state == "over" else ("future", Status.ANSWERED_NOT_YET)
        said = turn.kit.say(key, name=term.name, says=term.says)
        if _limits(turn, term, main):
            turn.notices.append(Paragraph("notice", said))
            turn.status = status
        else:
            turn.remarks.append(Paragraph("remark", said))
    for id in cited:
        turn.remarks += contacts.remarks(turn.kit, id)
        unclear = [correction for correction in knowledge.clauses[id].corrections if correction.kind == "open"]
        turn.remarks += [Paragraph("remark", correction.says) for correction in unclear]
    return None


def _limits(turn: Turn, term: Term, main: list[str]) -> bool:
    """Whether a term limits all of what is answered in the first place, not one scheme among several or a clause added to it."""
    limited = [term in turn.knowledge.terms_of(id) for id in main]
    others = [t for id in main for t in turn.knowledge.terms_of(id) if t is not term and t.state(turn.day) == "current"]
    return any(limited) and not others
