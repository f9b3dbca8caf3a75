"""Authored questions: every line names a clause, a near topic or `far`; wrong lines are explained."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.knowledge import KnowledgeError
from bot.knowledge.questions import FAR, STYLES, equivalents, load_questions


def test_every_clause_and_near_topic_has_questions(knowledge, questions):
    asked = Counter(question.label for question in questions)
    wanted = set(knowledge.uncovered) | {FAR}
    for id in knowledge.clauses:  # rows of telephone tables and addresses are found by place, not by their words
        if any("phone" not in clause.aspects for clause in knowledge.below(id) if not clause.is_heading):
            wanted.add(id)
    assert not {id for id in wanted if not asked[id]}


def test_no_question_is_blank(questions):
    assert not [question for question in questions if not question.text.strip()]


def test_every_style_is_used(questions):
    assert {question.style for question in questions} == set(STYLES)


@pytest.mark.parametrize(
    ("rows", "key", "found"),
    [
        ("  jyfw-1-33:\n    - 口语: 要带啥\n", "jyfw-1-33", "jyfw-1-33"),
        ("  jyfw-1-3:\n    - 口吻: 要带啥\n", "jyfw-1-3", "口吻"),
        ("  jyfw-1-3:\n    - 口语: 3\n", "jyfw-1-3", "3"),
        ("  jyfw-1-3:\n    - 要带啥\n", "jyfw-1-3", "要带啥"),
    ],
)
def test_a_wrong_question_is_explained(tmp_path, knowledge, rows, key, found):
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions/a.yml").write_text("author: a\nquestions:\n" + rows, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_questions(tmp_path, knowledge)
    (fault,) = caught.value.faults
    assert fault.file.endswith("questions/a.yml")
    assert fault.key == key
    assert found in fault.found


def test_a_label_without_questions_is_explained(tmp_path, knowledge):
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions/a.yml").write_text("author: a\nquestions:\n  jyfw-1-3:\n", encoding="utf-8")
    with pytest.raises(KnowledgeError):
        load_questions(tmp_path, knowledge)


def test_clauses_that_state_the_same_fact_know_each_other(knowledge):
    equal = equivalents(knowledge)
    assert equal
    assert all(id in group and all(id in equal[other] for other in group) for id, group in equal.items())


def test_a_clause_that_stands_alone_has_no_equals(knowledge):
    assert "jyfw-1-3" not in equivalents(knowledge)
