"""Lexical scores of a query against every passage: BM25 over words and character runs of the passages and their questions."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import numpy as np
import numpy.typing as npt

from bot.language import Segmenter

from .units import units

Scores = npt.NDArray[np.float32]


class LexicalIndex:
    """BM25 (k1 1.2, b 0.5: questions of a passage are many and short, so length counts little)."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._index = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
        self._vocabulary: dict[str, int] = {}

    def build(self, texts: Sequence[str]) -> None:
        """Index the texts of the passages, in the order of the passages."""
        corpus = [units(text, self._segmenter) for text in texts]
        self._index.index(corpus, show_progress=False)
        self._vocabulary = self._index.vocab_dict

    @property
    def size(self) -> int:
        """The number of passages."""
        return int(self._index.scores["num_docs"])

    def scores(self, text: str) -> Scores:
        """Shape (number of passages,), float32, zero where nothing is shared."""
        tokens = [unit for unit in dict.fromkeys(units(text, self._segmenter)) if unit in self._vocabulary]
        if not tokens:
            return np.zeros(self._index.scores["num_docs"], dtype=np.float32)
        return np.asarray(self._index.get_scores(tokens), dtype=np.float32)

    def save(self, folder: str) -> None:
        """Write the index to a folder (numpy arrays and JSON, no pickle)."""
        self._index.save(folder)

    @classmethod
    def load(cls, folder: str, segmenter: Segmenter) -> LexicalIndex:
        """Read an index that `save` wrote."""
        lexical = cls(segmenter)
        lexical._index = bm25s.BM25.load(folder, mmap=False)
        lexical._vocabulary = lexical._index.vocab_dict
        return lexical
