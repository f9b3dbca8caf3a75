"""Retrieval: encoder, dense index (FAISS), lexical index, fusion and acceptance."""

from .encoder import Encoder, EncoderError, load_encoder
from .fusion import Fusion, FusionFault
from .hits import Hit, Hits
from .index import Index, IndexFault
from .retriever import Retriever

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
