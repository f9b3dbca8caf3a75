"""One probability from several scores, and whether to trust it: both fitted on questions held out of training."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
NEIGHBOURS = 20  # nearest authored questions that vote on whether a message is in scope
FEATURES = ("dense", "question", "lexical", "lexical_rank")
EVIDENCE = (
    "bias",
    "odds of the clauses",
    "odds of far",
    "share of the best clause",
    "cosine of the best clause",
    "known characters",
    "clauses among the nearest questions",
    "near topics among the nearest questions",
    "clause ahead of near topic",
    "clause ahead of far",
    "nearest question",
    "clause ahead of near topic, lexical",
    "clause ahead of far, lexical",
    "length",
    "lexical score for the length",
)
_RANKED = 50  # passages that the rank by BM25 says something about
_LEXICAL_SPREAD = 20.0  # BM25 differences of this size are large; keeps the coefficients comparable


class FusionFault(Exception):
    """The fitted weights cannot be used; the message says why, in Chinese."""


@dataclass(frozen=True)
class Scores:
    """Raw scores of one message against every passage, each of shape (passages,); the share of known character pairs; and the
    passages of the nearest authored questions with their cosines, best first, each of shape (NEIGHBOURS,) at most."""

    dense: Array
    question: Array
    lexical: Array
    known: float
    neighbours: npt.NDArray[np.int64]
    similarity: Array


@dataclass(frozen=True)
class Follow:
    """How much the conversation counts: weight of the question joined to the one before, bonus for the passages of its
    topic, and for those of the chapter around it."""

    joined: float
    topic: float
    chapter: float


@dataclass(frozen=True)
class Fusion:
    """Weights of a softmax over passages (FEATURES) and of a logistic curve for `in scope` (EVIDENCE), its threshold, and
    what the conversation adds for a message that leans on what went before and for one that does not."""

    weights: tuple[float, ...]
    acceptance: tuple[float, ...]
    threshold: float
    leaning: Follow = Follow(0.3, 4.0, 2.0)
    passing: Follow = Follow(0.3, 3.0, 1.0)

    def logits(self, features: Array) -> Array:
        """Features of shape (passages, len(FEATURES)) to logits of shape (passages,)."""
        # Not `@`: for ten thousand passages it wakes the threads of numpy's BLAS, which takes longer than all the rest.
        return np.asarray(np.einsum("ij,j->i", features, np.array(self.weights, dtype=np.float32)), dtype=np.float32)

    def in_scope(self, evidence: Array) -> float:
        """The calibrated probability that the brochures answer, from EVIDENCE."""
        return float(1 / (1 + np.exp(-float(np.dot(evidence, np.array(self.acceptance, dtype=np.float32))))))

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Fusion:
        """Read what `save` wrote. Raises FusionFault when it is missing or does not fit this version."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            weights, acceptance = tuple(data["weights"]), tuple(data["acceptance"])
            if len(weights) != len(FEATURES) or len(acceptance) != len(EVIDENCE):
                raise ValueError("the weights do not fit the features")
            return cls(weights, acceptance, data["threshold"], Follow(**data["leaning"]), Follow(**data["passing"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FusionFault(f"检索权重 {path.name} 缺失或损坏，请恢复该文件，或运行 bot train --encoder。") from error


def leading(values: Array, count: int) -> npt.NDArray[np.int64]:
    """The positions of the `count` largest values, best first, equal ones in their order: the beginning of a stable sort."""
    if count >= len(values):
        return np.asarray(np.argsort(-values, kind="stable"), dtype=np.int64)
    # `count` runs have a value of at least `least` each, so that many values have it; few others do.
    starts = np.arange(0, len(values), max(1, len(values) // (8 * count)))
    least = np.partition(np.maximum.reduceat(values, starts), -count)[-count]
    chosen = np.flatnonzero(values >= least)
    return np.asarray(chosen[np.argsort(-values[chosen], kind="stable")][:count], dtype=np.int64)


def features(scores: Scores) -> Array:
    """FEATURES of every passage for one message, shape (passages, len(FEATURES))."""
    dense, question, lexical = scores.dense, scores.question, scores.lexical
    top = max(float(lexical.max()), 1e-6)
    ranked = leading(lexical, _RANKED)
    reciprocal = np.zeros_like(lexical)
    reciprocal[ranked] = 1.0 / (1.0 + np.arange(len(ranked), dtype=np.float32))
    reciprocal[lexical <= 0] = 0.0
    return np.stack([dense, question, lexical / np.float32(top), reciprocal], axis=1)


def softmax(logits: Array) -> Array:
    """Probabilities of the same shape, summing to one."""
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum(), dtype=np.float32)


def evidence(logits: Array, probability: Array, kinds: npt.NDArray[np.int8], scores: Scores, length: int) -> Array:
    """EVIDENCE of one message of `length` characters. kinds: 0 clause, 1 uncovered, 2 far, 3 ask, of shape (passages,)."""
    clause, uncovered, far = kinds == 0, kinds == 1, kinds == 2

    def odds(p: float) -> float:
        return float(np.log((p + 1e-3) / (1 - p + 1e-3)))

    def best(values: Array, rows: npt.NDArray[np.bool_]) -> float:
        return float(values[rows].max()) if rows.any() else 0.0

    near = np.zeros(int(kinds.max()) + 1)
    np.add.at(near, kinds[scores.neighbours], np.exp(8.0 * (scores.similarity - scores.similarity[:1])))
    near /= max(float(near.sum()), 1e-9)
    values = (
        1.0,
        odds(float(probability[clause].sum())),
        odds(float(probability[far].sum())),
        best(probability, clause),
        best(scores.dense, clause),
        scores.known,
        near[0],
        near[1],
        best(logits, clause) - best(logits, uncovered),
        best(logits, clause) - best(logits, far),
        float(scores.similarity[0]) if len(scores.similarity) else 0.0,
        (best(scores.lexical, clause) - best(scores.lexical, uncovered)) / _LEXICAL_SPREAD,
        (best(scores.lexical, clause) - best(scores.lexical, far)) / _LEXICAL_SPREAD,
        min(length, 60) / 20,
        float(scores.lexical.max()) / (length + 5),
    )
    return np.array(values, dtype=np.float32)


def fit_fusion(rows: Sequence[Array], targets: Sequence[npt.NDArray[np.int64]]) -> tuple[float, ...]:
    """Weights that maximise the probability of the right passages.

    rows: per question, features of shape (passages, len(FEATURES)); targets: per question, the indices of the right passages.
    """
    import torch

    torch.manual_seed(0)
    table = torch.from_numpy(np.stack(rows))
    mask = torch.zeros(table.shape[:2])
    for i, target in enumerate(targets):
        mask[i, torch.from_numpy(target)] = 1.0
    weight = torch.nn.Parameter(torch.tensor([8.0, 4.0, 4.0, 0.5]))
    optimiser = torch.optim.LBFGS([weight], max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        logits = table @ weight
        right = torch.logsumexp(logits.masked_fill(mask == 0, -1e9), dim=1)
        loss = (torch.logsumexp(logits, dim=1) - right).mean() + 1e-4 * (weight**2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return tuple(float(value) for value in weight.detach())


def fit_acceptance(rows: Array, inside: npt.NDArray[np.bool_]) -> tuple[float, ...]:
    """Coefficients of the logistic curve, classes weighted equally. rows: shape (questions, len(EVIDENCE))."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, class_weight="balanced", fit_intercept=False, max_iter=2000)
    model.fit(rows, inside)
    return tuple(float(value) for value in model.coef_[0])


def choose_threshold(scores: Array, inside: npt.NDArray[np.bool_], lost: float) -> float:
    """The highest threshold at which at most the share `lost` of in-scope questions falls below it."""
    return float(np.quantile(scores[inside], lost))
