"""Two questions in one message: where one ends and the next begins."""

from __future__ import annotations

import re

_END = re.compile(r"(?<=[。！？!?；;\n,，])")
_ASKS = re.compile(
    r"吗|么|嘛|怎么|怎样|咋|多少|(?<![十好])几(?:年|个?月|天|次|岁|种|项|样|点|倍|成|万)|哪|啥|什么|谁|能不能|行不行|可不可以|是不是|有没有|要不要|用不用|算不算|给不给|[?？]|不[,，。]?$|没[,，。]?$"
)
_SHORTEST = 4  # characters of a question


def questions(text: str) -> list[str]:
    """The questions of a normalised text, each with the story told before it; one or none where it asks once."""
    found: list[str] = []
    story = ""
    for piece in _END.split(text):
        story += piece
        if len(piece.strip(" ,，。!！?？")) >= _SHORTEST and _ASKS.search(piece):
            found.append(story.strip(" ,，"))
            story = ""
    return found
