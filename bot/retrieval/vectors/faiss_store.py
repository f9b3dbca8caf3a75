"""Vectors in this process, with FAISS: all of them compared, or first by short codes and then the best of those exactly."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np

from .store import Matrix, Rows, check_dimension, in_order

# Figures: docs/performance.md, index by size; one core, 200 nearest.
_COMPARED = 10_000  # up to here all vectors are compared: 0.2 ms
_LISTED = 300_000  # from here on only the nearest lists are read; below, going through all codes costs less than 1 ms
_RESCORED = 4  # times k: so many of the best by code are compared exactly; 2 loses one in a hundred of the 200 nearest
_PROBED = 32  # lists that are read
_LEARNED = 100_000  # vectors that lists and codes are learned from; more take minutes and change little


def inner_products(table: Matrix, vector: Matrix) -> Matrix:
    """The product of every row of a contiguous table (n, d) with a vector (d,), shape (n,), on one core.

    Unlike numpy's, which wakes the threads of its BLAS even for a table as small as ours.
    """
    if vector.shape != table.shape[1:]:
        raise ValueError(f"a vector of shape {vector.shape} for a table of shape {table.shape}")
    result = np.empty(len(table), dtype=np.float32)
    given = np.ascontiguousarray(vector, dtype=np.float32)
    faiss.fvec_inner_products_ny(
        faiss.swig_ptr(result), faiss.swig_ptr(given), faiss.swig_ptr(table), table.shape[1], len(table)
    )
    return result


def description(size: int, dimension: int) -> str:
    """FAISS's own name of the index that is built for so many vectors: codes have four bits for two dimensions."""
    if size <= _COMPARED or dimension % 2:
        return "Flat"
    codes = f"PQ{dimension // 2}x4fs,RFlat"
    return codes if size <= _LISTED else f"IVF{int(2 * np.sqrt(size))},{codes}"


class FaissStore:
    """See VectorStore."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index
        self._exact = index
        if isinstance(index, faiss.IndexRefine):
            index.k_factor = _RESCORED
            self._exact = faiss.downcast_index(index.refine_index)

    @classmethod
    def build(cls, vectors: Matrix) -> FaissStore:
        """Index the rows of `vectors`, shape (size, dimension). The same vectors give the same index."""
        index = faiss.index_factory(vectors.shape[1], description(*vectors.shape), faiss.METRIC_INNER_PRODUCT)
        if len(vectors):
            index.train(vectors[:: max(1, len(vectors) // _LEARNED)])
            index.add(vectors)
        if isinstance(index, faiss.IndexRefine) and isinstance(faiss.downcast_index(index.base_index), faiss.IndexIVF):
            faiss.downcast_index(index.base_index).nprobe = _PROBED
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> FaissStore:
        """Read what `save` wrote. Raises RuntimeError when it is missing or damaged."""
        # A message searches for itself alone: threads cost more than they bring, and a process that has started some cannot
        # be forked into workers.
        faiss.omp_set_num_threads(1)
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write to a file."""
        faiss.write_index(self._index, str(path))

    @property
    def size(self) -> int:
        """See VectorStore."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """See VectorStore."""
        return int(self._index.d)

    def vectors(self) -> Matrix:
        """All vectors as they were given, shape (size, dimension)."""
        return np.asarray(self._exact.reconstruct_n(0, self.size), dtype=np.float32)

    def search(self, vectors: Matrix, k: int) -> tuple[Matrix, Rows]:
        """See VectorStore."""
        check_dimension(self, vectors)
        nearest = min(k, self.size)
        if not nearest:
            return np.zeros((len(vectors), 0), np.float32), np.zeros((len(vectors), 0), np.int64)
        # A text without a known unit is equally far from everything: codes would choose among equals by chance.
        coded = nearest * _RESCORED <= self.size and bool(vectors.any(axis=1).all())
        return in_order(*(self._index if coded else self._exact).search(vectors, nearest))
