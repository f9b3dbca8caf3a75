"""Judges a reply the way the evaluation sets say: facts that must stand in it, facts that must not, and the status."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.language import to_simplified

_STATUS = {"refuse": "refused", "clarify": "clarification", "chitchat": "smalltalk"}
INTERNALS = ("Traceback", "Exception", "action_", "utter_", "tracker")


def comparable(text: str) -> str:
    """NFKC, simplified, no white space."""
    return "".join(to_simplified(unicodedata.normalize("NFKC", text)).split())


def right(question: dict[str, Any], reply: dict[str, Any]) -> bool:
    """Whether the reply to the last turn passes."""
    text = comparable(reply["text"])
    if any(comparable(word) in text for word in question["must_not"]):
        return False
    if question["kind"] in ("policy", "followup", "contact"):
        return all(any(comparable(word) in text for word in words) for words in question["must"])
    if question["kind"] in _STATUS:
        return str(reply["status"]).startswith(_STATUS[question["kind"]])
    return bool(reply["text"]) and not any(word in reply["text"] for word in INTERNALS)


def load(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON lines file."""
    return [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]


def shares(judged: Iterable[tuple[dict[str, Any], bool]], key: str) -> dict[str, tuple[int, int]]:
    """Right and asked by the value of a key (kind, style …), in order of the value."""
    asked: Counter[str] = Counter()
    good: Counter[str] = Counter()
    for question, passed in judged:
        asked[question[key]] += 1
        good[question[key]] += passed
    return {value: (good[value], asked[value]) for value in sorted(asked)}
