"""Retrieval: encoder, vectors (FAISS or pgvector), lexical index, fusion and acceptance."""

from .encoder import Encoder, EncoderError, load_encoder
from .fusion import Fusion, FusionFault
from .hits import Hit, Hits
from .index import Index
from .retriever import Retriever
from .vectors import IndexFault

__all__ = [
    "Encoder",
    "EncoderError",
    "Fusion",
    "FusionFault",
    "Hit",
    "Hits",
    "Index",
    "IndexFault",
    "Retriever",
    "load_encoder",
]
