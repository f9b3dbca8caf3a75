"""Three-valued evaluation of schemes: each condition met, not met, not stated, or left open by the text."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bot.knowledge.schemes import NOT_APPLICABLE, Condition, Fact, Group, Leaf, Scheme, Value

Facts = Mapping[str, Value]


class State(str, enum.Enum):
    """What is known about a condition."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_STATED = "not_stated"
    OPEN = "open"  # everything is stated, and the text does not decide


class Verdict(str, enum.Enum):
    """The outcome of a check."""

    ELIGIBLE = "符合"
    NOT_ELIGIBLE = "不符合"
    UNSETTLED = "待核实"


_VERDICT = {State.MET: Verdict.ELIGIBLE, State.NOT_MET: Verdict.NOT_ELIGIBLE}
_TURNED = {State.MET: State.NOT_MET, State.NOT_MET: State.MET}


@dataclass(frozen=True)
class Outcome:
    """A condition with its state. `value` is the stated value of a leaf's fact; `missing` the facts it waits for."""

    condition: Condition
    state: State
    parts: tuple[Outcome, ...] = ()
    value: Value | None = None
    missing: tuple[str, ...] = ()

    def leaves(self) -> Iterator[Outcome]:
        """The outcomes of the leaves, in printed order."""
        if isinstance(self.condition, Leaf):
            yield self
        for part in self.parts:
            yield from part.leaves()


