"""A reply as plain text: what the shell shows and what every channel starts from."""

from __future__ import annotations

from bot.answering import Paragraph, Reply

_PREFIX = {"quote": "原文：", "source": "出处：", "contact": "电话："}


def to_text(reply: Reply) -> str:
    """The paragraphs, one or more lines each, in order."""
    return "\n".join(_line(paragraph) for paragraph in reply.paragraphs)


def _line(paragraph: Paragraph) -> str:
    return _PREFIX.get(paragraph.kind, "") + paragraph.text
