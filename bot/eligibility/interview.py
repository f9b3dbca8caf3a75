"""A check as a conversation: what was stated, what is asked next, what the person does not know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.knowledge.schemes import Fact, Leaf, Scheme, Value, parse_value

from .rules import Assessment, Outcome, State, assess, complete

SHARED = 3  # undecided schemes that must wait for a fact before a match asks for it
WHO = "*who"  # in place of a fact: who is asking, the first question of a match


@dataclass(frozen=True)
class Interview:
    """A check of one scheme, or a match of all (`scheme` is None).

    `stated` holds values by label; `unknown` the facts answered with 不清楚; `asking` what was asked last; `asked` how many
    questions so far, `left` about how many are to come (None in a match); `audience` and `serves` who is asking, in a match; `paused`: the person stopped and may resume;
    `interrupted`: other questions in a row since the last answer; `last`: the fact answered last, which a correction means.
    """

    scheme: str | None
    stated: Mapping[str, Value] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    asking: str | None = None
    asked: int = 0
    left: int | None = None
    audience: str | None = None
    serves: str | None = None
    paused: bool = False
    interrupted: int = 0
    last: str | None = None

    def with_facts(self, found: Mapping[str, Value]) -> Interview:
        """What was stated now replaces what was stated before."""
        unknown = tuple(label for label in self.unknown if label not in found)
        last = self.asking if self.asking in found else next(iter(found), self.last)
        return replace(self, stated={**self.stated, **found}, unknown=unknown, last=last)

    def to_data(self) -> dict[str, Any]:
        """As JSON, for the conversation's memory."""
        stated = {label: _plain(value) for label, value in self.stated.items()}
        return {**self.__dict__, "stated": stated, "unknown": list(self.unknown)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], facts: Mapping[str, Fact]) -> Interview:
        """What `to_data` gave."""
        stated = {label: parse_value(facts[label], value) for label, value in data["stated"].items() if label in facts}
        return cls(**{**data, "stated": stated, "unknown": tuple(data["unknown"])})


def _plain(value: Value) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def next_fact(assessment: Assessment, unknown: Iterable[str]) -> str | None:
    """The most decisive missing fact that the person may know."""
    skipped = set(unknown)
    return next((label for label in assessment.missing if label not in skipped), None)


def remaining(assessment: Assessment, interview: Interview, facts: Mapping[str, Fact], day: date) -> int:
    """About how many questions are left: what is asked until the verdict where every answer meets its condition."""
    stated = dict(interview.stated)
    count = 0
    while True:
        label = next_fact(assessment, interview.unknown)
        if label is None:
            return count
        count += 1
        stated[label] = _favourable(label, assessment, facts)
        assessment = assess(assessment.scheme, stated, facts, day)


def _favourable(label: str, assessment: Assessment, facts: Mapping[str, Fact]) -> Value:
    """A value of a fact that meets the first undecided condition on it."""
    fact = facts[label]
    for outcome in assessment.outcome.leaves():
        leaf = outcome.condition
        if isinstance(leaf, Leaf) and leaf.fact == label and outcome.state is State.NOT_STATED:
            operator, wanted = leaf.tests[0]
            if operator in ("one_of", "is", "at_least", "at_most", "from", "until"):
                return wanted[0] if operator == "one_of" else wanted  # type: ignore[no-any-return]
            if operator == "more_than":
                return Decimal(wanted) + 1
            if operator == "less_than":
                return max(Decimal(wanted) - 1, fact.least or Decimal(0))
    if fact.type == "yesno":
        return True
    if fact.type == "choice":
        return fact.values[0] if fact.values else ""
    return fact.least or Decimal(0) if fact.type == "number" else date(2022, 7, 1)


def matching(schemes: Iterable[Scheme], interview: Interview, facts: Mapping[str, Fact], day: date) -> list[Assessment]:
    """Every scheme for the one who is asking, evaluated."""
    stated = complete(interview.stated, facts)
    return [
        assess(scheme, stated, facts, day)
        for scheme in schemes
        if scheme.serves == interview.serves and (not interview.audience or interview.audience in scheme.groups)
    ]


def next_of_many(assessments: Iterable[Assessment], unknown: Iterable[str], least: int = SHARED) -> str | None:
    """The missing fact on which most undecided schemes wait; of equals the one that decides more of them alone.

    A fact that one or two schemes wait for is a detail of theirs, to be asked in their own check: None where only such are left.
    """
    skipped = set(unknown)
    weights: dict[str, float] = {}
    waiting: Counter[str] = Counter()
    for assessment in assessments:
        missing = [label for label in assessment.missing if label not in skipped]
        for place, label in enumerate(missing):
            weights[label] = weights.get(label, 0.0) + 1.0 + 0.5 / (place + 1)
            waiting[label] += 1
    shared = [label for label in weights if waiting[label] >= least]
    return max(shared, key=lambda label: weights[label]) if shared else None


def one_step_away(assessment: Assessment, facts: Mapping[str, Fact]) -> tuple[Outcome, ...]:
    """What stands between the person and the scheme where all of it can be had, such as a registration; else empty."""
    failed = assessment.failed()
    if not failed:
        return ()
    for outcome in failed:
        leaf = outcome.condition
        if not isinstance(leaf, Leaf) or leaf.fact is None or facts[leaf.fact].gained_by is None:
            return ()
    return failed


def best_combination(eligible: list[Assessment]) -> tuple[list[Assessment], list[tuple[Assessment, Assessment]]]:
    """The schemes to take where some exclude each other, by the greater printed amount, and the pairs (taken, left)."""
    left: dict[str, Assessment] = {}
    pairs: list[tuple[Assessment, Assessment]] = []
    for one in eligible:
        for other in eligible:
            if one.scheme.id < other.scheme.id and _exclude(one.scheme, other.scheme):
                taken, dropped = (one, other) if _yuan(one.scheme) >= _yuan(other.scheme) else (other, one)
                left[dropped.scheme.id] = dropped
                pairs.append((taken, dropped))
    return [each for each in eligible if each.scheme.id not in left], pairs


def _exclude(one: Scheme, other: Scheme) -> bool:
    return any(exclusion.scheme == other.id for exclusion in one.excludes) or any(
        exclusion.scheme == one.id for exclusion in other.excludes
    )


def _yuan(scheme: Scheme) -> Decimal:
    return max((benefit.yuan for benefit in scheme.benefit if benefit.yuan is not None), default=Decimal(0))
