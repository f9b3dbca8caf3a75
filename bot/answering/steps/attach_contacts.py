"""The phone of the asker's place and business line; asked for once where the place is unknown."""

from __future__ import annotations

from bot.answering import contacts
from bot.answering.reply import Paragraph, Reply
from bot.answering.turn import Turn


def run(turn: Turn) -> Reply | None:
    """Add whom to call about what was quoted."""
    topic = turn.knowledge.clauses[turn.main[0]].topic
    phones = contacts.of_topic(turn.knowledge, topic, turn.place)
    for phone in phones:
        turn.remarks.append(Paragraph("contact", contacts.line(turn.kit, phone)))
        turn.remarks.extend(contacts.remarks(turn.kit, phone.clause))
    if turn.place is None and not turn.context.place_asked:
        turn.remarks.append(Paragraph("ask", turn.kit.say("ask_place")))
    return None
