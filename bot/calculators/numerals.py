"""Numerals as people type them: 6000, 六千, 一千五, 1万2, 2.5万, 负20, 俩."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {
    digit: Decimal(value)
    for value, digits in enumerate(("零〇", "一", "二两俩", "三仨", "四", "五", "六", "七", "八", "九"))
    for digit in digits
}
_SCALES = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_HAN = "零〇一二两三四五六七八九十"
_UNIT = (
    rf"(?:\d+(?:\.\d+)?|[{_HAN}]+(?:点(?:[零〇一二三四五六七八九]{{2,}}|[零〇一二三四五六七八九](?=[万%元块成个])))?)"
)
# 六千一个月 is 6000 a month and 10万3年 is 100000 for three years: the last figure belongs to what follows.
_TAIL = (
    r"(?:(?![一二两三四五六七八九1-9](?:个|小时|钟头|半|人|名|天|年|次|期|月|%))零?"
    r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]))"
)
_SIGN = r"(?:(?<![\da-z.])-|负)"
NUMERAL = rf"{_SIGN}?(?:{_UNIT}(?:\s?[百千万亿kw](?![a-z]){_TAIL}?)*|[俩仨])"
_TOKEN = re.compile(r"\d+(?:\.\d+)?|.")


def parse_numeral(text: str) -> Decimal | None:
    """The value of a numeral, or None where it is none. A last digit after 百, 千 or 万 counts in the next scale: 一千五 is
    1500."""
    text = text.replace(" ", "")
    if text[:1] in ("-", "负"):
        value = parse_numeral(text[1:])
        return None if value is None else -value
    if "点" in text:
        whole, _, part = text.partition("点")
        start = parse_numeral(whole)
        if start is None or not part or any(digit not in _DIGITS for digit in part):
            return None
        return start + Decimal("0." + "".join(str(_DIGITS[digit]) for digit in part))
    return _parse(_TOKEN.findall(text))


def _parse(tokens: list[str]) -> Decimal | None:
    total, section, scale = Decimal(0), Decimal(0), 1
    pending: Decimal | None = None
    zero = False
    for token in tokens:
        if token in _SCALES:
            scale = _SCALES[token]
            if scale >= 10_000:
                bare = pending is None and not total and not section  # 万 alone
                total = (total + section + (1 if bare else pending or 0)) * scale
                section = Decimal(0)
            else:
                section += (1 if pending is None else pending) * scale
            pending, zero = None, False
        elif token[0].isdigit() and token[0].isascii():
            if pending is not None and not zero:
                return None
            pending = Decimal(token)
        elif token in _DIGITS:
            if pending is not None and scale > 1 and not zero:
                return None
            zero = zero or (token in "零〇" and scale > 1)
            pending = (pending or 0) * 10 + _DIGITS[token]
        else:
            return None
    if pending is None:
        return total + section if tokens else None
    shortened = scale >= 100 and not zero and 0 < pending < 10 and pending == pending.to_integral_value()
    return total + section + pending * (scale // 10 if shortened else 1)
