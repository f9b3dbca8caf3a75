"""Search: encode, dense and lexical scores, fusion, acceptance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from .encoder import Encoder
from .fusion import NEIGHBOURS, Array, Fusion, Scores, evidence, features, leading, softmax
from .hits import Hit, Hits
from .index import Index
from .vectors import inner_products

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
        self._row = {id: i for i, id in enumerate(index.ids)}

    def scores(self, text: str) -> Scores:
        """Scores of a normalised text."""
        return self._scores([text])[0]

    def _scores(self, texts: Sequence[str]) -> list[Scores]:
        """Scores of each text, with one question to the store for all."""
        vectors = self.encoder.encode(texts)
        similarity, asked = self.index.questions.search(vectors, _QUESTIONS)
        owners = self.index.owners[asked]
        result = []
        for text, vector, near, found in zip(texts, vectors, similarity, owners):
            question = np.zeros(len(self.index.ids), dtype=np.float32)
            np.maximum.at(question, found, near)
            pairs = [text[i : i + 2] for i in range(len(text) - 1)]
            known = sum(pair in self.index.seen for pair in pairs) / len(pairs) if pairs else 0.0
            dense = inner_products(self.index.vectors, vector)
            lexical = self.index.lexical.scores(text)
            result.append(Scores(dense, question, lexical, known, found[:NEIGHBOURS], near[:NEIGHBOURS]))
        return result

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
        scores, *before = self._scores([text, joined] if joined and weight else [text])
        logits = self.logits(scores)
        for other in before:
            logits = logits + weight * self.logits(other)
        for id, value in (bonus or {}).items():
            if id in self._row:
                logits[self._row[id]] += value
        probability = softmax(logits)
        in_scope = self.fusion.in_scope(evidence(logits, probability, self._kinds, scores, len(text)))
        accepted: list[Hit] = []
        rejected: list[Hit] = []
        inside = float(probability[self._kinds == 0].sum())
        answers = in_scope >= self.fusion.threshold or (trusted and inside > 0.5)
        best = float(probability[self._kinds == 0].max(initial=0.0))
        for i in leading(probability, _SHOWN):
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
