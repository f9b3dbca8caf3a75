"""Lexical scores of a query against every passage: BM25 over words and character runs of the passages and their questions."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

# scipy's own loop behind a sparse matrix times a vector: it adds one column to a result without a copy of it. What scipy makes
# public copies the columns first and takes twice the time, numpy four times. A test compares with bm25s.
from scipy.sparse._sparsetools import csc_matvec

from bot.language import Segmenter

from .units import units

Scores = npt.NDArray[np.float32]
_ONCE = np.ones(1, dtype=np.float32)


class LexicalIndex:
    """BM25 (k1 1.2, b 0.5: questions of a passage are many and short, so length counts little).

    bm25s works out what each unit adds to the score of each passage. A search adds up these columns here: in bm25s that
    costs ten times as much, and importing it brings jax along.
    """

    def __init__(
        self,
        segmenter: Segmenter,
        size: int,
        vocabulary: Sequence[str],
        ends: npt.NDArray[np.int32],
        passages: npt.NDArray[np.int32],
        weights: Scores,
    ) -> None:
        """size: the number of passages; ends: shape (units + 1,), where the column of a unit ends, 0 first; passages and
        weights: the columns, one after the other."""
        if len(ends) != len(vocabulary) + 1 or not int(ends[-1]) == len(passages) == len(weights):
            raise ValueError(f"{len(vocabulary)} units, {len(ends)} ends, {len(passages)} and {len(weights)} entries")
        self.size = size
        self._segmenter = segmenter
        self._row = {unit: i for i, unit in enumerate(vocabulary)}
        self._ends, self._passages, self._weights = ends, passages, weights

    @classmethod
    def build(cls, texts: Sequence[str], segmenter: Segmenter) -> LexicalIndex:
        """Index the texts of the passages, in the order of the passages."""
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)

        corpus = [units(text, segmenter) for text in texts]
        vocabulary = sorted(
            {unit for row in corpus for unit in row}
        )  # in an order of our own: theirs differs by process
        row_of = {unit: i for i, unit in enumerate(vocabulary)}
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
        index.index(([[row_of[unit] for unit in row] for row in corpus], row_of), show_progress=False)
        columns = index.scores
        ends = columns["indptr"][: len(vocabulary) + 1].astype(np.int32)
        return cls(segmenter, len(texts), vocabulary, ends, columns["indices"], columns["data"])

    def scores(self, text: str) -> Scores:
        """Shape (number of passages,), float32, zero where nothing is shared."""
        rows = [self._row[unit] for unit in dict.fromkeys(units(text, self._segmenter)) if unit in self._row]
        result = np.zeros(self.size, dtype=np.float32)
        for row in rows:
            csc_matvec(self.size, 1, self._ends[row : row + 2], self._passages, self._weights, _ONCE, result)
        return result

    def save(self, folder: Path) -> None:
        """Write the index to a folder (numpy arrays and JSON, no pickle)."""
        folder.mkdir()
        about = {"size": self.size, "units": list(self._row)}
        (folder / "units.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        for name, array in (("ends", self._ends), ("passages", self._passages), ("weights", self._weights)):
            np.save(folder / f"{name}.npy", array)

    @classmethod
    def load(cls, folder: Path, segmenter: Segmenter) -> LexicalIndex:
        """Read an index that `save` wrote. Raises OSError, ValueError, EOFError or KeyError when it is damaged."""
        about = json.loads((folder / "units.json").read_text(encoding="utf-8"))
        ends, passages, weights = (np.load(folder / f"{name}.npy") for name in ("ends", "passages", "weights"))
        return cls(segmenter, about["size"], about["units"], ends, passages, weights)
