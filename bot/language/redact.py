"""Mask what identifies a person before anything else sees the message."""

from __future__ import annotations

import re

_MASK = re.compile("〔(?:证件号|号码|卡号|手机号)〕")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_CARD = re.compile(r"(?<!\d)\d{16,19}(?!\d)")


def _is_identity_number(number: str) -> bool:
    """GB 11643: the last character is the weighted sum of the others modulo 11."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS))
    return "10X98765432"[total % 11] == number[-1].upper()


def redact(text: str) -> tuple[str, bool]:
    """The text with identity, mobile and card numbers masked, and whether anything was masked, now or by a channel before."""
    masked = _IDENTITY.sub(lambda m: "〔证件号〕" if _is_identity_number(m[0]) else "〔号码〕", text)
    masked = _CARD.sub("〔卡号〕", masked)
    masked = _MOBILE.sub("〔手机号〕", masked)
    return masked, bool(_MASK.search(masked))
