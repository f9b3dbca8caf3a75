"""Remove all that is kept of one person: conversation, votes, printed results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from bot.eligibility.sheets import SheetStore
from bot.feedback import FeedbackStore

from .tracker_store import LiveTrackerStore

_FIGURES = 9  # few enough to read out on the telephone, enough that of 100,000 conversations hardly two share them


def number_of(sender: str) -> str:
    """The number of a conversation as its person sees it: nine figures in threes. Says nothing of who it is."""
    digest = hashlib.sha256(f"number:{sender}".encode()).digest()
    figures = f"{int.from_bytes(digest[:8], 'big') % 10**_FIGURES:0{_FIGURES}d}"
    return " ".join(figures[i : i + 3] for i in range(0, _FIGURES, 3))


def senders_of(typed: str, senders: Iterable[str]) -> list[str]:
    """The senders that a number, or an id of a report, means."""
    wanted = "".join(typed.split()).replace("-", "").lower()
    return [sender for sender in senders if wanted in (sender, number_of(sender).replace(" ", ""))]


async def forget(
    sender: str, conversations: LiveTrackerStore, feedback: FeedbackStore | None, sheets: SheetStore
) -> int:
    """Remove all of a sender, and the printed results that their last exchanges tell of; the number of these.

    Raises OSError and sqlite3.Error where a store cannot be used; then the conversation is there still, to try again.
    """
    told = [each["reply"].get("sheet") for each in await conversations.history(sender)]
    if conversations.is_away:
        raise ConnectionError("conversations are out of reach")  # else it would be removed some time, and told so now
    codes = {sheet["code"] for sheet in told if sheet}
    for code in codes:
        await sheets.remove(code)
    if feedback:
        for message in await feedback.votes(sender):
            await feedback.withdraw(sender, message)
    await conversations.forget(sender)
    return len(codes)


async def forget_votes(feedback: FeedbackStore, before: datetime) -> int:
    """Remove the votes from before a time with an offset; their number. Raises OSError and sqlite3.Error."""
    old = [vote for vote in await feedback.all() if datetime.fromisoformat(vote.at) < before]
    for vote in old:
        await feedback.withdraw(vote.sender, vote.message)
    return len(old)
