"""Mask what identifies a person before anything else sees the message."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .normalise import strip_controls
from .personal_addresses import ADDRESS, find_addresses
from .personal_names import NAME, find_names
from .personal_numbers import (
    ACCOUNT,
    CARD,
    IDENTITY,
    MAIL,
    MOBILE,
    NUMBER,
    PHONE,
    PLATE,
    Found,
    find_numbers,
)

KINDS = (IDENTITY, CARD, NUMBER, MOBILE, PHONE, NAME, ADDRESS, MAIL, ACCOUNT, PLATE)
MASK = re.compile(f"〔({'|'.join(KINDS)})〕")
_AREA = re.compile(r"^0(?:10|2\d|[3-9]\d\d)")


class Redactor:
    """Masks what is personal, and knows what is not: the telephone numbers and addresses that are printed for everybody."""

    def __init__(self, phones: Iterable[str] = (), addresses: Iterable[str] = ()) -> None:
        digits = {re.sub(r"\D", "", phone) for phone in phones}
        self._phones = frozenset(digits | {_AREA.sub("", phone) for phone in digits})
        self._addresses = tuple(re.sub(r"\s", "", address) for address in addresses)

    def redact(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The text with personal data masked as 〔手机号〕 …, and the kinds that are masked in it, now or by a channel before.

        A text without personal data is returned as it came; masking what is masked changes nothing.
        """
        masked = strip_controls(text)
        while True:
            once = self._once(masked)
            if once == masked:
                break
            masked = once
        kinds = tuple(dict.fromkeys(MASK.findall(masked)))
        return (masked, kinds) if kinds else (text, ())

    def _once(self, text: str) -> str:
        text = _masked(text, find_numbers(text, self._phones))
        text = _masked(text, find_addresses(text, self._addresses))
        return _masked(text, find_names(text))


def _masked(text: str, found: Iterable[Found]) -> str:
    """The text with what was found masked; of what overlaps, what begins first and reaches farthest counts."""
    end, pieces = 0, []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.start < end or MASK.search(text, one.start, one.end):
            continue
        pieces += [text[end : one.start], f"〔{one.kind}〕"]
        end = one.end
    return "".join((*pieces, text[end:]))
