"""BM25 over words and runs, and its file on disk."""

from __future__ import annotations

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval.lexical import LexicalIndex
from bot.retrieval.units import units

TEXTS = ["失业保险金怎么领", "创业担保贷款最高多少", "就业创业证要带什么"]


@pytest.fixture(scope="module")
def index(segmenter):
    return LexicalIndex.build(TEXTS, segmenter)


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
        index.save(folder)
    loaded = LexicalIndex.load(folder, segmenter)
    assert np.array_equal(loaded.scores(query), index.scores(query))


@given(query=st.text(alphabet="失业保险金怎么领创担贷款证要带什x ，", max_size=12))
def test_scores_are_those_of_bm25s(index, segmenter, query):
    theirs = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
    theirs.index([units(text, segmenter) for text in TEXTS], show_progress=False)
    asked = [unit for unit in dict.fromkeys(units(query, segmenter)) if unit in theirs.vocab_dict]
    expected = theirs.get_scores(asked) if asked else np.zeros(3)
    assert np.allclose(index.scores(query), expected, atol=1e-6)


def test_a_unit_that_is_asked_twice_counts_once(index):
    assert np.array_equal(index.scores("贷款贷款"), index.scores("款贷款"))


def test_columns_that_do_not_fit_are_refused(segmenter):
    with pytest.raises(ValueError, match="2 units, 2 ends"):
        LexicalIndex(segmenter, 1, ["a", "b"], np.array([0, 1]), np.zeros(1, np.int32), np.zeros(1, np.float32))


def test_there_is_one_score_for_each_text(index):
    assert index.scores("失业金").shape == (3,)
    assert index.scores("失业金").dtype == np.float32
