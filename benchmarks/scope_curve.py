"""The curve behind the threshold: share of in-scope questions answered against shares of near and far topics refused.

    .venv/bin/python -m benchmarks.scope_curve [--out docs/images/scope_curve.svg]

Scores every fold with an index trained without its authors (about ten minutes), with the shipped weights and curve.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.assembly import load_segmenter
from bot.knowledge import load_knowledge
from bot.knowledge.questions import load_questions
from bot.retrieval import Fusion
from bot.retrieval.calibration import HeldOut, folds_by_author, held_out_scores
from bot.retrieval.corpus import Passage
from bot.retrieval.fusion import evidence, features, softmax
from bot.retrieval.retriever import KINDS
from bot.retrieval.training import EncoderSettings
from bot.settings import load_settings


def draw(passages: Sequence[Passage], rows: Sequence[HeldOut], fusion: Fusion, out: Path) -> None:
    """Draw the curve as SVG, with the shipped threshold marked."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    kind_of = {passage.id: KINDS[passage.kind] for passage in passages}
    kinds = np.array([KINDS[passage.kind] for passage in passages], dtype=np.int8)
    asked = np.array([kind_of[row.question.label] for row in rows])
    scores = []
    for row in rows:
        logits = fusion.logits(features(row.scores))
        scores.append(fusion.in_scope(evidence(logits, softmax(logits), kinds, row.scores, row.length)))
    sure = np.array(scores)
    steps = np.linspace(0, 1, 201)
    answered = [float((sure[asked == KINDS["clause"]] >= step).mean()) for step in steps]
    figure, axes = pyplot.subplots(figsize=(6, 4))
    for kind, label in (("uncovered", "near topics"), ("far", "far topics")):
        refused = [float((sure[asked == KINDS[kind]] < step).mean()) for step in steps]
        axes.plot(refused, answered, label=label)
        at = float((sure[asked == KINDS[kind]] < fusion.threshold).mean())
        axes.plot([at], [float((sure[asked == KINDS["clause"]] >= fusion.threshold).mean())], "o", color="black")
    axes.set(xlabel="refused out of scope", ylabel="answered in scope", xlim=(0.6, 1.0), ylim=(0.6, 1.01))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path("docs/images/scope_curve.svg"))
    options = parser.parse_args()
    settings = load_settings()
    knowledge = load_knowledge(settings.knowledge)
    questions = load_questions(settings.knowledge, knowledge)
    segmenter = load_segmenter(settings, knowledge)
    passages, rows = held_out_scores(knowledge, questions, folds_by_author(questions), segmenter, EncoderSettings())
    draw(passages, rows, Fusion.load(settings.fusion), options.out)


if __name__ == "__main__":
    main()
