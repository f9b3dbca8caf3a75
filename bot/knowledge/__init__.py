"""What the bot knows: loaded from the knowledge folder, validated as a whole, frozen."""

from .fault import Fault, KnowledgeError
from .load import knowledge_version, load_knowledge
from .model import (
    ASPECTS,
    Brochure,
    Choice,
    Clause,
    Correction,
    Directory,
    Hotline,
    Incubator,
    Knowledge,
    Phone,
    Place,
    Term,
    Topic,
    Twins,
    Uncovered,
)

__all__ = [
    "ASPECTS",
    "Brochure",
    "Choice",
    "Clause",
    "Correction",
    "Directory",
    "Fault",
    "Hotline",
    "Incubator",
    "Knowledge",
    "KnowledgeError",
    "Phone",
    "Place",
    "Term",
    "Topic",
    "Twins",
    "Uncovered",
    "knowledge_version",
    "load_knowledge",
]
