"""A reply as plain data, for JSON: the shape that `bot ask` prints and channels send."""

from __future__ import annotations

from typing import Any

from bot.answering import Reply, Status
from bot.knowledge import Knowledge

from .plain import to_text

_VERDICTS = {
    Status.CHECK_ELIGIBLE: "符合",
    Status.CHECK_NOT_ELIGIBLE: "不符合",
    Status.CHECK_UNSETTLED: "待核实",
    Status.MATCH_RESULT: None,
}


def to_data(reply: Reply, knowledge: Knowledge) -> dict[str, Any]:
    """Text, status, citations, contacts and suggestions as dictionaries and lists."""
    return {
        "text": to_text(reply),
        "status": reply.status.value,
        "paragraphs": [{"kind": paragraph.kind, "text": paragraph.text} for paragraph in reply.paragraphs],
        "citations": [
            {"clause": c.clause, "brochure": c.brochure, "section": c.section, "quote": c.quote}
            for c in reply.citations
        ],
        "contacts": [
            {
                "place": knowledge.places[phone.place].name,
                "directory": knowledge.directories[phone.directory].name
                if phone.directory in knowledge.directories
                else phone.office,
                "phone": phone.number,
            }
            for phone in reply.contacts
        ],
        "suggestions": [{"label": s.label, "choice": s.choice} for s in reply.suggestions],
        "check": _check(reply, knowledge),
    }


def _check(reply: Reply, knowledge: Knowledge) -> dict[str, Any] | None:
    """The eligibility check that the reply belongs to: what is asked, what was stated, the verdict where there is one."""
    state = reply.context.check
    if not state or not (reply.status in _VERDICTS or (state["asking"] and not state["paused"])):
        return None
    fact = knowledge.facts.get(state["asking"] or "")
    asking = fact and {"label": fact.label, "type": fact.type, "unit": fact.unit, "values": list(fact.values)}
    scheme = knowledge.schemes.get(state["scheme"] or "")
    return {
        "scheme": scheme.id if scheme else None,
        "name": scheme.name if scheme else None,
        "asking": asking,
        "stated": state["stated"],
        "verdict": _VERDICTS.get(reply.status),
    }
