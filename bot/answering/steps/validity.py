"""The term on the day, and what was corrected in the print."""

from __future__ import annotations

from bot.answering.reply import Paragraph, Reply, Status
from bot.answering.turn import Turn


def run(turn: Turn) -> Reply | None:
    """Put an over term first; say where the printed text differs from what is shown."""
    knowledge = turn.knowledge
    cited = [citation.clause for citation in turn.citations]
    for term in dict.fromkeys(term for id in cited for term in knowledge.terms_of(id)):
        state = term.state(turn.day)
        if state == "current":
            continue
        if term.example:
            turn.remarks.append(Paragraph("remark", turn.kit.say("example_old", says=term.says)))
            continue
        key, status = ("expired", Status.ANSWERED_EXPIRED) if state == "over" else ("future", Status.ANSWERED_NOT_YET)
        turn.notices.append(Paragraph("notice", turn.kit.say(key, says=term.says)))
        turn.status = status
    for id in cited:
        for correction in knowledge.clauses[id].corrections:
            if correction.kind == "inferred" and correction.reading:
                text = turn.kit.say("differs", printed=correction.printed, reading=correction.reading)
                turn.remarks.append(Paragraph("remark", text))
            elif correction.kind == "open":
                turn.remarks.append(Paragraph("remark", correction.says))
    return None
