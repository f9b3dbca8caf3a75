"""Numbers that belong to a person: identity cards, bank cards, telephones, plates, accounts, e-mail addresses.

Digits are read however they are written: in full width, in circles, as 一三八…, apart (138 1234 5678). The spans found are
those of the text as typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

IDENTITY, CARD, NUMBER = "身份证号", "银行卡号", "号码"
MOBILE, PHONE = "手机号", "电话号码"
MAIL, ACCOUNT, PLATE = "邮箱", "QQ号或微信号", "车牌号"


class Found(NamedTuple):
    """Something personal: its span in characters, and what it is."""

    start: int
    end: int
    kind: str


class _Digits(dict[int, int]):
    """A table for str.translate: whatever is a digit becomes an ASCII one, everything else stays."""

    def __missing__(self, code: int) -> int:
        value = unicodedata.digit(chr(code), -1) if code > 127 else -1
        self[code] = ord("0") + int(value) if value >= 0 else code
        return self[code]


_NUMERALS = {**{c: d for d, c in enumerate("零一二三四五六七八九")}, "〇": 0, "○": 0, "幺": 1, "两": 2}
_NUMERALS |= {c: d for d, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
_X = {ord(c): ord("X") for c in "ＸｘХх×"}
_WRITTEN = _Digits(_X)
_SPOKEN = _Digits({**{ord(c): ord("0") + d for c, d in _NUMERALS.items()}, **_X})
_SPELLED = re.compile(f"[{''.join(_NUMERALS)}]{{3}}")
_APART = r"[ \u3000\-‐‑‒–—―－·•・.．_/,，、*()（）]{1,3}"
_LONG = re.compile(rf"\d(?:(?:{_APART})?\d){{6}}")
_CHAIN = re.compile(rf"\d+(?:{_APART}\d+)*")
_DIGITS = re.compile(r"\d+")
_LONGEST, _LEAST_LONG = 19, 15
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_OLD = re.compile(
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])\d{4}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"
)
_BORN = re.compile(r"\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_ISSUERS = ("3", "4", "5", "60", "62", "9")  # what card numbers of banks begin with
_MOBILE = re.compile(r"1[3-9]\d{9}")
_PREFIX = re.compile(r"(?:00)?86|0|12593|17951|17909")
_MOBILE_GROUPS = {(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (5, 6), (3, 2, 2, 2, 2), (3, 2, 3, 3)}
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}")
_LANDLINE_GROUPS = {(4, 7), (4, 8), (3, 8), (4, 3, 4), (3, 4, 4), (4, 4, 4)}
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_OWN_PHONE = re.compile(
    r"(?:我|俺|咱|本人|家里?|联系)(?:的|家的?|家里的?|们)?(?:联系)?(?:电话|座机|固话|号码?|手机)"
    r"(?:号码?)?(?:就?是|为)?[ :：,，]*$"
)
_ASKED_ABOUT = re.compile(
    r"[ ”\"）)]*(?:的|这个)?(?:电话|号码?)?(?:是|打给)?(?:哪|谁|什么|啥|不是)"
)  # nobody asks so of their own
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63} ?[@＠] ?[A-Za-z0-9-]{1,63}(?: ?[.．。][A-Za-z]{2,20}){1,3}")
_ACCOUNT = re.compile(
    r"(?:QQ|扣扣|企鹅)(?:号码?)?(?:就?是|为)?[ :：,，]{0,3}(?P<qq>[1-9]\d{4,11}(?!\d))"
    r"|(?:微信|薇信|威信|微 ?信号|VX|WX|V信|WeChat)(?:号码?|ID)?(?:就?是|为)?[ :：,，]{0,3}"
    r"(?P<wx>[A-Za-z][A-Za-z0-9_-]{5,19}(?![A-Za-z0-9_-])|[1-9]\d{4,11}(?!\d))",
    re.IGNORECASE,
)
_PLATE = re.compile(
    r"(?<![A-Za-z0-9])[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼] ?[A-HJ-NP-Z][·•・. -]?"
    r"(?=[A-HJ-NP-Z]{0,2}\d)(?=(?:[A-Z]*\d){3})[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)


def find_numbers(text: str, printed: Collection[str]) -> Iterator[Found]:
    """What is personal among the numbers of a text. `printed` holds the digits of the telephone numbers that everybody may
    know: those are nobody's own."""
    if "@" in text or "＠" in text:
        yield from (Found(*match.span(), MAIL) for match in _MAIL.finditer(text))
    shown = text.translate(_WRITTEN)
    yield from _accounts(shown)
    if _DIGITS.search(shown):
        yield from (Found(*match.span(), PLATE) for match in _PLATE.finditer(text))
        yield from _of_chains(shown, printed)
    if _SPELLED.search(text):  # apart from the above, or 13812345678一直不通 would be a number of twelve digits
        for found in _of_chains(text.translate(_SPOKEN), printed):
            if _SPELLED.search(text, found.start, found.end):
                yield found


def _of_chains(shown: str, printed: Collection[str]) -> Iterator[Found]:
    if not _LONG.search(shown):
        return
    for chain in _CHAIN.finditer(shown):
        groups = [match.span() for match in _DIGITS.finditer(shown, *chain.span())]
        yield from _of_chain(shown, groups, printed)


