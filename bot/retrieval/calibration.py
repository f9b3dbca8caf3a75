"""Fit the fusion and the acceptance on questions that the encoder has not seen, by cross-validation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bot.knowledge import Knowledge
from bot.knowledge.questions import FAR, Question
from bot.language import Segmenter, normalise

from .corpus import Passage, build_passages
from .encoder import UnitEncoder
from .fusion import EVIDENCE, Fusion, Scores, choose_threshold, evidence, features, fit_acceptance, fit_fusion, softmax
from .index import Index
from .retriever import KINDS, Retriever
from .training import EncoderSettings, Progress, train_encoder

FOLDS = 5  # where folds are drawn by line
_AUTHOR_FOLDS = 3  # the largest groups of authors; more change the fitted weights little
_SHARED = 0.3  # authors who share more of their clauses than this are never held out together
LOST = 0.03  # in-scope questions that may fall below the threshold: the most the product allows to be refused wrongly
_PER_FOLD = 1200  # questions of each fold the fusion is fitted on; more changes the weights in the third digit


@dataclass(frozen=True)
class HeldOut:
    """One question scored by an index that never saw it."""

    question: Question
    scores: Scores
    length: int


def folds_by_author(questions: Sequence[Question]) -> npt.NDArray[np.int64]:
    """The fold of each question: authors who wrote for the same clauses are in different folds, so that a whole author can be
    held out while every clause keeps questions of others; -1 where nobody else wrote for the clause. With one author for
    everything, folds are drawn by line."""
    labels: dict[str, set[str]] = {}
    for question in questions:
        labels.setdefault(question.author, set()).add(question.label)
    colour: dict[str, int] = {}
    for author in sorted(labels):
        taken = {
            c for other, c in colour.items() if len(labels[author] & labels[other]) > _SHARED * len(labels[author])
        }
        colour[author] = next(c for c in range(len(colour) + 1) if c not in taken)
    if len(set(colour.values())) < 2:
        return np.random.default_rng(1).integers(0, FOLDS, len(questions))
    writers: dict[str, set[int]] = {}
    for question in questions:
        writers.setdefault(question.label, set()).add(colour[question.author])
    largest = {c for c, _ in Counter(colour[q.author] for q in questions).most_common(_AUTHOR_FOLDS)}
    alone = {label for label, colours in writers.items() if len(colours) < 2}
    fold_of = {c: i for i, c in enumerate(sorted(largest))}
    return np.array(
        [-1 if q.label in alone and q.label != FAR else fold_of.get(colour[q.author], -1) for q in questions]
    )


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
    blank = Fusion((1.0, 0.0, 0.0, 0.0), (0.0,) * len(EVIDENCE), 0.0)
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
            text = normalise(question.text)
            result.append(HeldOut(question, retriever.scores(text), len(text)))
        if progress:
            progress("校准检索", fold + 1, count)
    return passages, result


def calibrate(
    passages: Sequence[Passage], rows: Sequence[HeldOut], equivalents: Mapping[str, frozenset[str]]
) -> Fusion:
    """Weights, acceptance curve and threshold from held-out rows."""
    position = {passage.id: i for i, passage in enumerate(passages)}
    kinds = np.array([KINDS[passage.kind] for passage in passages], dtype=np.int8)
    inside = np.array([kinds[position[row.question.label]] == 0 for row in rows])
    targets = []
    for row in rows:
        right = equivalents.get(row.question.label, frozenset({row.question.label}))
        targets.append(np.array([position[id] for id in right if id in position], dtype=np.int64))
    weights = fit_fusion([features(row.scores) for row in rows], targets)
    fusion = Fusion(weights, (0.0,) * len(EVIDENCE), 0.0)
    table = []
    for row in rows:
        logits = fusion.logits(features(row.scores))
        table.append(evidence(logits, softmax(logits), kinds, row.scores, row.length))
    fusion = replace(fusion, acceptance=fit_acceptance(np.stack(table), inside))
    scores = np.array([fusion.in_scope(row) for row in table], dtype=np.float32)
    return replace(fusion, threshold=choose_threshold(scores, inside, LOST))
