"""What the indexes read of a text: runs of one to three characters, and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval.units import character_runs, units


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("失业金", ["失", "业", "金", "失业", "业金", "失业金"]),
        ("syb培训", ["syb", "培", "训", "syb培", "培训", "syb培训"]),
        ("20万", ["20", "万", "20万"]),
        ("失业，金", ["失", "业", "失业", "金"]),
        ("，。", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_runs(text, runs):
    assert character_runs(text) == runs


def test_words_are_marked_and_come_behind_the_runs(segmenter):
    assert units("失业金", segmenter)[-1] == "_失业金"


def test_a_run_does_not_reach_over_punctuation(segmenter):
    assert "业金" not in units("失业，金额", segmenter)


@given(text=st.text(alphabet="失业金怎么领，。 ab12", max_size=30))
def test_every_run_is_a_piece_of_the_text(text):
    assert all(run in text for run in character_runs(text))


@given(text=st.text(alphabet="失业金怎么领", max_size=20))
def test_a_plain_text_gives_as_many_runs_as_it_has_places(text):
    n = len(text)
    assert len(character_runs(text)) == n + max(n - 1, 0) + max(n - 2, 0)
