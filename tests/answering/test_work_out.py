"""Sums in a conversation: worked out with the clause, asked for what is missing, the term said first, questions left alone."""

from __future__ import annotations

from datetime import date

from bot.answering import Context, Status


def text_of(reply):
    return "\n".join(paragraph.text for paragraph in reply.paragraphs)


def test_a_sum_comes_with_its_formula_clause_and_phone(ask):
    reply = ask("月工资4350，周日加班8小时没给补休，加班费多少")
    assert reply.status is Status.CALCULATED
    assert "400元" in text_of(reply) and "200%" in text_of(reply) and "21.75" in text_of(reply)
    assert {"nmmg-18-0-2"} <= {citation.clause for citation in reply.citations} and reply.contacts


def test_a_missing_number_is_asked_for_and_a_bare_one_answers(ask):
    first = ask("周日加班8小时没给补休，加班费给多少钱")
    assert first.status is Status.CALCULATION_ASKING
    second = ask("4350", context=first.context)
    assert second.status is Status.CALCULATED and "400元" in text_of(second)


def test_an_absurd_number_gets_a_question(ask):
    assert ask("时薪-20元，周末加班8小时加班费多少").status is Status.CALCULATION_ASKING


def test_a_term_that_is_over_is_said_first(ask):
    reply = ask("公司招了3个应届大学生，扩岗补助一共给多少钱", day=date(2026, 11, 23))
    assert reply.status is Status.CALCULATED and "4500元" in text_of(reply)
    assert reply.paragraphs[0].kind == "notice" and "已经过期" in reply.paragraphs[0].text


def test_a_question_without_numbers_goes_to_the_clauses(ask):
    assert ask("加班费怎么算").status is not Status.CALCULATED


def test_another_question_in_between_is_answered(ask):
    first = ask("周日加班8小时没给补休，加班费给多少钱")
    second = ask("失业登记要带什么证件", context=first.context)
    assert second.status is Status.ANSWERED and second.context != Context()
