"""Sheets in PostgreSQL: the code that one machine gave out opens on every other."""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from contextlib import suppress
from datetime import date

from bot.eligibility.sheets import KEPT, Sheet, is_over, read_code

from .connection import Database, OutOfReach

_UNWRITTEN = 1_000  # sheets kept until PostgreSQL is back; one has about 3 KB

_WRITE = """
insert into sheets (code, day, sheet) select * from unnest($1::text[], $2::date[], $3::bytea[]) on conflict do nothing
"""


class SharedSheets:
    """A sheet is taken without waiting and written before its code is given out; with PostgreSQL gone this process shows it,
    and writes it when it is back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unwritten: OrderedDict[str, Sheet] = OrderedDict()
        database.when_back(self._write)

    def save(self, sheet: Sheet) -> None:
        """Take a sheet."""
        self._unwritten[sheet.code] = sheet
        while len(self._unwritten) > _UNWRITTEN:
            self._unwritten.popitem(last=False)

    async def keep(self) -> None:
        """Write what was taken."""
        with suppress(OutOfReach):
            await self._write()

    async def load(self, typed: str, day: date | None = None) -> Sheet | None:
        """The sheet of a code as people type it; None where there is none, or none any more. Raises OutOfReach."""
        code = read_code(typed)
        if code is None:
            return None
        sheet = self._unwritten.get(code)
        if sheet is None:
            row = await self._database.row("select sheet from sheets where code = $1", code)
            sheet = None if row is None else Sheet.from_data(json.loads(zlib.decompress(row["sheet"])))
        return sheet if sheet and (day is None or not is_over(sheet, day)) else None

    async def remove(self, code: str) -> None:
        """Remove a sheet. Raises OutOfReach."""
        self._unwritten.pop(code, None)
        await self._database.rows("delete from sheets where code = $1", code)

    async def purge(self, day: date) -> None:
        """Remove what is older than 90 days."""
        with suppress(OutOfReach):
            await self._database.rows("delete from sheets where day < $1", day - KEPT)

    async def _write(self) -> None:
        taken = list(self._unwritten.values())
        if not taken:
            return
        columns = (
            [sheet.code for sheet in taken],
            [date.fromisoformat(sheet.day) for sheet in taken],
            [zlib.compress(json.dumps(sheet.to_data(), ensure_ascii=False).encode()) for sheet in taken],
        )
        await self._database.rows(_WRITE, *columns)
        for sheet in taken:
            self._unwritten.pop(sheet.code, None)
