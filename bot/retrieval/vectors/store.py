"""What a store of vectors does for a search, whichever engine is behind it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


class IndexFault(Exception):
    """The index cannot be used; the message says why, in Chinese."""


class VectorStore(Protocol):
    """Unit vectors, numbered from 0 in the order they were given in; never changed once built."""

    @property
    def size(self) -> int:
        """The number of vectors."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    def search(self, vectors: Matrix, k: int) -> tuple[Matrix, Rows]:
        """The cosines and the numbers of the nearest for each row of `vectors`, both of shape (rows, min(k, size)).

        Best first, equal ones by number; the same question gives the same bytes. Raises IndexFault when the engine does not
        answer or the vectors have another dimension.
        """
        ...


def check_dimension(store: VectorStore, vectors: Matrix) -> None:
    """Raise IndexFault when `vectors` do not fit what is stored."""
    if vectors.shape[1] != store.dimension:
        raise IndexFault(f"检索索引是 {store.dimension} 维的，句向量是 {vectors.shape[1]} 维的，请运行 make train。")


def in_order(scores: Matrix, rows: Rows) -> tuple[Matrix, Rows]:
    """Both arrays with each row best first, equal scores by number."""
    order = np.lexsort((rows, -scores), axis=1)
    return np.take_along_axis(scores, order, axis=1), np.take_along_axis(rows, order, axis=1)
