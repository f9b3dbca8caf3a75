"""A scripted citizen: opens the conversation, then answers only what is asked, from given facts. Facts in, transcript out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Say = Callable[[str], Awaitable[dict[str, Any]]]
_LONGEST = 40  # turns; a check that has not ended by then never will


@dataclass
class Transcript:
    """What was said by turns, the facts that were asked for, and how it ended."""

    lines: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    scheme: str | None = None
    verdict: str | None = None


def in_words(asking: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """How the citizen answers a question: from the facts, else 不清楚."""
    value = facts.get(asking["label"])
    if value is None:
        return "不清楚"
    if isinstance(value, bool):
        return "是" if value else "不是"
    if isinstance(value, (int, float)):
        return f"{value}{asking['unit']}"
    return str(value)


async def interview(say: Say, opening: str, facts: Mapping[str, Any]) -> Transcript:
    """Hold the conversation until there is a verdict, or nothing is asked any more."""
    transcript = Transcript()
    text = opening
    for _ in range(_LONGEST):
        reply = await say(text)
        transcript.lines += [f"您：{text}", f"答：{reply['text']}"]
        check = reply["check"]
        if not check:
            break
        transcript.scheme = check["name"]
        if check["verdict"]:
            transcript.verdict = check["verdict"]
            break
        if not check["asking"]:
            break
        transcript.asked.append(check["asking"]["label"])
        text = in_words(check["asking"], facts)
    return transcript
