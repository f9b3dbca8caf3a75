"""Terms: every printed date that starts or ends a policy, and their state on the days around it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

DATE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?|(底))?")

# Printed dates that neither start nor end what is granted, and why.
NO_TERM = {
    ("nmmg-27-2", "2025年"): "title of an outline for 2017 to 2025",
    ("nmmg-27-8", "2012年"): "year of a decree",
    ("sybx-2-2-2-1", "2020年"): "year of the enterprise lists used",
    ("sybx-2-2-2-1b", "2020年"): "year of the enterprise lists used",
    ("sybx-2-2-2-1b", "2021年"): "year whose figures a firm hands in",
    ("sybx-2-2-2-1b", "2021年12月"): "month whose head count a firm hands in",
    ("sybx-5-2-0-1", "2022年"): "the year of graduation",
    (
        "sybx-7-1-2",
        "2022年12月31日",
    ): "the time in which insurance ended; the aid itself was cancelled before (sybx-7-1-3)",
}

TERMS = {
    "rate_cut": (None, date(2023, 4, 30)),
    "deferral": (None, date(2022, 12, 31)),
    "retention_training": (date(2022, 1, 1), date(2022, 12, 31)),
    "expansion_subsidy": (date(2022, 1, 1), date(2022, 12, 31)),
    "unemployment_allowance": (date(2021, 1, 1), date(2022, 12, 31)),
    "living_aid": (date(2021, 1, 1), date(2022, 7, 31)),
    "skill_subsidy_employed": (None, date(2022, 12, 31)),
    "skill_subsidy_on_benefit": (None, date(2022, 12, 31)),
    "benefit_to_retirement": (date(2019, 12, 1), None),
    "platform_online": (date(2022, 4, 29), None),
    "lpr_example": (date(2022, 8, 1), date(2022, 8, 31)),
}

STARTS = [(id, start) for id, (start, _) in TERMS.items() if start]
ENDS = [(id, until) for id, (_, until) in TERMS.items() if until]
ONE = timedelta(days=1)


@pytest.fixture()
def term(knowledge):
    return {term.id: term for term in knowledge.terms}.__getitem__


def test_the_terms_are_these(knowledge):
    assert {term.id: (term.start, term.until) for term in knowledge.terms} == TERMS


def written(match):
    """A printed date as far as it goes: 2022年底 is 2022-12-31, 2019年12月 is 2019-12."""
    year, month, day, end = match.groups()
    if end:
        return f"{year}-12-31"
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def borders(term):
    """The days at which a term changes its state, the day after its end included (“起取消”)."""
    return [day.isoformat() for day in (term.start, term.until, term.until and term.until + ONE) if day]


def test_every_printed_date_is_the_border_of_a_term_or_ends_nothing(knowledge):
    left = set()
    for clause in knowledge.clauses.values():
        days = [day for term in knowledge.terms_of(clause.id) for day in borders(term)]
        for match in DATE.finditer(clause.text):
            if (not match[2] and not match[4]) or not any(day.startswith(written(match)) for day in days):
                left.add((clause.id, match[0]))
    assert left == set(NO_TERM)


def test_a_term_quotes_the_print(knowledge):
    for term in knowledge.terms:
        assert term.says in knowledge.clauses[term.clause].printed


def test_the_quoted_words_show_the_date(knowledge):
    """The year of the end (or the start, where there is no end) stands in what is said about it."""
    for term in knowledge.terms:
        assert str((term.until or term.start).year) in term.says


def test_a_term_limits_the_clause_it_is_printed_in(knowledge):
    for term in knowledge.terms:
        assert term in knowledge.terms_of(term.clause)


def test_a_term_limits_everything_below_what_it_covers(knowledge):
    for term in knowledge.terms:
        for covered in term.covers:
            assert all(term in knowledge.terms_of(clause.id) for clause in knowledge.below(covered))


@pytest.mark.parametrize(("id", "start"), STARTS)
def test_the_day_before_the_start_is_too_early(term, id, start):
    assert term(id).state(start - ONE) == "future"


@pytest.mark.parametrize(("id", "start"), STARTS)
def test_the_first_day_belongs_to_the_term(term, id, start):
    assert term(id).state(start) == "current"


@pytest.mark.parametrize(("id", "until"), ENDS)
def test_the_last_day_belongs_to_the_term(term, id, until):
    assert term(id).state(until) == "current"


@pytest.mark.parametrize(("id", "until"), ENDS)
def test_the_day_after_the_end_is_over(term, id, until):
    assert term(id).state(until + ONE) == "over"


@pytest.mark.parametrize("id", [id for id, (_, until) in TERMS.items() if until is None])
def test_a_term_without_an_end_is_never_over(term, id):
    assert term(id).state(date.max) == "current"


def test_what_has_no_printed_term_is_never_over(knowledge):
    assert knowledge.terms_of("jyfw-3-1") == ()
