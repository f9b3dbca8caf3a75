"""A conversation as exchanges, read from the events of its tracker: what is shown again after a reload."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered

from .intake import joined

MOST = 50


def exchange(id: str, seconds: float, text: str | None, replies: list[dict[str, Any]]) -> dict[str, Any]:
    """One message and its reply (docs/api.md), not voted on. `seconds` since 1970; `text` is None for a greeting."""
    at = datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")
    return {"id": id, "at": at, "text": text, "reply": joined(replies), "vote": None}


def exchanges(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The last 50 exchanges, oldest first; a message that got no reply is left out."""
    found: list[tuple[UserUttered, list[dict[str, Any]]]] = []
    for event in events:
        if isinstance(event, UserUttered):
            found.append((event, []))
        elif isinstance(event, BotUttered) and found and event.data.get("custom"):
            found[-1][1].append(event.data["custom"])
    return [
        exchange(said.message_id or "", said.timestamp, None if is_greeting(said) else said.text, replies)
        for said, replies in found[-MOST:]
        if replies
    ]


def is_greeting(said: UserUttered) -> bool:
    """Whether a message is the choice with which a channel opens a conversation."""
    chosen = [entity["value"] for entity in said.entities if entity.get("entity") == "choice"]
    return bool(chosen) and str(chosen[0]).partition(":")[0] == "start"
