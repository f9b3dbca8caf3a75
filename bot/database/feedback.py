"""Feedback in PostgreSQL, one for all machines."""

from __future__ import annotations

from bot.feedback import Feedback

from .connection import Database

_COLUMNS = tuple(Feedback.__dataclass_fields__)
_SAVE = f"""
insert into feedback ({", ".join(_COLUMNS)}) values ({", ".join(f"${i}" for i in range(1, len(_COLUMNS) + 1))})
on conflict (sender, message) do update set {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])}
"""


class SharedFeedback:
    """Votes in the table feedback. All methods raise OutOfReach."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, feedback: Feedback) -> None:
        """Keep a vote; it replaces an earlier one on the same reply."""
        row = {**feedback.__dict__, "clauses": " ".join(feedback.clauses)}
        await self._database.rows(_SAVE, *(row[name] for name in _COLUMNS))

    async def withdraw(self, sender: str, message: str) -> None:
        """Forget a vote."""
        await self._database.rows("delete from feedback where sender = $1 and message = $2", sender, message)

    async def votes(self, sender: str) -> dict[str, str]:
        """The votes of one person by message."""
        found = await self._database.rows("select message, vote from feedback where sender = $1", sender)
        return {row["message"]: row["vote"] for row in found}

    async def all(self) -> list[Feedback]:
        """Every vote, oldest first."""
        found = await self._database.rows("select * from feedback order by at, sender, message")
        return [Feedback(**{**dict(row), "clauses": tuple(row["clauses"].split())}) for row in found]
