"""Fit the fusion and the acceptance on questions that the encoder has not seen, by cross-validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bot.knowledge import Knowledge
from bot.knowledge.questions import Question
from bot.language import Segmenter, normalise

from .corpus import Passage, build_passages
from .encoder import UnitEncoder
from .fusion import Array, Fusion, choose_threshold, evidence, features, fit_acceptance, fit_fusion, softmax
from .index import Index
from .retriever import Retriever
from .training import EncoderSettings, Progress, train_encoder

FOLDS = 5
LOST = 0.03  # in-scope questions that may fall below the threshold: the most the product allows to be refused wrongly
_PER_FOLD = 700  # questions of each fold the fusion is fitted on; more changes the weights in the third digit


@dataclass(frozen=True)
class HeldOut:
    """One question scored by an index that never saw it."""

    question: Question
    features: Array
    dense: Array
    known: float


def folds_by_line(questions: Sequence[Question], count: int, seed: int) -> npt.NDArray[np.int64]:
    """The fold of each question, drawn at random."""
    return np.random.default_rng(seed).integers(0, count, len(questions))


def held_out_scores(
    knowledge: Knowledge,
    questions: Sequence[Question],
    folds: npt.NDArray[np.int64],
    segmenter: Segmenter,
    settings: EncoderSettings,
    per_fold: int | None = _PER_FOLD,
    progress: Progress | None = None,
) -> tuple[list[Passage], list[HeldOut]]:
    """Score the questions of every fold with an index trained on the other folds."""
    passages = build_passages(knowledge, questions)
    blank = Fusion((1.0, 0.0, 0.0, 0.0), (0.0,) * 6, 0.0)
    result: list[HeldOut] = []
    count = int(folds.max()) + 1
    for fold in range(count):
        train = [question for question, f in zip(questions, folds) if f != fold]
        test = [question for question, f in zip(questions, folds) if f == fold]
        if per_fold and len(test) > per_fold:
            chosen = np.random.default_rng(fold).choice(len(test), per_fold, replace=False)
            test = [test[i] for i in sorted(chosen)]
        built = build_passages(knowledge, train)
        trained = train_encoder(built, segmenter, settings)
        encoder = UnitEncoder("fold", trained.vocabulary, trained.weights, segmenter)
        retriever = Retriever(Index.build(built, encoder, segmenter, ""), encoder, blank)
        for question in test:
            scores = retriever.scores(normalise(question.text))
            result.append(
                HeldOut(question, features(scores.dense, scores.question, scores.lexical), scores.dense, scores.known)
            )
        if progress:
            progress("校准检索", fold + 1, count)
    return passages, result


def calibrate(
    passages: Sequence[Passage], rows: Sequence[HeldOut], equivalents: Mapping[str, frozenset[str]]
) -> Fusion:
    """Weights, acceptance curve and threshold from held-out rows."""
    position = {passage.id: i for i, passage in enumerate(passages)}
    kinds = np.array([{"clause": 0, "uncovered": 1, "far": 2}[p.kind] for p in passages], dtype=np.int8)
    inside = np.array([kinds[position[row.question.label]] == 0 for row in rows])
    targets = []
    for row in rows:
        right = equivalents.get(row.question.label, frozenset({row.question.label}))
        targets.append(np.array([position[id] for id in right if id in position], dtype=np.int64))
    weights = fit_fusion([row.features for row in rows], targets)
    fusion = Fusion(weights, (0.0,) * 6, 0.0)
    table = np.stack([evidence(softmax(fusion.logits(r.features)), kinds, r.dense, r.known) for r in rows])
    fusion = replace(fusion, acceptance=fit_acceptance(table, inside))
    scores = np.array([fusion.in_scope(row) for row in table], dtype=np.float32)
    return replace(fusion, threshold=choose_threshold(scores, inside, LOST))
