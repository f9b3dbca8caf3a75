"""Text cut into pages of so many bytes: between paragraphs, sentences or clauses, never inside a number, a link or a character."""

from __future__ import annotations

import enum
import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate


class Joint(enum.IntEnum):
    """How well a text can be cut at a place, worst first."""

    GLYPH = 0  # inside what is seen as one character
    FIGURE = 1  # inside a number, a telephone number or a link
    WORD = 2  # inside a word or an address, or so that a full stop would open a page
    PLAIN = 3
    CLAUSE = 4
    SENTENCE = 5
    PARAGRAPH = 6


_CJK = "\u2e80-\ua4cf\uf900-\uffef\U00020000-\U0003ffff"  # written without spaces; full-width forms included
_DIGITS = r"[0-9０-９]+(?:[.,:/·~\-．，：／～–—－][0-9０-９]+)*"  # amounts, times, dates, ranges, telephone numbers
_NUMERAL = "[〇零一二两三四五六七八九十百千万亿半]"
_COUNTED = rf"(?:(?!{_NUMERAL})[\u3400-\u9fff]){{0,4}}"  # what a number counts: 元, 个工作日
_YEAR = rf"(?:{_DIGITS}|{_NUMERAL}{{2,5}}) ?年"
_MONTH = rf"(?:{_DIGITS}|{_NUMERAL}{{1,3}}) ?月"
_FIGURES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:[¥￥$+第约] ?)?{_DIGITS} ?[%％‰℃°]?[百千万亿]*{_COUNTED}",
        rf"第?{_NUMERAL}+{_COUNTED}",
        rf"{_NUMERAL}+分之(?:{_DIGITS}|{_NUMERAL}+)",
        rf"(?:{_YEAR} ?)?{_MONTH}(?: ?(?:{_DIGITS}|{_NUMERAL}{{1,3}}) ?[日号])?",
        r"\+?[0-9]{2,4}(?: [0-9]{3,8}){1,3}",  # a telephone number written with spaces
        r"<a [^>]*>[^<]*</a>",
    )
)
_WORDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[!-~]+",
        rf"(?:(?![{_CJK}])\w)+",
        r"[（(《【“‘「『〔\[]+.",
        r".[，。；：！？、…）)》】”’」』〕\]]+",
        r"[^\n]{0,60}(?:\n\+?[0-9][0-9 \-]*[0-9](?=\n|\Z))+",  # a telephone number below whose it is
    )
)
_CLAUSES = re.compile(r"[，；、,;]|[^\S\n]+")
_SENTENCES = re.compile(r"[。！？!?…]+[”’」』）)】》〕]*")
_PARAGRAPHS = re.compile(r"\n+")
_LARGEST = 4  # bytes of a code point
_LEAST_FILLED = 2  # a page is filled to one part in so many before a better place to cut is given up


def split(text: str, limit: int) -> tuple[str, ...]:
    """Pieces of at most `limit` bytes in UTF-8 whose concatenation is the text; none for an empty text.

    What has to stay whole is cut only where it is longer than a whole piece. Raises ValueError for a limit below 4, the
    size of the largest code point.
    """
    if limit < _LARGEST:
        raise ValueError(f"a page of {limit} bytes cannot hold every character")
    joints = rank(text)
    sizes = list(accumulate((len(c.encode("utf-8", "surrogatepass")) for c in text), initial=0))
    pieces: list[str] = []
    start = 0
    while start < len(text):
        end = bisect_right(sizes, sizes[start] + limit) - 1
        if end < len(text):
            end = _best(joints, start, end)
        pieces.append(text[start:end])
        start = end
    return tuple(pieces)


def rank(text: str) -> list[Joint]:
    """For each position of the text, its end included: how well it can be cut before it."""
    joints = [Joint.PLAIN] * (len(text) + 1)
    for pattern, joint in ((_CLAUSES, Joint.CLAUSE), (_SENTENCES, Joint.SENTENCE), (_PARAGRAPHS, Joint.PARAGRAPH)):
        for match in pattern.finditer(text):
            joints[match.end()] = joint
    for patterns, joint in ((_WORDS, Joint.WORD), (_FIGURES, Joint.FIGURE)):
        for pattern in patterns:
            for match in pattern.finditer(text):
                for i in range(match.start() + 1, match.end()):
                    joints[i] = min(joints[i], joint)
    for i in _inside(text):
        joints[i] = Joint.GLYPH
    return joints


def _inside(text: str) -> list[int]:
    """The positions inside what is seen as one character: marks, joined emoji, flags, Hangul syllables in parts."""
    found = []
    flags = 0
    picture = False  # whether the last character that extends no other is a symbol or an emoji
    for i, character in enumerate(text):
        before = text[i - 1] if i else ""
        symbol = unicodedata.category(character) == "So"
        flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        extends = _extends(character)
        if i and (
            extends
            or (before == "\u200d" and picture and symbol)
            or (flag and flags % 2)
            or ("\u1100" <= before <= "\u11ff" and "\u1160" <= character <= "\u11ff")
        ):
            found.append(i)
        flags = flags + 1 if flag else 0
        picture = symbol or (picture and extends)
    return found


def _extends(character: str) -> bool:
    """Whether a character belongs to the one before it: accents, joiners, variation selectors, skin tones, tags."""
    if character < "\u0300":
        return False
    tone_or_tag = "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f"
    return tone_or_tag or character in "\u200c\u200d" or unicodedata.category(character) in ("Mn", "Mc", "Me")


def _best(joints: list[Joint], start: int, end: int) -> int:
    """The last place to cut of the best kind: a good one only in the later part of the page, the others anywhere in it."""
    for joint in sorted(Joint, reverse=True):
        first = start + (end - start) // _LEAST_FILLED if joint > Joint.PLAIN else start
        for i in range(end, first, -1):
            if joints[i] >= joint:
                return i
    return end
