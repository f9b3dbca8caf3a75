"""Every scheme against its written cases (tests/schemes/<id>.yml), and the cases against every condition of the scheme.

A condition has a case that meets it, one that fails it, one where it is not stated, one that the text leaves open where it
does, one at each number and on each side of it, and one the day before, of and after each date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import yaml

from bot.eligibility import State, assess
from bot.knowledge.schemes import NOT_APPLICABLE, Condition, Fact, Leaf, Scheme

from .cases import DAY, FILES, Case, read_cases

by_file = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
NEVER = (("is", "never"),)  # a test that no value passes

# From the number to the side on which a test turns: there the nearest case stands within one unit.
TURNS = {"at_least": (-1,), "less_than": (-1,), "at_most": (1,), "more_than": (1,), "is": (-1, 1)}


@pytest.fixture(scope="module")
def cases(knowledge):
    """The cases of every scheme by its id."""
    return {path.stem: read_cases(path, knowledge.facts) for path in FILES}


def test_every_scheme_has_a_file_of_cases_and_every_file_a_scheme(knowledge):
    assert {path.stem for path in FILES} == set(knowledge.schemes)


@by_file
def test_every_case_gets_its_verdict(knowledge, cases, path):
    scheme = knowledge.schemes[path.stem]
    wrong = []
    for case in cases[path.stem]:
        one = assess(scheme, case.stated, knowledge.facts, case.day)
        if one.verdict.value != case.verdict:
            wrong.append(f"{case.name}: {one.verdict.value}, should be {case.verdict}; missing {one.missing}")
    assert not wrong, "\n".join(wrong)


@by_file
def test_every_case_is_named_once_and_states_nothing_else(cases, path):
    names = [case.name for case in cases[path.stem]]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert all(set(row) <= {"name", "facts", "as_of", "verdict"} for row in rows)


@by_file
def test_every_verdict_is_reached(cases, path):
    assert {case.verdict for case in cases[path.stem]} == {"符合", "不符合", "待核实"}


def uncovered(scheme: Scheme, cases: list[Case], facts: Mapping[str, Fact]) -> Iterator[str]:
    """What no case tries: one line for each condition and what is wanting."""
    states: dict[int, set[State]] = defaultdict(set)
    values: dict[int, set] = defaultdict(set)
    for case in cases:
        for i, outcome in enumerate(assess(scheme, case.stated, facts, case.day).outcome.leaves()):
            states[i].add(outcome.state)
            values[i].add(outcome.value)
    for i, leaf in enumerate(scheme.leaves()):
        named = f"condition {i} ({leaf.fact or 'the day'}: {leaf.says})"
        wanted = {State.MET, State.NOT_MET}
        wanted |= {State.NOT_STATED} if leaf.fact else set()
        wanted |= {State.OPEN} if leaf.open_tests else set()
        for state in sorted(wanted - states[i]):
            yield f"{named}: no case where it is {state.value}"
        for operator, limit in (*leaf.tests, *leaf.open_tests):
            if isinstance(limit, Decimal):
                numbers = {value for value in values[i] if isinstance(value, Decimal)}
                for wanting in around(limit, numbers, TURNS[operator], facts[leaf.fact or ""]):
                    yield f"{named}, {operator} {limit}: no case {wanting}"
            elif isinstance(limit, date):
                for days, wanting in ((-1, "the day before"), (0, "on the day"), (1, "the day after")):
                    if limit + timedelta(days) not in values[i]:
                        yield f"{named}, {operator} {limit}: no case {wanting}"


def around(limit: Decimal, numbers: set[Decimal], turns: tuple[int, ...], fact: Fact) -> Iterator[str]:
    """Where no number stands: at the limit, below it, above it (within one unit where the test turns)."""
    if limit not in numbers:
        yield "at the number"
    for side, says in ((-1, "below"), (1, "above")):
        bound = fact.least if side < 0 else fact.most
        if bound is not None and bound == limit:
            continue  # nothing can be stated there
        beyond = [abs(number - limit) for number in numbers if (number - limit) * side > 0]
        if not beyond:
            yield says
        elif side in turns and min(beyond) > 1:
            yield f"just {says}"


@by_file
def test_every_condition_is_tried_on_all_sides(knowledge, cases, path):
    gaps = list(uncovered(knowledge.schemes[path.stem], cases[path.stem], knowledge.facts))
    assert not gaps, "\n".join(gaps)


def with_leaf(condition: Condition, old: Leaf, new: Leaf) -> Condition:
    """A condition with one leaf, found by identity, in place of another."""
    if isinstance(condition, Leaf):
        return new if condition is old else condition
    return replace(condition, parts=tuple(with_leaf(part, old, new) for part in condition.parts))


@by_file
def test_every_condition_decides_a_case(knowledge, cases, path):
    """A condition that could as well never be met, without any case noticing, is not tested."""
    scheme = knowledge.schemes[path.stem]
    unnoticed = []
    for leaf in scheme.leaves():
        broken = replace(leaf, tests=NEVER, open_tests=())
        without = replace(scheme, conditions=with_leaf(scheme.conditions, leaf, broken))
        if all(
            assess(without, case.stated, knowledge.facts, case.day).verdict.value == case.verdict
            for case in cases[path.stem]
        ):
            unnoticed.append(f"{leaf.fact}: {leaf.says}")
    assert not unnoticed


@by_file
def test_a_derived_fact_is_also_stated_by_its_parts(knowledge, cases, path):
    """What people know is the parts: 3 of 20, not 15 %."""
    for leaf in knowledge.schemes[path.stem].leaves():
        share = knowledge.facts[leaf.fact].share if leaf.fact else None
        assert not share or any(set(share) <= set(case.stated) for case in cases[path.stem])


# The check of the cases is itself checked: what is taken away is missed.
TAKEN = [
    ("unemployment_benefit", "失业保险缴费月数", lambda value: value == 12, "at_least 12: no case at the number"),
    ("unemployment_benefit", "失业保险缴费月数", lambda value: value < 12, "at_least 12: no case below"),
    ("personal_loan", "已获创业担保贷款次数", lambda value: value == 2, "less_than 3: no case just below"),
    ("unemployment_benefit", "失业保险缴费月数", lambda value: value > 12, "at_least 12: no case above"),
    ("unemployment_benefit", "失业保险缴费月数", lambda value: value < 12, "no case where it is not_met"),
    ("expansion_subsidy", "招用日期", lambda value: value.year == 2021, "from 2022-01-01: no case the day before"),
    ("expansion_subsidy", "招用日期", lambda value: value.day == 31, "until 2022-12-31: no case on the day"),
    ("expansion_subsidy", "招用日期", lambda value: value.year == 2023, "until 2022-12-31: no case the day after"),
    ("internship_person", "离校月数", lambda value: value == 24, "no case where it is open"),
]


@pytest.mark.parametrize(("id", "label", "taken", "says"), TAKEN)
def test_a_case_that_is_taken_away_is_missed(knowledge, cases, id, label, taken, says):
    def hit(case):
        value = case.stated.get(label)
        return value not in (None, NOT_APPLICABLE) and taken(value)

    left = [case for case in cases[id] if not hit(case)]
    assert len(left) < len(cases[id])
    assert any(says in gap for gap in uncovered(knowledge.schemes[id], left, knowledge.facts))


def test_a_case_in_which_nothing_is_left_out_does_not_stand_for_one_that_is_not_stated(knowledge, cases):
    scheme = knowledge.schemes["unemployment_registration"]
    labels = set(scheme.facts(knowledge.facts))
    left = [case for case in cases[scheme.id] if labels <= set(case.stated)]
    gaps = [gap for gap in uncovered(scheme, left, knowledge.facts) if "not_stated" in gap]
    assert len(gaps) == sum(leaf.fact is not None for leaf in scheme.leaves())


def test_the_default_day_is_within_most_terms(knowledge):
    days = [leaf for scheme in knowledge.schemes.values() for leaf in scheme.leaves() if leaf.fact is None]
    held = [all(day <= DAY if operator == "from" else day >= DAY for operator, day in leaf.tests) for leaf in days]
    assert sum(held) > len(held) / 2
