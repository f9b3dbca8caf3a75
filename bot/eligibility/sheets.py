"""The one-page result of a check (一次性告知单): what to bring, where, by when, whom to call, under a code that opens it again."""

from __future__ import annotations

import asyncio
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
from typing import Any, Protocol

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


def read_code(typed: str) -> str | None:
    """A code as people type it, or None where it is none."""
    code = typed.strip().upper()
    return code if CODE.fullmatch(code) else None


class SheetStore(Protocol):
    """Where sheets are kept, for 90 days. Holds what was stated, never who stated it."""

    def save(self, sheet: Sheet) -> None:
        """Take a sheet. Does not wait: `keep` sees to it that it is there for everybody."""

    async def keep(self) -> None:
        """Write what was taken, before anybody is told its code."""

    async def load(self, typed: str, day: date | None = None) -> Sheet | None:
        """The sheet of a code as people type it; None where there is none, or none any more."""

    async def remove(self, code: str) -> None:
        """Remove a sheet, at the wish of whom it is about. Raises OSError where it cannot be."""

    async def purge(self, day: date) -> None:
        """Remove what is older than 90 days."""


class SheetFolder:
    """Sheets as files of a folder, one each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, sheet: Sheet) -> None:
        """Write a sheet; a crash in the middle leaves none rather than half of one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".new")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(sheet.to_data(), file, ensure_ascii=False)
        Path(name).replace(self.folder / f"{sheet.code}.json")

    async def keep(self) -> None:
        """It is written already."""

    async def load(self, typed: str, day: date | None = None) -> Sheet | None:
        """The sheet of a code as people type it; None where there is none, or none any more."""
        code = read_code(typed)
        sheet = self._read(self.folder / f"{code}.json") if code else None
        return sheet if sheet and (day is None or not is_over(sheet, day)) else None

    async def remove(self, code: str) -> None:
        """Remove a sheet."""
        (self.folder / f"{code}.json").unlink(missing_ok=True)

    async def purge(self, day: date) -> None:
        """Remove what is older than 90 days."""
        await asyncio.to_thread(self._purge, day)

    def _purge(self, day: date) -> None:
        for path in self.folder.glob("*.json"):
            sheet = self._read(path)
            if sheet is None or is_over(sheet, day):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _read(self, path: Path) -> Sheet | None:
        try:
            return Sheet.from_data(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            return None


def is_over(sheet: Sheet, day: date) -> bool:
    """Whether a sheet is no longer shown on a day."""
    return day - date.fromisoformat(sheet.day) > KEPT
