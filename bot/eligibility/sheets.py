"""The one-page result of a check (一次性告知单): what to bring, where, by when, whom to call, under a code that opens it again."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

CODE = re.compile(r"[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{8}")
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that are taken for one another when read aloud or copied by hand
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Section:
    """One part of a sheet. `kind` is reasons, benefit, documents, offices, online, deadline, phones, stated or sources."""

    kind: str
    title: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Plain data, so that it can be stored, printed and sent. `head` says scheme and verdict, `note` that it is preliminary."""

    code: str
    scheme: str
    day: str
    title: str
    head: str
    note: str
    sections: tuple[Section, ...]
    clauses: tuple[str, ...]

    def to_data(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Sheet:
        """What `to_data` gave."""
        sections = tuple(Section(each["kind"], each["title"], tuple(each["rows"])) for each in data["sections"])
        return cls(**{**data, "sections": sections, "clauses": tuple(data["clauses"])})


def new_code() -> str:
    """Eight letters and figures: 39 bits, enough that nobody guesses one."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


class SheetStore:
    """Sheets as files of a folder, one each, gone after 90 days. Holds what was stated, never who stated it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, sheet: Sheet) -> None:
        """Write a sheet; a crash in the middle leaves none rather than half of one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".new")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(sheet.to_data(), file, ensure_ascii=False)
        Path(name).replace(self.folder / f"{sheet.code}.json")

    def load(self, code: str, day: date | None = None) -> Sheet | None:
        """The sheet of a code as people type it; None where there is none, or none any more."""
        code = code.strip().upper()
        if not CODE.fullmatch(code):
            return None
        try:
            sheet = Sheet.from_data(json.loads((self.folder / f"{code}.json").read_text(encoding="utf-8")))
            return None if day and day - date.fromisoformat(sheet.day) > KEPT else sheet
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def purge(self, day: date) -> int:
        """Remove what is older than 90 days; the number removed."""
        removed = 0
        for path in self.folder.glob("*.json"):
            sheet = self.load(path.stem)
            if sheet is None or day - date.fromisoformat(sheet.day) > KEPT:
                with contextlib.suppress(OSError):
                    path.unlink()
                    removed += 1
        return removed
