"""What is left of a message when the words that only ask are taken away."""

from __future__ import annotations

import re

from bot.language import Understanding

FIGURE = re.compile(r"\d+(?:[.,:：/-]\d+)*%?")  # amounts, dates, percentages and phone numbers as printed
_FILLERS = re.compile(
    r"我|俺|咱|们|想|要|问|一下|下|请|请问|怎么|怎|咋|办理|办|的|了|呢|吗|嘛|么|啊|呀|吧|能|不|有人|有没有|有|没|什么|啥|是|个|这|那|需|得|都|会|该|管"
    r"|给|去|到|找|谁|哪|里|儿|多少|多|少|钱|电话|号码|号|人|说|告诉|咨询|事|情|点|些|还|再|就|行|可以|你|您|好|嗯|哦|喂|拿|带|交"
    r"|[,，。.?？!！、 ]"
)


def residue(read: Understanding) -> str:
    """The message without its aspect words, place names and words that only ask; empty for 需要什么材料, 电话多少."""
    return without_fillers(read.text, read)


def without_fillers(text: str, read: Understanding) -> str:
    """A normalised text without the aspect words and places of a message, and without words that only ask."""
    for entity in sorted(read.entities, key=lambda entity: -len(entity.text)):
        if entity.kind in ("aspect", "place"):
            text = text.replace(entity.text, "")
    return _FILLERS.sub("", text)
