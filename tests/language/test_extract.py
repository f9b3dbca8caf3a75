"""Quantities in messages, in Arabic and Chinese figures. The cases are in quantities.yml."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.language import normalise
from bot.language.extract import find_longest, find_numbers, number

KINDS = ("money", "age", "months", "percent", "people", "date")


def cases():
    for row in yaml.safe_load((Path(__file__).parent / "quantities.yml").read_text(encoding="utf-8")):
        expected = {kind: row[kind] for kind in KINDS if kind in row}
        marks = [pytest.mark.xfail(strict=True, reason=row["gap"])] if "gap" in row else []
        yield pytest.param(row["text"], expected, id=row["text"], marks=marks)


@pytest.mark.parametrize(("text", "expected"), cases())
def test_quantities_are_read(text, expected):
    found = {}
    for entity in find_numbers(normalise(text)):
        found.setdefault(entity.kind, []).append(entity.value)
    assert found == {kind: values for kind, values in expected.items() if values}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三千五", 3500),
        ("两万", 20000),
        ("二十二", 22),
        ("十", 10),
        ("一百二", 120),
        ("两千零五", 2005),
        ("二〇二二", 2022),
        ("3.5", Decimal("3.5")),
        ("-2", -2),
        ("3.5万", 35000),
    ],
)
def test_a_numeral_is_a_number(text, value):
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "半", "几", "万", "个", "点点"])
def test_what_is_no_numeral_is_no_number(text):
    assert number(text) is None


@given(value=st.integers(0, 9_999_999))
def test_arabic_figures_are_read_as_they_stand(value):
    assert number(str(value)) == value


@given(value=st.integers(1, 99_999_999))
def test_chinese_numerals_are_read_back(value):
    import cn2an

    assert number(cn2an.an2cn(value)) == value


@given(years=st.integers(1, 60), half=st.booleans())
def test_years_become_months(years, half):
    (entity,) = find_numbers(f"{years}年半" if half else f"{years}年")
    assert (entity.kind, entity.value) == ("months", str(years * 12 + 6 * half))


@given(text=st.text(alphabet="零〇一二两三四五六七八九十百千万亿点0123456789.-%年月日号个半块元岁人第", max_size=30))
def test_no_run_of_figures_breaks_the_reading(text):
    for entity in find_numbers(text):
        assert text[entity.start : entity.end] == entity.text


@given(text=st.text(alphabet="一三五十万百年月日个半块元岁人0123", max_size=30))
def test_entities_do_not_overlap(text):
    found = find_numbers(text)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))


@given(text=st.text(alphabet="前中旗科右左", max_size=20))
def test_the_longest_word_wins_and_no_character_counts_twice(text):
    table = {"a": ["前旗", "科右前旗"], "b": ["中旗"], "c": ["科左中旗"]}
    found = find_longest(text, table, "place")
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))
    for entity in found:
        assert text[entity.start : entity.end] == entity.text in table[entity.value]


def test_a_longer_name_hides_the_shorter_one_in_it():
    (found,) = find_longest("科左中旗", {"kyzq": ["中旗"], "other": ["科左中旗"]}, "place")
    assert found.value == "other"
