"""A reply as plain data, for JSON: the shape that `bot ask` prints and channels send."""

from __future__ import annotations

from typing import Any

from bot.answering import Reply
from bot.knowledge import Knowledge

from .plain import to_text


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
    }
