"""Mask what identifies a person before anything else sees the message."""

from __future__ import annotations

import re

from .normalise import strip_controls

MASK = re.compile("〔(?:证件号|号码|卡号|手机号)〕")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_GAP = r"[ \-－—·.]?"
_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ＋", "0123456789Xx+")
_DIGIT = rf"\d{_GAP}"
_IDENTITY = re.compile(rf"(?<!\d)(?:{_DIGIT}){{17}}[\dXx](?!\d)")
_CARD = re.compile(rf"(?<!\d)(?:{_DIGIT}){{15,18}}\d(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1{_GAP}[3-9]{_GAP}(?:{_DIGIT}){{8}}\d(?!\d)")


def _is_identity_number(number: str) -> bool:
    """GB 11643: the last character is the weighted sum of the others modulo 11."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS))
    return "10X98765432"[total % 11] == number[-1].upper()


def _identity(match: re.Match[str]) -> str:
    return "〔证件号〕" if _is_identity_number(re.sub(r"[^\dXx]", "", match[0])) else "〔号码〕"


def redact(text: str) -> tuple[str, bool]:
    """The text with identity, card and mobile numbers masked, however their digits are written, and whether anything was
    masked, now or by a channel before. A text without such numbers is returned as it came."""
    masked = strip_controls(text).translate(_WIDE)
    masked = _IDENTITY.sub(_identity, masked)
    masked = _CARD.sub("〔卡号〕", masked)
    masked = _MOBILE.sub("〔手机号〕", masked)
    if not MASK.search(masked):
        return text, False
    return masked, True
