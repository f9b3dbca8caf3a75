"""One probability from several scores, and the curve that says whether to trust it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bot.retrieval import FusionFault
from bot.retrieval.fusion import (
    EVIDENCE,
    FEATURES,
    Follow,
    Fusion,
    Scores,
    choose_threshold,
    evidence,
    features,
    leading,
    softmax,
)

UNFIT = (
    '{"weights": [1], "acceptance": [1], "threshold": 0.5, "leaning": {"joined": 0, "topic": 1, "chapter": 1}, '
    '"passing": {"joined": 0, "topic": 1, "chapter": 1}}'
)  # of a code with other features

scores = arrays.arrays(np.float32, st.integers(1, 30), elements=st.floats(-50, 50, width=32))


@given(
    values=arrays.arrays(np.float32, st.integers(1, 30), elements=st.sampled_from([0.0, 0.5, 1.0])),
    count=st.integers(1, 40),
)
def test_what_leads_is_the_beginning_of_a_stable_sort(values, count):
    assert leading(values, count).tolist() == np.argsort(-values, kind="stable")[:count].tolist()


@given(logits=scores)
def test_a_softmax_sums_to_one(logits):
    assert softmax(logits).sum() == pytest.approx(1, abs=1e-4)


@given(logits=scores)
def test_a_softmax_keeps_the_order(logits):
    best = softmax(logits)[int(logits.argmax())]
    assert best == softmax(logits).max()


def scored(lexical, **values):
    """Raw scores of one message, all else equal for all passages."""
    count = len(lexical)
    defaults = {
        "dense": np.ones(count, np.float32),
        "question": np.zeros(count, np.float32),
        "lexical": np.array(lexical, np.float32),
        "known": 1.0,
        "neighbours": np.arange(count),
        "similarity": np.ones(count, np.float32),
    }
    return Scores(**{**defaults, **values})


def named(scores, name):
    return features(scores)[:, FEATURES.index(name)].tolist()


def test_every_passage_has_every_feature():
    assert features(scored([0, 2, 1, 0])).shape == (4, len(FEATURES))


def test_lexical_scores_are_measured_by_the_best_one():
    assert named(scored([0, 2, 1, 0]), "lexical") == [0.0, 1.0, 0.5, 0.0]


def test_a_passage_that_shares_no_word_has_no_lexical_rank():
    assert named(scored([0, 2, 1, 0]), "lexical_rank") == [0.0, 1.0, 0.5, 0.0]
    assert named(scored([0, 0]), "lexical_rank") == [0.0, 0.0]


@given(share=st.floats(0, 1, width=32), lexical=st.lists(st.floats(0, 60, width=32), min_size=3, max_size=3))
def test_evidence_is_finite_even_for_certainty(share, lexical):
    kinds = np.array([0, 1, 2], dtype=np.int8)
    probability = np.array([share, (1 - share) / 2, (1 - share) / 2], np.float32)
    row = evidence(probability, probability, kinds, scored(lexical), 5)
    assert row.shape == (len(EVIDENCE),)
    assert np.isfinite(row).all()


@given(weights=st.lists(st.floats(-20, 20), min_size=len(FEATURES), max_size=len(FEATURES)), threshold=st.floats(0, 1))
def test_what_is_written_is_read_back(tmp_path_factory, weights, threshold):
    path = tmp_path_factory.getbasetemp() / "fusion.json"
    fusion = Fusion(tuple(weights), (0.1,) * len(EVIDENCE), threshold)
    fusion.save(path)
    assert Fusion.load(path) == fusion


@pytest.mark.parametrize("content", [None, "{}", "{", UNFIT])
def test_a_fusion_that_cannot_be_used_is_told_as_a_known_fault(tmp_path, content):
    if content is not None:
        (tmp_path / "fusion.json").write_text(content, encoding="utf-8")
    with pytest.raises(FusionFault, match="缺失或损坏"):
        Fusion.load(tmp_path / "fusion.json")


def test_the_shipped_fusion_fits_the_code(settings):
    fusion = Fusion.load(settings.fusion)
    assert isinstance(fusion.leaning, Follow)
    assert fusion.leaning.topic >= fusion.passing.topic
    assert len(fusion.weights) == len(FEATURES)
    assert len(fusion.acceptance) == len(EVIDENCE)
    assert 0 < fusion.threshold < 1


def test_the_threshold_lets_at_most_the_given_share_fall_below():
    inside = np.array([True] * 100 + [False] * 100)
    scored = np.concatenate([np.linspace(0, 1, 100), np.zeros(100)]).astype(np.float32)
    threshold = choose_threshold(scored, inside, 0.03)
    assert (scored[inside] < threshold).mean() <= 0.03
