"""Telephone numbers in printed text: found, and linked where they are answered today."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.knowledge import Knowledge, Phone

# A number as the brochures print it: an area code with a dash of any kind, or bare; not part of an address or of a longer one.
_NUMBER = re.compile(r"(?<![A-Za-z0-9.])(?:0\d{2,3}[-—–－])?\d{3,12}(?!\.?[A-Za-z0-9])")


@dataclass(frozen=True)
class Part:
    """A piece of text; `tel` is the address that calls it, empty for plain text."""

    text: str
    tel: str = ""


def tel(number: str) -> str:
    """The address that calls a number."""
    return "tel:" + re.sub(r"\D", "", number)


def all_phones(knowledge: Knowledge) -> tuple[Phone, ...]:
    """Every number of contacts.yml."""
    return (
        *(phone for directory in knowledge.directories.values() for phone in directory.phones.values()),
        *(phone for hotline in knowledge.hotlines.values() for phone in hotline.phones),
        *(incubator.phone for incubator in knowledge.incubators),
    )


def linked(text: str, numbers: Iterable[str]) -> tuple[Part, ...]:
    """The text in pieces, those numbers linked that stand in it; those joined by a stroke share an area code."""
    known = {re.sub(r"\D", "", number) for number in numbers}
    parts: list[Part] = []
    area, end = "", 0
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if digits not in known and text[end : match.start()] in ("/", "、"):
            digits = area + digits
        if digits not in known:
            continue
        parts += [Part(text[end : match.start()]), Part(match[0], "tel:" + digits)]
        area, end = digits[:-7], match.end()
    return tuple(part for part in (*parts, Part(text[end:])) if part.text)


@dataclass(frozen=True)
class Row:
    """A number in a list: whose it is, and how fresh where that is not said for the whole list."""

    label: str
    phone: Phone
    fresh: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Calls:
    """Numbers to call; `fresh` is how fresh all of them are, empty where they differ."""

    rows: tuple[Row, ...]
    fresh: str


def calls(knowledge: Knowledge, rows: Iterable[Row]) -> Calls:
    """A list of numbers that says once what is true of all of them."""
    listed = [replace(row, fresh=checked(knowledge, row.phone)) for row in rows]
    if len({row.fresh for row in listed}) != 1:
        return Calls(tuple(listed), "")
    return Calls(tuple(replace(row, fresh="") for row in listed), listed[0].fresh)


def by_place(knowledge: Knowledge, phones: Iterable[Phone]) -> Calls:
    """Numbers under the names of their places."""
    return calls(knowledge, (Row(knowledge.places[phone.place].name, phone) for phone in phones))


def checked(knowledge: Knowledge, phone: Phone) -> str:
    """How fresh a number is: the month of the print where nobody has verified it since, else the day somebody did."""
    brochure = knowledge.brochures[knowledge.clauses[phone.clause].brochure]
    if f"{phone.checked:%Y-%m}" == brochure.issued:
        return f"号码是{brochure.issued_text}册子上印的"
    return f"{day_text(phone.checked)}核对过"


def day_text(day: date) -> str:
    """A day as people write it: 2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日"
