"""Every figure that the bot can say in its own words stands in the print."""

from __future__ import annotations

import re

FIGURE = re.compile(r"\d+(?:[.,:：/]\d+)*%?")


def figures(text):
    return set(FIGURE.findall(text))


def around(knowledge, id):
    """The text of a clause, of everything below it and of what it stands under."""
    parts = [clause.text for clause in knowledge.below(id)] + [clause.text for clause in knowledge.ancestors(id)]
    return figures("\n".join(parts))


def test_every_figure_of_an_answer_line_stands_whole_in_its_clause(knowledge):
    """Whole: 500 does not stand in 1500."""
    wrong = {id: left for id, line in knowledge.answers.items() if (left := figures(line) - around(knowledge, id))}
    assert not wrong


def test_every_figure_about_a_near_topic_stands_in_the_clauses_it_names(knowledge):
    wrong = {}
    for near in knowledge.uncovered.values():
        printed = set().union(*(around(knowledge, id) for id in near.related)) if near.related else set()
        if left := figures(near.says) - printed:
            wrong[near.id] = left
    assert not wrong


def test_a_near_topic_that_quotes_names_its_clauses(knowledge):
    assert not [near.id for near in knowledge.uncovered.values() if near.says and not near.related]


def test_a_near_topic_that_states_figures_names_the_clauses_they_stand_in(knowledge):
    wrong = {}
    for near in knowledge.uncovered.values():
        printed = set().union(*(figures(knowledge.clauses[id].text) for id in near.related)) if near.related else set()
        if left := figures(near.says) - printed:
            wrong[near.id] = left
    assert not wrong


def test_what_a_correction_says_has_no_figure_that_is_not_in_its_clause(knowledge):
    for clause in knowledge.clauses.values():
        for correction in clause.corrections:
            assert figures(correction.says) <= figures(clause.text)


def test_the_bot_s_own_sentences_state_no_figures_of_policy(knowledge):
    """What stands in replies.yml is small talk; 110 and 12356 are the emergency calls."""
    assert set().union(*(figures(text) for text in knowledge.replies.values())) <= {"110", "12356"}
