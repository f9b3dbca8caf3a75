"""BM25 over words and runs, and its file on disk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval.lexical import LexicalIndex

TEXTS = ["失业保险金怎么领", "创业担保贷款最高多少", "就业创业证要带什么"]


@pytest.fixture(scope="module")
def index(segmenter):
    lexical = LexicalIndex(segmenter)
    lexical.build(TEXTS)
    return lexical


@pytest.mark.parametrize(("query", "best"), [("失业金咋领", 0), ("贷款", 1), ("办就业证带啥", 2)])
def test_the_text_that_shares_most_comes_first(index, query, best):
    assert index.scores(query).argmax() == best


def test_a_query_that_shares_nothing_scores_zero(index):
    assert index.scores("xyz").tolist() == [0.0, 0.0, 0.0]


def test_an_empty_query_scores_zero(index):
    assert index.scores("").tolist() == [0.0, 0.0, 0.0]


@given(query=st.text(alphabet="失业保险金怎么领创担贷款证要带什x ，", max_size=12))
def test_what_is_written_scores_as_what_was_built(index, segmenter, tmp_path_factory, query):
    folder = tmp_path_factory.getbasetemp() / "lexical"
    if not folder.exists():
        index.save(str(folder))
    loaded = LexicalIndex.load(str(folder), segmenter)
    assert np.array_equal(loaded.scores(query), index.scores(query))


def test_there_is_one_score_for_each_text(index):
    assert index.scores("失业金").shape == (3,)
    assert index.scores("失业金").dtype == np.float32
