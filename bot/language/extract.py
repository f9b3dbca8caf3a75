"""Find what a message names: places, aspects asked for, amounts of money, ages, durations, dates, percentages, counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

import cn2an

_DIGITS = "零〇一二两三四五六七八九十百千万亿"
_NUMBER = rf"(?:-?\d+(?:\.\d+)?|[{_DIGITS}]+(?:点[{_DIGITS}]+)?)"
_FORMS = (
    ("percent", re.compile(rf"(?:百分之(?P<a>{_NUMBER})|(?P<b>-?\d+(?:\.\d+)?)[%％])")),
    (
        "date",
        re.compile(
            rf"(?P<y>\d{{2,4}}|[零〇一二三四五六七八九]{{2,4}})年(?:(?P<m>{_NUMBER})月)?(?:(?P<d>{_NUMBER})[日号])?"
        ),
    ),
    (
        "money",
        re.compile(
            rf"(?P<n>{_NUMBER})(?P<w>万|千)?(?:多|来)?\s*(?:元|块钱?|毛|万块|rmb)|(?P<wan>{_NUMBER})万(?P<tail>[一二三四五六七八九1-9](?![\d{_DIGITS}]))?(?!人)"
        ),
    ),
    ("age", re.compile(rf"(?:今年|年纪|年龄)?(?P<n>{_NUMBER})(?:多|来)?\s*(?:周?岁|岁数)")),
    (
        "months",
        re.compile(
            rf"(?P<n>{_NUMBER})个(?P<half>半)?月|(?<!第)(?P<yn>{_NUMBER})年(?P<yh>半)?|(?P<hy>半年)|(?P<hm>半个月)"
        ),
    ),
    ("people", re.compile(rf"(?P<n>{_NUMBER})(?:多|来)?\s*(?:个人|口人|名|人|位)")),
)


@dataclass(frozen=True)
class Entity:
    """Something found in a message. `value` is a place id, an aspect, or a number in `unit`; span in characters."""

    kind: str
    value: str
    text: str
    start: int
    end: int


def number(text: str) -> Decimal | None:
    """A numeral in Arabic or Chinese figures as a number; None when it is not one."""
    try:
        return Decimal(text)
    except InvalidOperation:
        pass
    try:
        return Decimal(str(cn2an.cn2an(text.replace("〇", "零"), "smart")))
    except (ValueError, KeyError, IndexError):
        return None


def by_length(table: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """The words of a table (value -> words) with their values, the longest first."""
    return sorted(((w, v) for v, words in table.items() for w in words), key=lambda pair: -len(pair[0]))


def find_longest(text: str, table: Mapping[str, Iterable[str]], kind: str) -> list[Entity]:
    """Every non-overlapping occurrence of the words of a table, longest word first."""
    return find_in_order(text, by_length(table), kind)


def find_in_order(text: str, pairs: Iterable[tuple[str, str]], kind: str) -> list[Entity]:
    """The same for a table that `by_length` has put in order, which takes longer than a search."""
    taken = [False] * len(text)
    found: list[Entity] = []
    for word, value in pairs:
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            if not any(taken[start:end]):
                taken[start:end] = [True] * len(word)
                if value is not None:
                    found.append(Entity(kind, value, word, start, end))
            start = text.find(word, start + 1)
    return sorted(found, key=lambda entity: entity.start)


def _whole(value: Decimal) -> str:
    return format(value.normalize(), "f")


def find_numbers(text: str) -> list[Entity]:
    """Quantities: money in yuan, ages in years, durations in months, percentages, head counts, dates as YYYY[-MM[-DD]]."""
    found: list[Entity] = []
    taken = [False] * len(text)
    for kind, pattern in _FORMS:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            value = _value(kind, match)
            if value is not None or (
                kind == "date" and len(match["y"]) == 4
            ):  # a day that does not exist is no duration
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                if value is not None:
                    found.append(Entity(kind, value, match[0], match.start(), match.end()))
    return sorted(found, key=lambda entity: entity.start)


def _value(kind: str, match: re.Match[str]) -> str | None:
    group = match.groupdict()
    if kind == "percent":
        value = number(group["a"] or group["b"])
        return None if value is None else _whole(value)
    if kind == "date":
        return _date(group)
    if kind == "money":
        if group["wan"]:
            value = number(group["wan"])
            tail = number(group["tail"]) if group["tail"] else Decimal(0)
            return None if value is None or tail is None else _whole(value * 10000 + tail * 1000)
        value = number(group["n"])
        if value is None:
            return None
        return _whole(value * {"万": 10000, "千": 1000, None: 1}[group["w"]])
    if kind == "months":
        if group["hy"]:
            return "6"
        if group["hm"]:
            return "0.5"
        value = number(group["yn"] or group["n"])
        if value is None:
            return None
        if group["yn"]:
            return _whole(value * 12 + (6 if group["yh"] else 0))
        return _whole(value + (Decimal("0.5") if group["half"] else 0))
    value = number(group["n"])
    return None if value is None else _whole(value)


def _date(group: Mapping[str, str | None]) -> str | None:
    year_text = group["y"] or ""
    figures = "".join(
        str("零一二三四五六七八九".find(c.replace("〇", "零"))) if not c.isdigit() else c for c in year_text
    )
    if len(figures) not in (2, 4) or (len(figures) == 2 and not (group["m"] or group["d"])):
        return None  # a bare 两年 or 20年 is a duration
    year = int(figures)
    if len(figures) == 2:  # 98年 is 1998, 22年 is 2022
        year += 2000 if year < 50 else 1900
    if not 1900 < year < 2100:
        return None
    parts = [f"{year:04d}"]
    for key in ("m", "d"):
        if group[key]:
            value = number(str(group[key]))
            if value is None or value != int(value):
                return None
            parts.append(f"{int(value):02d}")
    try:
        date(*map(int, (*parts, "01", "01")[:3]))
    except ValueError:
        return None
    return "-".join(parts)
