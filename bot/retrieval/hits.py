"""What a search found: accepted and rejected passages, each with its scores and a reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """One passage. `probability` sums to one over all passages; `dense` is a cosine, `lexical` a BM25 score."""

    id: str
    kind: str
    probability: float
    dense: float
    lexical: float
    reason: str = ""


@dataclass(frozen=True)
class Hits:
    """A search as a whole.

    `in_scope` is the calibrated probability that the brochures answer the message; `uncovered` and `far` are the shares of
    near topics and of everything else; `known` is the share of the message's characters pairs that were ever seen.
    """

    accepted: tuple[Hit, ...]
    rejected: tuple[Hit, ...]
    in_scope: float
    uncovered: float
    far: float
    known: float

    @property
    def best(self) -> Hit | None:
        """The first accepted passage."""
        return self.accepted[0] if self.accepted else None

    def by_kind(self, kind: str) -> tuple[Hit, ...]:
        """All passages of a kind, accepted or not, best first."""
        found = [hit for hit in (*self.accepted, *self.rejected) if hit.kind == kind]
        return tuple(sorted(found, key=lambda hit: -hit.probability))
