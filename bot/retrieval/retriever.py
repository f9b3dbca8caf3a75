"""Search: encode, dense and lexical scores, fusion, acceptance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from .encoder import Encoder, Matrix
from .fusion import NEIGHBOURS, Array, Fusion, Scores, evidence, features, softmax
from .hits import Hit, Hits
from .index import Index

KINDS = {"clause": 0, "uncovered": 1, "far": 2, "ask": 3}
_SHOWN = 10  # passages that `Hits` lists; the answer uses at most three
_QUESTIONS = 200  # nearest authored questions looked at


class Retriever:
    """Finds the passages that answer a message. Holds no state between searches."""

    def __init__(self, index: Index, encoder: Encoder, fusion: Fusion) -> None:
        self.index = index
        self.encoder = encoder
        self.fusion = fusion
        self._kinds: npt.NDArray[np.int8] = np.array([KINDS[kind] for kind in index.kinds], dtype=np.int8)
        self._vectors: Matrix = index.dense.reconstruct_n(0, index.dense.ntotal)
        self._row = {id: i for i, id in enumerate(index.ids)}

    def scores(self, text: str) -> Scores:
        """Scores of a normalised text."""
        vector = self.encoder.encode([text])
        count = len(self.index.ids)
        similarity, rows = self.index.dense.search(vector, count)
        dense = np.zeros(count, dtype=np.float32)
        dense[rows[0]] = similarity[0]
        question = np.zeros(count, dtype=np.float32)
        near, asked = self.index.questions.search(vector, min(_QUESTIONS, self.index.questions.ntotal))
        owners = self.index.owners[asked[0]]
        np.maximum.at(question, owners, near[0])
        pairs = [text[i : i + 2] for i in range(len(text) - 1)]
        known = sum(pair in self.index.seen for pair in pairs) / len(pairs) if pairs else 0.0
        lexical = self.index.lexical.scores(text)
        return Scores(dense, question, lexical, known, owners[:NEIGHBOURS], near[0][:NEIGHBOURS])

    def logits(self, scores: Scores) -> Array:
        """Fused scores before the softmax, shape (passages,)."""
        return self.fusion.logits(features(scores))

    def search(
        self,
        text: str,
        joined: str = "",
        weight: float = 0.0,
        bonus: Mapping[str, float] | None = None,
        trusted: bool = False,
    ) -> Hits:
        """The passages for a normalised text.

        joined: the last question and this one, for a message that leans on it, counted with `weight`; bonus: what else
        speaks for or against a passage (the topic of the conversation, who is asking), added to its logit; trusted: a
        follow-up too short to be judged alone, which is in scope where the clauses together outweigh the rest.
        """
        scores = self.scores(text)
        logits = self.logits(scores)
        if joined and weight:
            logits = logits + weight * self.logits(self.scores(joined))
        for id, value in (bonus or {}).items():
            if id in self._row:
                logits[self._row[id]] += value
        probability = softmax(logits)
        in_scope = self.fusion.in_scope(evidence(logits, probability, self._kinds, scores, len(text)))
        order = np.argsort(-probability, kind="stable")
        accepted: list[Hit] = []
        rejected: list[Hit] = []
        inside = float(probability[self._kinds == 0].sum())
        answers = in_scope >= self.fusion.threshold or (trusted and inside > 0.5)
        best = float(probability[self._kinds == 0].max(initial=0.0))
        for i in order[:_SHOWN]:
            share = float(probability[i])
            if self._kinds[i] != 0:
                reason = "册子里没有的内容"
            elif not answers:
                reason = f"总体把握 {in_scope:.2f} 低于 {self.fusion.threshold:.2f}"
            elif share < 0.1 * best:
                reason = "与第一名相差太远"
            else:
                reason = ""
            hit = Hit(
                self.index.ids[i], self.index.kinds[i], share, float(scores.dense[i]), float(scores.lexical[i]), reason
            )
            (rejected if reason else accepted).append(hit)
        return Hits(
            tuple(accepted),
            tuple(rejected),
            in_scope,
            float(probability[self._kinds == 1].sum()),
            float(probability[self._kinds == 2].sum()),
            scores.known,
        )
