"""Numerals as people write them."""

from __future__ import annotations

from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calculators.numerals import parse_numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6000", "6000"),
        ("六千", "6000"),
        ("一千五", "1500"),
        ("1万2", "12000"),
        ("2.5万", "25000"),
        ("负20", "-20"),
        ("-20", "-20"),
        ("俩", "2"),
        ("两万五", "25000"),
        ("三百二", "320"),
        ("一百零五", "105"),
        ("十五", "15"),
        ("二十", "20"),
        ("三点六五", "3.65"),
        ("1万2千", "12000"),
        ("2万五千", "25000"),
        ("12万5000", "125000"),
        ("20w", "200000"),
        ("6k", "6000"),
        ("二〇二二", "2022"),
        ("零", "0"),
        ("0万", "0"),
        ("一万零五百", "10500"),
        ("两千零八十", "2080"),
    ],
)
def test_a_numeral_is_read(text, value):
    assert parse_numeral(text) == Decimal(value)


@given(st.integers(0, 99_999_999))
def test_every_whole_number_in_chinese_figures_is_read(number):
    assert parse_numeral(cn2an.an2cn(number)) == number


@given(st.text(alphabet="零一二两三十百千万亿点负-0123456789.俩wk", max_size=12))
def test_what_is_no_numeral_is_none_and_no_error(text):
    value = parse_numeral(text)
    assert value is None or isinstance(value, Decimal)