@dataclass(frozen=True)
class Assessment:
    """A scheme evaluated for one set of facts on one day. `missing`: facts that can still change the verdict, the most
    decisive first."""

    scheme: Scheme
    verdict: Verdict
    outcome: Outcome
    missing: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether no further fact can change the verdict."""
        return not self.missing

    def failed(self) -> tuple[Outcome, ...]:
        """The smallest outcomes that explain 不符合: failed leaves, or whole `any` groups of which no part is met."""
        return tuple(_reasons(self.outcome, State.NOT_MET))

    def open(self) -> tuple[Outcome, ...]:
        """The leaves that the text leaves open and on which the verdict depends."""
        return tuple(_reasons(self.outcome, State.OPEN))

    def met(self) -> tuple[Outcome, ...]:
        """The leaves that carry 符合."""
        return tuple(_supports(self.outcome))


def complete(stated: Facts, facts: Mapping[str, Fact]) -> dict[str, Value]:
    """The stated facts with what follows from them; what is stated itself is never overruled."""
    result = dict(stated)
    queue = list(stated)
    while queue:
        label = queue.pop()
        implied = facts[label].implies.get(_key(result[label]), {}) if label in facts else {}
        for other, value in implied.items():
            if other not in result:
                result[other] = value
                queue.append(other)
    return result


def assess(scheme: Scheme, stated: Facts, facts: Mapping[str, Fact], day: date) -> Assessment:
    """Evaluate one scheme. `stated` holds parsed values by label; unknown labels are not looked at."""
    known = complete(stated, facts)
    outcome = _evaluate(scheme.conditions, known, facts, day)
    weights: dict[str, float] = {}
    if outcome.state in (State.NOT_STATED, State.OPEN):
        _weigh(outcome, 1.0, weights)
    missing = tuple(sorted(weights, key=lambda label: -weights[label]))  # sorted() is stable: printed order breaks ties
    return Assessment(scheme, _VERDICT.get(outcome.state, Verdict.UNSETTLED), outcome, missing)


def satisfied(condition: Condition, stated: Facts, facts: Mapping[str, Fact], day: date) -> State:
    """The state of a condition that stands alone, such as when a document is needed."""
    return _evaluate(condition, complete(stated, facts), facts, day).state


def _key(value: Value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _evaluate(condition: Condition, known: Facts, facts: Mapping[str, Fact], day: date) -> Outcome:
    if isinstance(condition, Leaf):
        return _leaf(condition, known, facts, day)
    parts = tuple(_evaluate(part, known, facts, day) for part in condition.parts)
    states = [part.state for part in parts]
    if condition.kind == "none":
        return Outcome(condition, _TURNED.get(_any(states), _any(states)), parts)
    return Outcome(condition, _all(states) if condition.kind == "all" else _any(states), parts)


def _all(states: list[State]) -> State:
    for state in (State.NOT_MET, State.NOT_STATED, State.OPEN):
        if state in states:
            return state
    return State.MET


def _any(states: list[State]) -> State:
    for state in (State.MET, State.NOT_STATED, State.OPEN):
        if state in states:
            return state
    return State.NOT_MET


def _leaf(leaf: Leaf, known: Facts, facts: Mapping[str, Fact], day: date) -> Outcome:
    value: Value | None = day
    if leaf.fact is not None:
        value, missing = _value(leaf.fact, known, facts)
        if value is None:
            return Outcome(leaf, State.NOT_STATED, missing=missing)
    if leaf.open_tests and value != NOT_APPLICABLE and _holds(leaf.open_tests, value):
        return Outcome(leaf, State.OPEN, value=value)
    return Outcome(leaf, State.MET if _holds(leaf.tests, value) else State.NOT_MET, value=value)


def _value(label: str, known: Facts, facts: Mapping[str, Fact]) -> tuple[Value | None, tuple[str, ...]]:
    """The value of a fact, or None and the facts to ask for; a share is worked out from its parts."""
    if label in known:
        return known[label], ()
    share = facts[label].share
    if share is None:
        return None, (label,)
    missing = tuple(part for part in share if part not in known)
    if missing:
        return None, missing
    part, whole = (known[name] for name in share)
    if not isinstance(part, Decimal) or not isinstance(whole, Decimal):
        return NOT_APPLICABLE, ()
    return (part * 100 / whole, ()) if whole else (NOT_APPLICABLE, ())


def _holds(tests: tuple[tuple[str, Any], ...], value: Any) -> bool:
    """Whether every test holds. 不适用 fulfils none but `is: 不适用` and `not_one_of`."""
    if value == NOT_APPLICABLE:
        return all((o == "is" and v == value) or (o == "not_one_of" and value not in v) for o, v in tests)
    return all(_OPERATIONS[operator](value, wanted) for operator, wanted in tests)


_OPERATIONS: Mapping[str, Any] = {
    "is": lambda value, wanted: value == wanted,
    "one_of": lambda value, wanted: value in wanted,
    "not_one_of": lambda value, wanted: value not in wanted,
    "at_least": lambda value, wanted: value >= wanted,
    "at_most": lambda value, wanted: value <= wanted,
    "more_than": lambda value, wanted: value > wanted,
    "less_than": lambda value, wanted: value < wanted,
    "from": lambda value, wanted: value >= wanted,
    "until": lambda value, wanted: value <= wanted,
}


def _weigh(outcome: Outcome, weight: float, weights: dict[str, float]) -> None:
    """Add to each missing fact the weight of the undecided conditions that wait for it: a condition that decides alone
    counts 1, one of n ways that are still possible 1/n."""
    if isinstance(outcome.condition, Leaf):
        for label in outcome.missing:
            weights[label] = weights.get(label, 0.0) + weight
        return
    undecided = [part for part in outcome.parts if part.state is State.NOT_STATED]
    ways = len(undecided) if outcome.condition.kind == "any" else 1
    for part in undecided:
        _weigh(part, weight / ways, weights)


def _reasons(outcome: Outcome, state: State, turned: bool = False) -> Iterator[Outcome]:
    wanted = _TURNED.get(state, state) if turned else state
    if outcome.state is not wanted:
        return
    condition = outcome.condition
    if isinstance(condition, Leaf) or (condition.kind == "any" and not turned and state is State.NOT_MET):
        yield outcome
        return
    for part in outcome.parts:
        yield from _reasons(part, state, turned != (condition.kind == "none"))


def _supports(outcome: Outcome) -> Iterator[Outcome]:
    if outcome.state is not State.MET:
        return
    condition = outcome.condition
    if isinstance(condition, Leaf) or (isinstance(condition, Group) and condition.kind == "none"):
        yield outcome
        return
    for part in outcome.parts:
        if part.state is State.MET:
            yield from _supports(part)
            if condition.kind == "any":
                return
