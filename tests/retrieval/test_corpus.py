"""What is retrieved: every clause but the rows of telephone tables, every near topic, and the far field."""

from __future__ import annotations

import pytest

from bot.knowledge.questions import ASK, Question
from bot.language import to_simplified
from bot.retrieval.corpus import build_passages

ASKED = [
    Question("ＳＹＢ培訓幾天", "jnpx-6-1-1", "繁体", "t"),
    Question("年假几天", "annual_leave", "口语", "t"),
    Question("天气咋样", "far", "口语", "t"),
]


@pytest.fixture(scope="module")
def passages(knowledge):
    return {passage.id: passage for passage in build_passages(knowledge, ASKED)}


def test_every_clause_but_the_rows_of_tables_is_a_passage(knowledge, passages):
    left_out = set(knowledge.clauses) - set(passages)
    rows = {phone.clause for directory in knowledge.directories.values() for phone in directory.phones.values()}
    assert left_out == rows | {incubator.phone.clause for incubator in knowledge.incubators}


def test_every_near_topic_is_a_passage(knowledge, passages):
    assert {id for id, passage in passages.items() if passage.kind == "uncovered"} == set(knowledge.uncovered)


def test_there_is_one_passage_for_everything_else(passages):
    assert [id for id, passage in passages.items() if passage.kind == "far"] == ["far"]


def test_a_question_stands_with_its_passage_in_normal_form(passages):
    assert passages["jnpx-6-1-1"].asked == ("syb培训几天",)


def test_a_passage_opens_with_its_headings(passages):
    assert passages["jnpx-6-1-1"].text.startswith("创业培训培训内容 (一)syb 创业培训面向有创业意愿")


def test_a_lead_line_carries_its_items(passages):
    assert "线上申请" in passages["jyfw-1-2"].text


def test_a_passage_shows_the_corrected_reading(passages):
    assert "有关凭证" in passages["nmmg-12-2-6"].text


def test_every_question_to_ask_back_is_a_passage_without_a_text(knowledge, passages):
    asked_back = {id: passage.text for id, passage in passages.items() if passage.kind == "ask"}
    assert asked_back == {ASK + twins.id: "" for twins in knowledge.twins}


def test_every_passage_with_a_text_has_it_in_simplified_lower_case(passages):
    texts = [passage.text for passage in passages.values() if passage.kind not in ("far", "ask")]
    assert not [text for text in texts if not text or text != to_simplified(text).lower()]


def test_passages_come_in_the_same_order_every_time(knowledge):
    assert build_passages(knowledge, ASKED) == build_passages(knowledge, ASKED)
