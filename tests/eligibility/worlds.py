"""What can be true of someone, as far as a scheme tells it apart: values on and around its limits, put together without contradiction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.eligibility import assess, complete
from bot.knowledge.schemes import NOT_APPLICABLE, Fact, Scheme, Value, ValueFault, parse_value

Stated = dict[str, Value]
_MOST_TRIED = 3000  # assignments looked at before a search gives up


@dataclass(frozen=True)
class World:
    """The facts of a scheme with the values that it tells apart. `tried` are further values, such as those of its cases."""

    scheme: Scheme
    facts: Mapping[str, Fact]
    values: Mapping[str, tuple[Value, ...]]

    @classmethod
    def of(cls, scheme: Scheme, facts: Mapping[str, Fact], tried: Mapping[str, set[Value]]) -> World:
        """For every fact that can be asked: the values that its tests name, those beside them, and `tried`."""
        values: dict[str, dict[Value, None]] = {}
        for label in scheme.facts(facts):
            values[label] = dict.fromkeys(_of_itself(facts[label]))
            values[label] |= dict.fromkeys(sorted(tried.get(label, ()), key=str))
        for leaf in scheme.leaves():
            for _, named in (*leaf.tests, *leaf.open_tests) if leaf.fact in values else ():
                for value in named if isinstance(named, tuple) else (named,):
                    values[leaf.fact] |= dict.fromkeys(_beside(facts[leaf.fact], value))
        return cls(scheme, facts, {label: tuple(found) for label, found in values.items()})

    def fits(self, stated: Stated, label: str, value: Value) -> bool:
        """Whether a value contradicts nothing that is stated or follows from it, and nothing follows from it that does."""
        known = complete(stated, self.facts)
        follows = complete({label: value}, self.facts)
        return all(known.get(other, value) == value for other, value in follows.items()) and all(
            known.get(other, implied) == implied
            for other, implied in complete({**stated, label: value}, self.facts).items()
        )

    def open_values(self, stated: Stated, label: str) -> list[Value]:
        """The values of a fact that contradict nothing."""
        return [value for value in self.values[label] if self.fits(stated, label, value)]

    def outcomes(self, stated: Stated, label: str, day: date) -> set[tuple[str, bool]]:
        """Verdict and whether it is settled, for every value of a fact."""
        found = set()
        for value in self.values[label]:
            one = assess(self.scheme, {**stated, label: value}, self.facts, day)
            found.add((one.verdict.value, one.settled))
        return found

    def witness(self, stated: Stated, label: str, day: date) -> Stated | None:
        """What else would have to be true for the verdict to hang on one fact alone; None where nothing was found."""
        budget = [_MOST_TRIED]

        def search(stated: Stated) -> Stated | None:
            budget[0] -= 1
            if budget[0] < 0:
                return None
            settled = {verdict for verdict, done in self.outcomes(stated, label, day) if done}
            if len(settled) > 1:
                return stated
            missing = assess(self.scheme, stated, self.facts, day).missing
            if label not in missing:
                return None
            for other in missing:
                if other != label:
                    for value in self.values[other]:
                        found = search({**stated, other: value})
                        if found is not None:
                            return found
                    return None  # one of its values is true: no other fact needs to be tried at this depth
            return None

        return search(stated)


def _of_itself(fact: Fact) -> Iterator[Value]:
    if fact.type == "yesno":
        yield from (True, False)
    yield from fact.values
    if fact.may_not_apply:
        yield NOT_APPLICABLE
    if fact.type == "number":
        yield fact.least or Decimal(0)


def _beside(fact: Fact, value: Any) -> Iterator[Value]:
    nearby = [value]
    if isinstance(value, Decimal):
        nearby = [value - 1, value, value + 1]
    elif isinstance(value, date):
        nearby = [value - timedelta(1), value, value + timedelta(1)]
    for each in nearby:
        try:
            yield parse_value(fact, each)
        except ValueFault:
            continue
