"""Replies that several tests look at: to a sample of the authored questions, and to every choice that can be tapped."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

import pytest

from bot.answering import Reply

DAYS = (date(2021, 6, 1), date(2022, 10, 15), date(2023, 4, 30), date(2026, 11, 23))
SAMPLE = 310


@dataclass(frozen=True)
class Answered:
    """A reply, and to what and on which day it was given."""

    asked: str
    day: date
    reply: Reply


@pytest.fixture(scope="session")
def answered(ask, questions, knowledge):
    """Replies to a fixed sample of questions, each on one of the days; what a term limits, in and behind it."""
    found = []
    for i, question in enumerate(random.Random(20220930).sample(questions, SAMPLE)):
        first = Answered(question.text, DAYS[i % 4], ask(question.text, day=DAYS[i % 4]))
        found.append(first)
        if any(knowledge.terms_of(citation.clause) for citation in first.reply.citations):
            found += [
                Answered(question.text, day, ask(question.text, day=day))
                for day in (DAYS[1], DAYS[3])
                if day != first.day
            ]
    return found


@pytest.fixture(scope="session")
def tapped(ask, knowledge):
    """Replies to every clause, topic and business line tapped, on a day in the terms and on one behind them all."""
    choices = [f"clause:{clause.id}" for clause in knowledge.clauses.values() if not clause.is_heading]
    choices += [f"topic:{id}" for id in knowledge.topics] + [f"directory:{id}" for id in knowledge.directories]
    return [Answered(choice, day, ask(choice=choice, day=day)) for choice in choices for day in (DAYS[1], DAYS[3])]
