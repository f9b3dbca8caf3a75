"""From an utterance in context to a reply: one visible list of steps."""

from . import choices
from .pipeline import STEPS, answer
from .reply import Citation, Context, Paragraph, Reply, Status, Suggestion
from .turn import Kit, Message

__all__ = [
    "STEPS",
    "Citation",
    "Context",
    "Kit",
    "Message",
    "Paragraph",
    "Reply",
    "Status",
    "Suggestion",
    "answer",
    "choices",
]
