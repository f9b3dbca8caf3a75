"""Who may have what: schemes evaluated for the facts a person or a firm has stated, and what to ask next."""

from .hear import gather, hear, is_unknown
from .interview import Interview, best_combination, matching, next_fact, next_of_many, one_step_away, remaining
from .rules import Assessment, Outcome, State, Verdict, assess, complete, satisfied

__all__ = [
    "Assessment",
    "Interview",
    "Outcome",
    "State",
    "Verdict",
    "assess",
    "best_combination",
    "complete",
    "gather",
    "hear",
    "is_unknown",
    "matching",
    "next_fact",
    "next_of_many",
    "one_step_away",
    "remaining",
    "satisfied",
]
