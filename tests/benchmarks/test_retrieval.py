"""Synthetic clauses and recall."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.performance.retrieval import Phrases, by_kind, choose, clause_vectors, recall, split
from bot.retrieval.corpus import Passage


@pytest.fixture
def phrases() -> Phrases:
    vectors = np.eye(6, dtype=np.float32)
    return Phrases(tuple("abcdef"), vectors, np.array([0, 2, 5]), np.array([2, 3, 1]))


def test_a_passage_is_split_at_commas_and_says_nothing_twice():
    passage = Passage("x", "clause", "带身份证，去窗口。带身份证", ("去哪 办理？", "啊"))
    assert split(passage) == ["带身份证", "去窗口", "去哪", "办理"]


def test_a_clause_takes_its_phrases_from_two_passages(phrases):
    owner = np.array([0, 0, 1, 1, 1, 2])
    for row in choose(phrases, 200, np.random.default_rng(0)):
        assert len(set(owner[row[:4]])) == 1
        assert len(set(owner[row[4:]])) == 1


def test_all_phrases_are_chosen_in_the_end(phrases):
    assert set(choose(phrases, 500, np.random.default_rng(0)).ravel()) == set(range(6))


def test_vectors_of_clauses_have_unit_length(phrases):
    vectors = clause_vectors(phrases, choose(phrases, 50, np.random.default_rng(0)))
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(50), abs=1e-6)


def test_recall_is_the_share_of_the_exact_ones_that_was_found():
    assert recall(np.array([[1, 2], [3, 9]]), np.array([[2, 1], [3, 4]])) == 0.75


def test_few_clauses_have_no_codes_and_the_exact_index_finds_all():
    draw = np.random.default_rng(0)
    table = draw.normal(size=(300, 32)).astype(np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    found = by_kind(table, table[:20])
    assert found["ivf_pq"] is None
    assert found["flat"]["recall"] == 1.0
    assert found["hnsw"]["recall"] > 0.9
    assert found["store"]["recall"] == 1.0