def _accounts(text: str) -> Iterator[Found]:
    for match in _ACCOUNT.finditer(text):
        yield Found(*match.span("qq" if match["qq"] else "wx"), ACCOUNT)


def _of_chain(text: str, groups: Sequence[tuple[int, int]], printed: Collection[str]) -> Iterator[Found]:
    """The personal numbers of digits that stand side by side: each is one group or several."""
    i = 0
    while i < len(groups):
        for j in range(min(len(groups), i + _LONGEST), i, -1):
            start, end = groups[i][0], groups[j - 1][1]
            parts = [text[a:b] for a, b in groups[i:j]]
            if sum(map(len, parts)) > _LONGEST and j > i + 1:
                continue
            if text[end : end + 1] in ("X", "x") and sum(map(len, parts)) == 17:
                parts, end = [*parts[:-1], parts[-1] + "X"], end + 1
            kind = _kind(parts, printed) or _own_local(text[:start], parts, printed)
            if kind and not (kind == PHONE and _ASKED_ABOUT.match(text, end)):
                yield Found(_with_plus(text, start), end, kind)
                i = j - 1
                break
        i += 1


def _with_plus(text: str, start: int) -> int:
    return start - 1 if text[start - 1 : start] in ("+", "＋") else start


def _kind(parts: Sequence[str], printed: Collection[str]) -> str | None:
    """What a number in these parts is; None where it is nobody's."""
    number, one = "".join(parts), len(parts) == 1
    if one and len(number) >= _LEAST_LONG:
        return _long(number)
    if len(number) == 18 and is_identity_number(number) and _BORN.fullmatch(number):
        return IDENTITY
    if len(number) == 18 and _BORN.fullmatch(number) and _sizes(parts) in ((6, 8, 4), (14, 4), (6, 12), (6, 4, 4, 4)):
        return NUMBER  # an identity number with a slip
    if _OLD.fullmatch(number) and (_sizes(parts) in ((6, 6, 3), (6, 9), (12, 3)) or _is_spelled(parts)):
        return IDENTITY
    if 16 <= len(number) <= _LONGEST and number.startswith(_ISSUERS) and is_card_number(number) and not _amounts(parts):
        return CARD
    return _telephone(parts, printed)


def _long(number: str) -> str:
    if (len(number) == 18 and is_identity_number(number)) or (len(number) == 15 and _OLD.fullmatch(number)):
        return IDENTITY
    card = 16 <= len(number) <= _LONGEST and (number.startswith("62") or is_card_number(number))
    return CARD if card and len(number) != 18 else NUMBER


def _telephone(parts: Sequence[str], printed: Collection[str]) -> str | None:
    number = "".join(parts)
    if not 10 <= len(number) <= 16:
        return None
    for prefix in ("", *(_PREFIX.findall(number)[:1] if _PREFIX.match(number) else ())):
        bare = number[len(prefix) :]
        sizes = _sizes(parts) if not prefix else _without(parts, prefix)
        if _MOBILE.fullmatch(bare) and (sizes in _MOBILE_GROUPS or _is_spelled(parts)):
            return None if bare in printed else MOBILE
    if _LANDLINE.fullmatch(number) and (len(parts) == 1 or _sizes(parts) in _LANDLINE_GROUPS):
        return None if number in printed else PHONE
    return None


def _own_local(before: str, parts: Sequence[str], printed: Collection[str]) -> str | None:
    """A number without area code, where somebody says that it is theirs."""
    number = "".join(parts)
    if len(parts) > 2 or not _LOCAL.fullmatch(number) or _DAY.fullmatch(number) or number in printed:
        return None
    return PHONE if _OWN_PHONE.search(before[-16:]) else None


def is_identity_number(number: str) -> bool:
    """Whether 18 characters are right by GB 11643: the last is the weighted sum of the others modulo 11."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS))
    return "10X98765432"[total % 11] == number[-1].upper()


def is_card_number(number: str) -> bool:
    """Whether digits are right by Luhn (ISO/IEC 7812-1)."""
    doubled = (int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _sizes(parts: Sequence[str]) -> tuple[int, ...]:
    return tuple(map(len, parts))


def _without(parts: Sequence[str], prefix: str) -> tuple[int, ...]:
    """The sizes of the parts behind a prefix, which is a part or the beginning of one."""
    first = parts[0][len(prefix) :]
    return _sizes([first, *parts[1:]] if first else parts[1:]) if parts[0].startswith(prefix) else ()


def _is_spelled(parts: Sequence[str]) -> bool:
    """Whether digits stand one by one, or in pairs."""
    return len(parts) > 4 and all(len(part) <= 2 for part in parts)


def _amounts(parts: Sequence[str]) -> bool:
    """Whether the parts look like sums of money or years that stand side by side."""
    round_ones = [part for part in parts if part.endswith(("00", "50")) or _is_year(part)]
    return len(parts) > 1 and len(round_ones) * 2 >= len(parts)


def _is_year(part: str) -> bool:
    return len(part) == 4 and part.startswith(("19", "20"))
