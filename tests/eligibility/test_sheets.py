"""The one-page result of a check: kept under a code in a folder or in PostgreSQL, opened again, gone after 90 days, escaped on
its page."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from bot.eligibility.sheets import CODE, Section, Sheet, SheetFolder, new_code
from bot.rendering import sheet_html, sheet_text

SHEET = Sheet(
    code="ABCD2345",
    scheme="unemployment_benefit",
    day="2022-10-15",
    title="一次性告知单",
    head="失业保险金：符合",
    note="这是初步判断，以经办机构审核为准。",
    sections=(Section("documents", "要带的材料", ("□ 身份证或二代社保卡", "<script>alert(1)</script>")),),
    clauses=("sybx-6-1-1",),
)


@pytest.fixture
def folder(tmp_path):
    return SheetFolder(tmp_path / "sheets")


@pytest.fixture(params=["folder", "postgres"])
async def store(request):
    if request.param == "folder":
        yield request.getfixturevalue("folder")
        return
    from bot.database import Database
    from bot.database.sheets import SharedSheets

    database = Database(request.getfixturevalue("migrated_postgres"))
    yield SharedSheets(database)
    await database.close()


async def kept(store, *sheets):
    for sheet in sheets:
        store.save(sheet)
    await store.keep()


async def test_a_sheet_is_opened_by_its_code_as_people_type_it(store):
    await kept(store, SHEET)
    assert await store.load(" abcd2345 ") == SHEET


@pytest.mark.parametrize(
    "code", ["", "ABCD2346", "../../etc", "ABCD2345.json", "ABCDI0O1", "ＡＢＣＤ２３４５", "ABCD\x00345"]
)
async def test_no_other_code_opens_anything(store, code):
    await kept(store, SHEET)
    assert await store.load(code) is None


async def test_a_sheet_taken_twice_is_one(store):
    await kept(store, SHEET)
    await kept(store, SHEET)
    assert await store.load(SHEET.code) == SHEET


async def test_a_damaged_sheet_is_none(folder):
    folder.save(SHEET)
    (folder.folder / "ABCD2345.json").write_text('{"code": "ABCD', encoding="utf-8")
    assert await folder.load("ABCD2345") is None


async def test_sheets_are_kept_ninety_days(store):
    await kept(store, SHEET, replace(SHEET, code="WXYZ6789", day="2022-10-16"))
    await store.purge(date(2023, 1, 13))
    assert await store.load("ABCD2345")
    await store.purge(date(2023, 1, 14))
    assert await store.load("ABCD2345") is None and await store.load("WXYZ6789") is not None


async def test_a_sheet_older_than_ninety_days_opens_for_nobody(store):
    await kept(store, replace(SHEET, day="2026-01-01"))
    assert await store.load(SHEET.code, date(2026, 4, 1))
    assert await store.load(SHEET.code, date(2026, 4, 2)) is None


async def test_the_code_that_one_machine_gives_out_opens_on_another(migrated_postgres):
    from bot.database import Database
    from bot.database.sheets import SharedSheets

    one, other = Database(migrated_postgres), Database(migrated_postgres)
    await kept(SharedSheets(one), SHEET)
    assert await SharedSheets(other).load(SHEET.code) == SHEET
    await asyncio.gather(one.close(), other.close())


async def test_without_the_database_a_sheet_opens_where_it_was_made_and_is_written_later(
    monkeypatch, migrated_postgres
):
    from bot.database import Database
    from bot.database.sheets import SharedSheets

    database = Database(migrated_postgres, again=0.01)
    there = database._address
    monkeypatch.setattr(database, "_address", "postgresql://bot@127.0.0.1:1/bot")
    store = SharedSheets(database)
    await kept(store, SHEET)
    assert database.is_away and await store.load(SHEET.code) == SHEET
    monkeypatch.setattr(database, "_address", there)
    while store._unwritten:
        await asyncio.sleep(0.01)
    assert await store.load(SHEET.code) == SHEET
    await database.close()


def test_codes_are_readable_and_differ():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200 and all(CODE.fullmatch(code) for code in codes)


def test_text_and_page_say_the_same_and_the_page_escapes():
    text, page = sheet_text(SHEET), sheet_html(SHEET)
    for said in ("失业保险金：符合", "□ 身份证或二代社保卡", "ABCD2345"):
        assert said in text and said in page
    assert "<script>" not in page and "&lt;script&gt;" in page
