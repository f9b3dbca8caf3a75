"""The vectors of the authored questions and their nearest neighbours: in this process (FAISS) or in PostgreSQL (pgvector)."""

from .faiss_store import FaissStore, inner_products
from .store import IndexFault, Matrix, Rows, VectorStore

__all__ = ["FaissStore", "IndexFault", "Matrix", "Rows", "VectorStore", "inner_products"]
