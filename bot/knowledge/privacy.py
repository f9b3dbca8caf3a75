"""What people are told about what is kept of them, from privacy.yml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .fault import Fault
from .reader import Reader
from .sentences import GENERAL_FIELDS

_FIELDS = (*GENERAL_FIELDS, "days")


@dataclass(frozen=True)
class Part:
    """One part of the page: a title and its sentences."""

    title: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Privacy:
    """The page. Sentences have blanks for the county's own names and the days that anything is kept."""

    updated: date
    lead: str
    parts: tuple[Part, ...]


def read_privacy(root: Path, faults: list[Fault]) -> Privacy:
    """The page, or an empty one where there are faults."""
    reader = Reader(root, "privacy.yml", faults)
    row = reader.fields(reader.mapping(), (), {"updated": date, "lead": str, "sections": list})
    if not row:
        return Privacy(date.min, "", ())
    parts = []
    for i, entry in enumerate(row["sections"]):
        part = reader.fields(entry, ("sections", i), {"title": str, "rows": list})
        if part:
            parts.append(Part(part["title"], reader.words(part["rows"], ("sections", i, "rows"))))
    for i, text in enumerate([row["lead"], *(text for part in parts for text in part.rows)]):
        for name in re.findall(r"{([^}]*)}", text):
            reader.known(name, ("sections",) if i else ("lead",), _FIELDS, "可以填的空：" + "、".join(_FIELDS))
    return Privacy(row["updated"], row["lead"], tuple(parts))
