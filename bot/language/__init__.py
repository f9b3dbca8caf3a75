"""Chinese as people type it: normalised, redacted, segmented, and read for places, aspects and quantities."""

from .extract import Entity, find_numbers, number
from .normalise import MAX_CHARACTERS, clean, normalise, normalise_word, strip_controls, to_simplified
from .redact import Redactor
from .segment import Segmenter
from .understand import Reader, Understanding

__all__ = [
    "MAX_CHARACTERS",
    "Entity",
    "Reader",
    "Redactor",
    "Segmenter",
    "Understanding",
    "clean",
    "find_numbers",
    "normalise",
    "normalise_word",
    "number",
    "strip_controls",
    "to_simplified",
]
