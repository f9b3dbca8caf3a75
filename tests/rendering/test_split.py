"""Cutting a text into pages: nothing lost, nothing too long, and what belongs together stays together."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.rendering.split import split

HANZI = "失业登记的人要到常住地经办机构去问清楚再来办"
FILLER = st.lists(st.sampled_from([*HANZI, "，", "。", "；", "、", "\n", "“", "”", "（", "）"]), max_size=12).map(
    "".join
)
ANYTHING = st.text(alphabet=st.characters(exclude_categories=()))
WHOLE = st.one_of(
    st.from_regex(r"[1-9][0-9]{0,5}(\.[0-9]{1,2})?(元|万元|%|％|‰|个月|周岁|个工作日|平方米|人)", fullmatch=True),
    st.from_regex(r"[1-9]{1,3}(,[0-9]{3}){1,2}元", fullmatch=True),
    st.from_regex(r"20[0-9]{2}年(1[0-2]|[1-9])月([12][0-9]|[1-9])日", fullmatch=True),
    st.from_regex(r"20[0-9]{2} 年 (1[0-2]|[1-9]) 月 [1-9] 日", fullmatch=True),
    st.from_regex(r"第?[一二三四五六七八九]十[一二三四五六七八九](元|日内|个月|个工作日|周岁)", fullmatch=True),
    st.from_regex(r"二〇二[0-9]年十[一二]月三十日|百分之[一二三四五六七八九]十", fullmatch=True),
    st.from_regex(r"0482-8[0-9]{6}|138[0-9]{8}|0482 8[0-9]{6}|\+86 138 [0-9]{4} [0-9]{4}", fullmatch=True),
    st.from_regex(r"https?://[a-z]{2,8}\.gov\.cn/[a-z0-9/]{0,12}(\?a=[0-9]{1,4}&b=[0-9])?", fullmatch=True),
    st.from_regex(r'<a href="weixin://bizmsgmenu\?msgmenucontent=%E5&msgmenuid=[a-z]{2,9}">[1-9]\. 失业登记</a>', fullmatch=True),
    st.sampled_from(["👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "1️⃣", "❤️‍🔥", "e\u0301\u0323", "ᠮᠣᠩᠭᠣᠯ", "\u1100\u1161\u11a8", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]),
)  # fmt: skip


def size(text):
    return len(text.encode("utf-8", "surrogatepass"))


@given(ANYTHING, st.integers(4, 60))
def test_the_pieces_put_together_are_the_text(text, limit):
    assert "".join(split(text, limit)) == text


@given(ANYTHING, st.integers(4, 60))
def test_no_piece_is_longer_than_allowed_and_none_is_empty(text, limit):
    assert all(0 < size(piece) <= limit for piece in split(text, limit))


@given(st.lists(st.tuples(FILLER, WHOLE), min_size=3, max_size=14), st.integers(150, 260))
def test_a_number_a_link_a_phone_or_an_emoji_is_never_cut(parts, limit):
    text, inside = "", set()
    for filler, whole in parts:
        text += filler + "到"
        inside |= set(range(len(text) + 1, len(text) + len(whole)))
        text += whole + "。"
    position = 0
    for piece in split(text, limit)[:-1]:
        position += len(piece)
        assert position not in inside, text[position - 10 : position + 10]


@given(
    st.text("👨👩👧👍🏽🏻❤🔥🇨🇳🇲\u200d\ufe0f\u20e3\u0301\u0323\u093ee1가각和", min_size=25, max_size=60),
    st.integers(40, 80),
)
def test_a_cut_is_where_one_visible_character_ends(text, limit):
    ends, position = {0}, 0
    longest = 0
    for found in regex.findall(r"\X", text):
        position += len(found)
        ends.add(position)
        longest = max(longest, size(found))
    if longest > limit:
        return  # such a heap of marks has to be cut somewhere
    position = 0
    for piece in split(text, limit):
        position += len(piece)
        assert position in ends


CUTS = [
    # a paragraph before a sentence, a sentence before a clause, a clause before any place
    ("甲甲甲甲甲甲。\n乙乙。丙丙丙丙丙丙丙丙", 45, "甲甲甲甲甲甲。\n"),
    ("甲甲甲甲甲甲甲。乙乙，丙丙丙丙丙丙丙丙", 45, "甲甲甲甲甲甲甲。"),
    ("甲甲甲甲甲甲甲甲，乙乙丙丙丙丙丙丙丙丙", 45, "甲甲甲甲甲甲甲甲，"),
    ("甲甲甲甲甲甲甲甲；乙乙丙丙丙丙丙丙丙丙", 45, "甲甲甲甲甲甲甲甲；"),
    ("甲甲甲甲甲甲甲甲乙乙丙丙丙丙丙丙丙丙", 45, "甲甲甲甲甲甲甲甲乙乙丙丙丙丙丙"),
    # a good place in the first half is given up rather than a page left nearly empty
    ("甲。\n乙乙乙乙乙乙乙乙。丙丙丙丙丙丙丙丙丙", 45, "甲。\n乙乙乙乙乙乙乙乙。"),
    # closing marks stay with the sentence, and no page opens with one
    ("甲甲甲甲甲甲“乙乙乙。”）丙丙丙丙丙丙丙", 45, "甲甲甲甲甲甲“乙乙乙。”）"),
    ("甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲）乙乙乙", 45, "甲甲甲甲甲甲甲甲甲甲甲甲甲甲"),
    # numbers with what they count
    ("甲甲甲甲甲甲甲甲甲甲甲甲4000元乙乙乙乙乙", 45, "甲甲甲甲甲甲甲甲甲甲甲甲"),
    ("甲甲甲甲甲甲甲甲甲甲2022年12月31日乙乙乙", 45, "甲甲甲甲甲甲甲甲甲甲"),
    ("甲甲甲甲甲甲甲甲甲甲甲甲三十个工作日内乙", 45, "甲甲甲甲甲甲甲甲甲甲甲甲"),
    # whose number it is stays with the number
    ("甲甲甲甲甲。\n甲甲甲：\n0482-8231990\n乙乙乙", 40, "甲甲甲甲甲。\n"),
]


@pytest.mark.parametrize(("text", "limit", "first"), CUTS)
def test_a_page_ends_at_the_best_place(text, limit, first):
    assert split(text, limit)[0] == first


VISIBLE = ["👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "1️⃣", "❤️‍🔥", "e\u0301\u0323", "\u1100\u1161\u11a8", "字"]


@pytest.mark.parametrize("character", VISIBLE)
def test_what_is_seen_as_one_character_is_not_cut(character):
    pieces = split(character * 20, size(character) * 3 - 1)
    assert set(pieces) == {character * 2}


def test_what_is_longer_than_a_page_is_cut_between_characters():
    assert split("9" * 100, 40) == ("9" * 40, "9" * 40, "9" * 20)


def test_a_word_longer_than_a_page_is_not_cut_inside_its_number():
    text = "a" * 30 + "20221231" + "b" * 30
    assert not [piece for piece in split(text, 34) if re.search(r"\d", piece) and "20221231" not in piece]


def test_an_empty_text_has_no_pieces():
    assert split("", 100) == ()


def test_a_limit_that_cannot_hold_a_character_is_refused():
    with pytest.raises(ValueError, match="3 bytes"):
        split("好", 3)
