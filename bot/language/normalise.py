"""Bring what people type to one form: NFKC, simplified characters, no control characters, no stray spaces."""

from __future__ import annotations

import functools
import re
import unicodedata

from opencc import OpenCC

MAX_CHARACTERS = 500  # the longest message read; the channels say so to the user

_SPACES = re.compile(r"\s+")
_BETWEEN_HANZI = re.compile(r"(?<=[\u4e00-\u9fff，。？！、；：]) (?=[\u4e00-\u9fff，。？！、；：])")
_LEADING_SLASHES = re.compile(r"^[\s/／\\]+")


@functools.cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def strip_controls(text: str) -> str:
    """Without control, format (zero-width, direction) and private characters; line ends and tabs become spaces."""
    return "".join(
        " " if character in "\n\r\t" else character
        for character in text
        if character in "\n\r\t" or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs", "Cn")
    )


def clean(text: str) -> str:
    """What a channel keeps of a message: no controls, no leading slash (Rasa would read a command), bounded length."""
    return _LEADING_SLASHES.sub("", strip_controls(text)).strip()[:MAX_CHARACTERS]


def to_simplified(text: str) -> str:
    """Traditional characters mapped to simplified ones."""
    return str(_converter().convert(text))


@functools.lru_cache(maxsize=16)  # five parts of the bot each read the message that is being answered
def normalise(text: str) -> str:
    """The form that is matched and retrieved: cleaned, NFKC, simplified, lower case, single spaces."""
    text = unicodedata.normalize("NFKC", clean(text))
    text = _SPACES.sub(" ", to_simplified(text)).strip().lower()
    return _BETWEEN_HANZI.sub("", text)[:MAX_CHARACTERS]


@functools.lru_cache(maxsize=1 << 15)
def normalise_word(word: str) -> str:
    """`normalise` for the words of the knowledge, each worked out once."""
    return normalise(word)
