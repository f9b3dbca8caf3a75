"""What people think of a reply: one row for each reply that was voted on, in an SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
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


class FeedbackStore:
    """Votes in the file `path`, which is made when the first comes. Blocking: call it from a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def save(self, feedback: Feedback) -> None:
        """Keep a vote; it replaces an earlier one on the same reply. Raises sqlite3.Error, OSError."""
        row = {**feedback.__dict__, "clauses": " ".join(feedback.clauses)}
        with closing(self._open()) as file, file:
            file.execute(
                f"replace into feedback ({', '.join(row)}) values ({', '.join('?' * len(row))})", [*row.values()]
            )

    def withdraw(self, sender: str, message: str) -> None:
        """Forget a vote. Raises sqlite3.Error, OSError."""
        with closing(self._open()) as file, file:
            file.execute("delete from feedback where sender = ? and message = ?", (sender, message))

    def votes(self, sender: str) -> dict[str, str]:
        """The votes of one person by message. Raises sqlite3.Error, OSError."""
        if not self.path.exists():
            return {}
        with closing(sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro", uri=True, timeout=5)) as file:
            return dict(file.execute("select message, vote from feedback where sender = ?", (sender,)).fetchall())

    def all(self) -> list[Feedback]:
        """Every vote, oldest first. Raises sqlite3.Error, OSError."""
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
