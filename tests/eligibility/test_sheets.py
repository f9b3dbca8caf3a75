"""The one-page result of a check: kept under a code, opened again, gone after 90 days, escaped on its page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.eligibility.sheets import CODE, Section, Sheet, SheetStore, new_code
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
def store(tmp_path):
    return SheetStore(tmp_path / "sheets")


def test_a_sheet_is_opened_by_its_code_as_people_type_it(store):
    store.save(SHEET)
    assert store.load(" abcd2345 ") == SHEET


@pytest.mark.parametrize("code", ["", "ABCD2346", "../../etc", "ABCD2345.json", "ABCDI0O1", "ＡＢＣＤ２３４５"])
def test_no_other_code_opens_anything(store, code):
    store.save(SHEET)
    assert store.load(code) is None


def test_a_damaged_sheet_is_none(store):
    store.save(SHEET)
    (store.folder / "ABCD2345.json").write_text('{"code": "ABCD', encoding="utf-8")
    assert store.load("ABCD2345") is None


def test_sheets_are_kept_ninety_days(store):
    store.save(SHEET)
    store.save(replace(SHEET, code="WXYZ6789", day="2022-10-16"))
    assert store.purge(date(2023, 1, 13)) == 0
    assert store.purge(date(2023, 1, 14)) == 1
    assert store.load("ABCD2345") is None and store.load("WXYZ6789") is not None


def test_codes_are_readable_and_differ():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200 and all(CODE.fullmatch(code) for code in codes)


def test_text_and_page_say_the_same_and_the_page_escapes():
    text, page = sheet_text(SHEET), sheet_html(SHEET)
    for said in ("失业保险金：符合", "□ 身份证或二代社保卡", "ABCD2345"):
        assert said in text and said in page
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_a_sheet_older_than_ninety_days_opens_for_nobody(tmp_path):
    store = SheetStore(tmp_path)
    sheet = Sheet(new_code(), "public_post", "2026-01-01", "一次性告知单", "", "", (), ())
    store.save(sheet)
    assert store.load(sheet.code, date(2026, 4, 1)) == sheet
    assert store.load(sheet.code, date(2026, 4, 2)) is None
