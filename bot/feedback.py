"""What people think of a reply: one row for each reply that was voted on, in an SQLite file where no database is set."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

VOTES = ("up", "down")
REASONS = ("wrong", "not_asked", "incomplete", "unclear", "outdated")
COMMENT = 200  # characters

_TABLE = """
create table if not exists feedback (
    sender text not null, message text not null, at text not null, vote text not null, reason text not null,
    comment text not null, question text not null, status text not null, clauses text not null, knowledge text not null,
    primary key (sender, message)
)"""


@dataclass(frozen=True)
class Feedback:
    """One vote. `sender` is the HMAC under which the conversation is kept, `question` and `comment` are masked,
    `clauses` the ids that the reply cited, `at` an ISO time."""

    sender: str
    message: str
    at: str
    vote: str
    reason: str
    comment: str
    question: str
    status: str
    clauses: tuple[str, ...]
    knowledge: str


class FeedbackStore(Protocol):
    """Where votes are kept. All methods raise OSError and sqlite3.Error where the store cannot be used."""

    async def save(self, feedback: Feedback) -> None:
        """Keep a vote; it replaces an earlier one on the same reply."""

    async def withdraw(self, sender: str, message: str) -> None:
        """Forget a vote."""

    async def votes(self, sender: str) -> dict[str, str]:
        """The votes of one person by message."""

    async def all(self) -> list[Feedback]:
        """Every vote, oldest first."""


class FeedbackFile:
    """Votes in the file `path`, which is made when the first comes; read and written in threads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def save(self, feedback: Feedback) -> None:
        """Keep a vote; it replaces an earlier one on the same reply."""
        row = {**feedback.__dict__, "clauses": " ".join(feedback.clauses)}
        query = f"replace into feedback ({', '.join(row)}) values ({', '.join('?' * len(row))})"
        await asyncio.to_thread(self._write, query, *row.values())

    async def withdraw(self, sender: str, message: str) -> None:
        """Forget a vote."""
        await asyncio.to_thread(self._write, "delete from feedback where sender = ? and message = ?", sender, message)

    async def votes(self, sender: str) -> dict[str, str]:
        """The votes of one person by message."""
        return await asyncio.to_thread(self._votes, sender)

    async def all(self) -> list[Feedback]:
        """Every vote, oldest first."""
        return await asyncio.to_thread(self._all)

    def _write(self, query: str, *values: str) -> None:
        with closing(self._open()) as file, file:
            file.execute(query, values)

    def _votes(self, sender: str) -> dict[str, str]:
        if not self.path.exists():
            return {}
        with closing(sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro", uri=True, timeout=5)) as file:
            return dict(file.execute("select message, vote from feedback where sender = ?", (sender,)).fetchall())

    def _all(self) -> list[Feedback]:
        with closing(self._open()) as file:
            file.row_factory = sqlite3.Row
            rows = file.execute("select * from feedback order by at, sender, message").fetchall()
        return [Feedback(**{**dict(row), "clauses": tuple(row["clauses"].split())}) for row in rows]

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self.path, timeout=5)
        file.execute("pragma journal_mode = wal")
        file.execute(_TABLE)
        return file
