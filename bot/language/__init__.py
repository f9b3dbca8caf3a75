"""Chinese as people type it: normalised, redacted, segmented, and read for places, aspects and quantities."""

from .extract import Entity
from .normalise import MAX_CHARACTERS, clean, normalise, strip_controls, to_simplified
from .redact import redact
from .segment import Segmenter
from .understand import Reader, Understanding

__all__ = [
    "MAX_CHARACTERS",
    "Entity",
    "Reader",
    "Segmenter",
    "Understanding",
    "clean",
    "normalise",
    "redact",
    "strip_controls",
    "to_simplified",
]
