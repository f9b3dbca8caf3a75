"""A reply as plain data, for JSON: the shape that `bot ask` prints and channels send (docs/api.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.answering import Citation, Reply, Status
from bot.calculators import Form
from bot.knowledge import Knowledge, Phone

from .plain import to_text

_VERDICTS = {
    Status.CHECK_ELIGIBLE: "符合",
    Status.CHECK_NOT_ELIGIBLE: "不符合",
    Status.CHECK_UNSETTLED: "待核实",
    Status.MATCH_RESULT: None,
}


def to_data(reply: Reply, knowledge: Knowledge) -> dict[str, Any]:
    """Text, status, paragraphs, citations, contacts, suggestions, and what a card needs besides, as dictionaries and lists."""
    place = knowledge.places.get(reply.context.place or "")
    return {
        "text": to_text(reply),
        "status": reply.status.value,
        "paragraphs": [
            {"kind": p.kind, "text": p.text, "part": p.part or None, "scheme": p.scheme or None}
            for p in reply.paragraphs
        ],
        "citations": [_citation(citation, knowledge) for citation in reply.citations],
        "contacts": [_contact(phone, knowledge) for phone in reply.contacts],
        "suggestions": [{"label": s.label, "choice": s.choice} for s in reply.suggestions],
        "place": {"id": place.id, "name": place.name} if place else None,
        "check": _check(reply, knowledge),
        "form": _form(reply.form) if reply.form else None,
        "sheet": {"code": reply.sheet, "url": f"/sheet/{reply.sheet}"} if reply.sheet else None,
    }


def clause_url(knowledge: Knowledge, clause: str) -> str:
    """The address of a clause on the bot's own pages."""
    return f"/policy/{knowledge.clauses[clause].brochure}#{clause}"


def _citation(citation: Citation, knowledge: Knowledge) -> dict[str, str]:
    return {
        "clause": citation.clause,
        "brochure": citation.brochure,
        "section": citation.section,
        "issued": citation.issued,
        "quote": citation.quote,
        "url": clause_url(knowledge, citation.clause),
    }


def _contact(phone: Phone, knowledge: Knowledge) -> dict[str, str | None]:
    place, directory = knowledge.places[phone.place], knowledge.directories.get(phone.directory)
    return {
        "place": place.name,
        "place_id": place.id,
        "directory": directory.name if directory else phone.office,
        "office": phone.office,
        "phone": phone.number,
        "hours": (directory.hours if directory else "") or None,
    }


def _form(form: Form) -> dict[str, Any]:
    return {
        "calculator": form.calculator,
        "name": form.name,
        "fields": [
            {
                **asdict(field),
                "options": [asdict(option) for option in field.options],
                "least": None if field.least is None else float(field.least),
                "most": None if field.most is None else float(field.most),
            }
            for field in form.fields
        ],
    }


def _check(reply: Reply, knowledge: Knowledge) -> dict[str, Any] | None:
    """The eligibility check that the reply belongs to: what is asked, what was stated, the verdict where there is one."""
    state = reply.context.check
    if not state or not (reply.status in _VERDICTS or (state["asking"] and not state["paused"])):
        return None
    fact = knowledge.facts.get(state["asking"] or "")
    scheme = knowledge.schemes.get(state["scheme"] or "")
    asking = fact and {
        "label": fact.label,
        "ask": fact.ask,
        "type": fact.type,
        "unit": fact.unit,
        "values": list(fact.values),
        "least": None if fact.least is None else float(fact.least),
        "most": None if fact.most is None else float(fact.most),
        "whole": fact.whole,
    }
    return {
        "scheme": scheme.id if scheme else None,
        "name": scheme.name if scheme else None,
        "verdict": _VERDICTS.get(reply.status),
        "asking": asking,
        "asked": state["asked"],
        "left": state["left"],
        "stated": state["stated"],
    }
