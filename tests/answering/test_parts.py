"""Two questions in one message: where one ends, and that both are answered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import Status
from bot.answering.parts import questions
from bot.language import normalise


def fault(*values, reason):
    return pytest.param(*values, marks=pytest.mark.xfail(strict=True, reason=reason))


TWO = [
    ("失业金怎么领？能领几个月？", ["失业金怎么领?", "能领几个月?"]),
    ("失业登记在哪办，要带什么材料", ["失业登记在哪办", "要带什么材料"]),
    ("创业补贴给多少，还有贷款最多贷多少", ["创业补贴给多少", "还有贷款最多贷多少"]),
    ("扩岗补助给多少，另外吸纳补贴给多少", ["扩岗补助给多少", "另外吸纳补贴给多少"]),
    ("失业金怎么领，能领几个月，要带什么", ["失业金怎么领", "能领几个月", "要带什么"]),
    fault("办失业登记要钱不，多久能办好", ["办失业登记要钱不", "多久能办好"], reason="多久 is no word that asks"),
    fault(
        "失业金怎么领\n失业登记要带什么", ["失业金怎么领", "失业登记要带什么"], reason="the line end is gone by then"
    ),
]
WITH_STORY = [
    ("我今年52了，下岗半年，能认定困难人员吗？要带什么", ["我今年52了,下岗半年,能认定困难人员吗?", "要带什么"]),
    ("我交了两年失业险。被辞退了。能领失业金吗", ["我交了两年失业险。被辞退了。能领失业金吗"]),
    ("我是大学生，想开店，没有钱，能贷款吗", ["我是大学生,想开店,没有钱,能贷款吗"]),
    ("谢谢！再问一下，就业创业证丢了怎么补？", ["谢谢!再问一下,就业创业证丢了怎么补?"]),
]
ONE = ["失业金怎么领", "失业金怎么领？？？", "我想问一下，失业登记要带什么"]
NONE = ["你好", "", "吗？", "？？？", "我下岗了", "在哪办？带啥？"]


@pytest.mark.parametrize(("text", "parts"), TWO)
def test_a_message_is_taken_apart_into_its_questions(text, parts):
    assert [part.rstrip(";") for part in questions(normalise(text))] == parts


@pytest.mark.parametrize(("text", "parts"), WITH_STORY)
def test_the_story_told_before_a_question_belongs_to_it(text, parts):
    assert questions(normalise(text)) == parts


@pytest.mark.parametrize("text", ONE)
def test_one_question_stays_whole(text):
    assert len(questions(normalise(text))) == 1


@pytest.mark.parametrize("text", NONE)
def test_what_asks_nothing_or_is_too_short_is_no_question(text):
    assert questions(normalise(text)) == []


@given(text=st.text(alphabet="失业金怎么领几个月吗多少带啥，。？；! \n", max_size=60))
def test_the_parts_stand_in_the_text_in_their_order(text):
    text = normalise(text)
    at = 0
    for part in questions(text):
        at = text.find(part, at)
        assert at >= 0 and part
        at += len(part)


PAIRS = [
    ("公益性岗位补贴多少钱", "失业登记在哪办"),
    ("扩岗补助给多少", "一次性创业补贴给多少"),
    fault(
        "失业登记要带什么证件",
        "创业担保贷款个人最高多少",
        reason="the second is searched together with the first and finds another clause than alone",
    ),
    fault("失业金怎么领", "就业创业证要带什么材料", reason="the first is not answered"),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_both_questions_are_answered_with_what_each_gets_alone(ask, first, second):
    together = [citation.clause for citation in ask(f"{first}？{second}？").citations]
    for text in (first, second):
        assert ask(text).citations[0].clause in together


@pytest.mark.parametrize(("first", "second"), PAIRS[:2])
def test_the_answers_come_in_the_order_of_the_questions(ask, first, second):
    reply = ask(f"{first}？{second}？")
    assert reply.status is Status.ANSWERED
    assert [p.kind for p in reply.paragraphs if p.kind in ("quote", "source")] == ["quote", "source"] * 2
    cited = [citation.clause for citation in reply.citations]
    assert cited.index(ask(first).citations[0].clause) < cited.index(ask(second).citations[0].clause)


def test_after_two_answers_a_follow_up_leans_on_the_first(ask):
    reply = ask("公益性岗位补贴多少钱？失业登记在哪办？")
    assert reply.context.topic == ask("公益性岗位补贴多少钱").context.topic


@pytest.mark.parametrize("text", ["失业登记要带什么？今天天气怎么样？", "失业登记要带什么？你会什么？"])
def test_a_question_besides_that_is_not_ours_does_not_disturb(ask, text):
    reply = ask(text)
    assert reply.status is Status.ANSWERED
    assert reply.citations[0].clause == "jyfw-3-3"


def test_two_questions_about_one_clause_quote_it_once(ask):
    reply = ask("失业登记要带什么证件？要带什么材料？")
    cited = [citation.clause for citation in reply.citations]
    assert len(set(cited)) == len(cited)
