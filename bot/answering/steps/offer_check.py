"""Whether the asker qualifies: after the clause, the first question of a check, or its verdict where enough was said."""

from __future__ import annotations

from dataclasses import replace

from bot.answering import checking
from bot.answering.reply import Paragraph, Reply
from bot.answering.steps import check
from bot.answering.turn import Turn
from bot.eligibility import Interview


def run(turn: Turn) -> Reply | None:
    """Prepare the check of the scheme that was asked about; the last step sends it with the answer."""
    if turn.choice or (turn.context.check and not turn.context.check["paused"]):
        return None
    interview = _interview(turn)
    if interview is None:
        return None
    if not checking.assess_one(turn, interview).missing:
        if not check.speaks_for_someone(turn) and not _is_told(turn, interview):
            return None  # 农牧民工能参加培训吗 asks about all of them
        turn.status, lines, citations = checking.verdict(turn, interview)
        turn.verdict = tuple(lines)
        turn.citations = list(dict.fromkeys((*turn.citations, *citations)))
        turn.interview = replace(interview, paused=True)
        return None
    asked = checking.ask_next(turn, interview)
    if asked is not None:
        turn.interview, question, turn.offered = asked
        noted = checking.noted(turn.kit, interview.stated.items())
        turn.question = (Paragraph("ask", noted + question.text),)
    return None


def _interview(turn: Turn) -> Interview | None:
    """The check that a message calls for: it asks whether someone may, and says something about that person."""
    scheme = check.wanted(turn)
    if scheme is None:
        return None
    interview = check.started(turn, scheme.id)
    return interview if interview.stated or check.asks_whether(turn) else None


def _is_told(turn: Turn, interview: Interview) -> bool:
    """Whether a message tells a case (领着失业金呢) rather than names a group of people."""
    return any(turn.knowledge.facts[label].type != "choice" for label in interview.stated)
