"""One form for what people type: full width, traditional characters, controls, slashes, length."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import MAX_CHARACTERS, clean, normalise, strip_controls, to_simplified


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ＳＹＢ培训１０天", "syb培训10天"),
        ("失業登記要帶什麼材料", "失业登记要带什么材料"),
        ("申請創業擔保貸款", "申请创业担保贷款"),
        ("失业\u200b金\u200d怎么\ufeff领", "失业金怎么领"),
        ("失业\u202e金\u202c怎么\u2066领\u2069", "失业金怎么领"),
        ("失业\x00金\x07怎么\x1b领", "失业金怎么领"),
        ("失业\ue000金", "失业金"),
        ("失业 金 怎 么 领", "失业金怎么领"),
        ("失业金\n怎么领\t", "失业金怎么领"),
        ("  失业金  ", "失业金"),
        ("/restart", "restart"),
        ("///／／\\失业金", "失业金"),
        (" / 失业金", "失业金"),
        ("\u200b/失业金", "失业金"),
        ("失业金/失业补助金", "失业金/失业补助金"),
        ("SYB 培训", "syb 培训"),
        ("５．５％", "5.5%"),
        ("㈠", "(一)"),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_what_is_typed_is_brought_to_one_form(typed, read):
    assert normalise(typed) == read


def test_a_message_is_cut_at_the_longest_that_is_read():
    assert len(clean("问" * 5000)) == MAX_CHARACTERS


def test_a_message_of_just_the_longest_length_is_kept():
    assert clean("问" * MAX_CHARACTERS) == "问" * MAX_CHARACTERS


def test_simplified_text_stays_as_it_is():
    text = "就业困难人员灵活就业社会保险补贴，凭《就业创业证》办理。"
    assert to_simplified(text) == text


@given(text=st.text())
def test_no_message_can_be_a_command(text):
    assert not clean(text).startswith(("/", "／", "\\", " "))


@given(text=st.text())
def test_no_control_format_or_private_character_is_left(text):
    left = {unicodedata.category(character) for character in strip_controls(text)}
    assert not left & {"Cc", "Cf", "Co", "Cs", "Cn"}


@given(text=st.text())
def test_what_a_channel_keeps_is_never_too_long(text):
    assert len(clean(text * 20)) <= MAX_CHARACTERS


@given(text=st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@given(text=st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=20))
def test_normalising_chinese_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)


@given(text=st.text(alphabet="失业金怎么领 \u3000\t\n", max_size=20))
def test_spaces_between_characters_do_not_matter(text):
    assert normalise(text) == "".join(text.split())


def test_a_normalised_message_is_never_too_long():
    assert len(normalise("ﷺ" * MAX_CHARACTERS)) <= MAX_CHARACTERS
