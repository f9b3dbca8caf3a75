"""Personal numbers are masked before anything else sees the message."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import redact

VALID = "11010519491231002X"  # the example of GB 11643-1999
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
around = st.text(alphabet="我的电话是，。 失业金abc/", max_size=12)


def checksum(first):
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS)) % 11]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"我的身份证{VALID}能办吗", "我的身份证〔证件号〕能办吗"),
        (f"我的身份证{VALID.lower()}能办吗", "我的身份证〔证件号〕能办吗"),
        ("我的身份证110105194912310021能办吗", "我的身份证〔号码〕能办吗"),
        ("打我13812345678", "打我〔手机号〕"),
        ("卡号6222021234567890123", "卡号〔卡号〕"),
        ("卡号6222021234567890", "卡号〔卡号〕"),
        ("13812345678和15912345678", "〔手机号〕和〔手机号〕"),
        (f"{VALID}，13812345678", "〔证件号〕，〔手机号〕"),
    ],
)
def test_personal_numbers_are_masked(typed, kept):
    assert redact(typed) == (kept, True)


@pytest.mark.parametrize(
    "typed", ["失业金怎么领", "0482-8231990是哪的电话", "贷20万", "2022年7月毕业", "12812345678", "12333", "3000元", ""]
)
def test_other_numbers_are_left(typed):
    assert redact(typed) == (typed, False)


def test_what_a_channel_masked_is_still_known_to_be_masked():
    assert redact("打我〔手机号〕") == ("打我〔手机号〕", True)


@given(before=around, number=mobiles, after=around)
def test_no_mobile_number_is_left(before, number, after):
    masked, found = redact(before + number + after)
    assert found
    assert number not in masked
    assert not re.search(r"\d{11}", masked)


@given(first=st.from_regex(r"[1-9][0-9]{16}", fullmatch=True), before=around, after=around)
def test_every_number_with_a_right_checksum_is_an_identity_number(first, before, after):
    masked, _ = redact(before + first + checksum(first) + after)
    assert masked == before + "〔证件号〕" + after


@given(first=st.from_regex(r"[1-9][0-9]{16}", fullmatch=True), last=st.sampled_from("0123456789X"))
def test_a_wrong_checksum_is_masked_without_calling_it_an_identity_number(first, last):
    masked, _ = redact(first + last)
    assert masked == ("〔证件号〕" if checksum(first) == last else "〔号码〕")


@given(digits=st.from_regex(r"[0-9]{16,19}", fullmatch=True), before=around, after=around)
def test_no_card_number_is_left(digits, before, after):
    assert digits not in redact(before + digits + after)[0]


@given(text=st.text(max_size=60))
def test_masking_twice_changes_nothing_more(text):
    once = redact(text)[0]
    assert redact(once)[0] == once


@pytest.mark.parametrize(
    "typed",
    [
        "１３８１２３４５６７８",
        "138 1234 5678",
        "138-1234-5678",
        "138\u200b12345678",
        "+8613812345678",
        "8613812345678",
    ],
)
def test_a_mobile_number_is_masked_however_it_is_written(typed):
    masked, found = redact("打我" + typed)
    assert found
    assert "5678" not in masked
