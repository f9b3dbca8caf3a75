"""jieba with the words of the knowledge: scheme names and places stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st


def test_the_words_are_sorted_and_none_is_double(words):
    assert words == sorted(set(words))


def test_the_words_are_fit_for_jieba(words):
    assert all(1 < len(word) <= 12 and " " not in word for word in words)


@pytest.mark.parametrize("word", ["失业补助金", "就业创业证", "零就业家庭", "科右前旗", "扎赉特旗", "syb"])
def test_a_scheme_or_place_is_one_word(segmenter, word):
    assert word in segmenter.words(f"请问{word}的事")


def test_punctuation_and_blanks_are_left_out(segmenter):
    assert segmenter.words("，。！ ？") == []


@given(text=st.text(alphabet="我在科右前旗失业补助金领吗，。 abc12", max_size=30))
def test_a_span_is_where_its_word_stands(segmenter, text):
    for word, start, end in segmenter.spans(text):
        assert text[start:end] == word
