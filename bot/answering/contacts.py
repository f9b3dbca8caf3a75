"""Telephone numbers as they are said and cited."""

from __future__ import annotations

from bot.knowledge import Knowledge, Phone
from bot.language import normalise_word

from .reply import Citation, Paragraph
from .turn import Kit


def line(kit: Kit, phone: Phone) -> str:
    """Office, business line and number, and when someone answers where that is known."""
    directory = kit.knowledge.directories.get(phone.directory)
    if directory is None:
        return f"{phone.office} {phone.number}"
    said = kit.say("contact_line", office=phone.office, directory=directory.name, phone=phone.number)
    return f"{said} {directory.hours}" if directory.hours else said


def citation(knowledge: Knowledge, phone: Phone) -> Citation:
    """The clause a number is printed in."""
    return cite(knowledge, phone.clause)


def cite(knowledge: Knowledge, clause_id: str, quote: str | None = None) -> Citation:
    """A citation built from a clause id; `quote` defaults to the whole clause."""
    clause = knowledge.clauses[clause_id]
    brochure = knowledge.brochures[clause.brochure]
    headings = [heading.text for heading in knowledge.path(clause_id)]
    section = " ".join(headings) if headings else clause.text
    return Citation(clause_id, brochure.title, section, brochure.issued_text, quote or clause.text)


def of_topic(knowledge: Knowledge, topic_id: str, place: str | None) -> tuple[Phone, ...]:
    """Whom to call about a topic: its hotline, if it has one, and the business line of the place."""
    topic = knowledge.topics[topic_id]
    hotline = knowledge.hotlines[topic.hotline].phones if topic.hotline else ()
    if place is None and hotline:
        return hotline
    phones = knowledge.directories[topic.directory].phones
    return (*hotline, phones[place or knowledge.county.general_place])


def remarks(kit: Kit, clause_id: str) -> tuple[Paragraph, ...]:
    """What to say about the print of a clause, where its reading is an inference."""
    return tuple(
        Paragraph("remark", kit.say("differs", printed=correction.printed, reading=correction.reading))
        for correction in kit.knowledge.clauses[clause_id].corrections
        if correction.kind == "inferred" and correction.reading
    )


def named_directory(knowledge: Knowledge, text: str) -> str | None:
    """The one business line whose words a normalised text says, or None."""
    named = [d.id for d in knowledge.directories.values() if any(normalise_word(word) in text for word in d.words)]
    return named[0] if len(named) == 1 else None
