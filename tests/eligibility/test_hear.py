"""What people say about themselves, read as values of facts. The cases are in hear.yml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.eligibility import gather, hear, is_unknown
from bot.knowledge.schemes import NOT_APPLICABLE, parse_value
from bot.language import normalise

from .cases import DAY

ROWS = yaml.safe_load((Path(__file__).parent / "hear.yml").read_text(encoding="utf-8"))


def lines(kind):
    for row in ROWS:
        if kind in row:
            marks = [pytest.mark.xfail(strict=True, reason=row["fault"])] if "fault" in row else []
            yield pytest.param(row[kind], row["text"], row["value"], id=f"{row[kind]}-{row['text']}", marks=marks)


def heard(fact, text):
    """As in a check: what was said in so many words, else the answer to the question."""
    told = gather([fact], text, DAY)
    return told[fact.label] if told else hear(fact, text, DAY)


def expected(fact, value):
    return None if value == "none" else parse_value(fact, value)


@pytest.mark.parametrize(("label", "text", "value"), lines("asked"))
def test_an_answer_is_heard(knowledge, label, text, value):
    fact = knowledge.facts[label]
    assert heard(fact, text) == expected(fact, value)


@pytest.mark.parametrize(("label", "text", "value"), lines("told"))
def test_what_is_said_unasked_is_heard_in_so_many_words_only(knowledge, label, text, value):
    fact = knowledge.facts[label]
    assert gather([fact], text, DAY).get(label) == expected(fact, value)


def test_there_are_enough_lines_and_none_twice():
    keys = [(row.get("asked"), row.get("told"), row["text"]) for row in ROWS]
    assert len(keys) >= 150
    assert len(set(keys)) == len(keys)
    assert all(set(row) <= {"asked", "told", "text", "value", "fault"} for row in ROWS)


@pytest.mark.parametrize(
    "text",
    [
        "不清楚",
        "不知道",
        "不晓得",
        "记不清了",
        "忘了",
        "说不好",
        "拿不准",
        "不太清楚",
    ],
)
def test_not_knowing_is_recognised(text):
    assert is_unknown(normalise(text))


@pytest.mark.parametrize("text", ["清楚", "没有", "知道", "不是", "四十", "办了"])
def test_an_answer_is_not_taken_for_not_knowing(text):
    assert not is_unknown(text)


# --- whatever is said ---

SAID = st.text(
    alphabet="零一二两三半几多来快不没有是年月日岁个人次万千块元今去前届到0123456789.，。 -%办交签欠女男", max_size=20
)


@given(text=SAID)
def test_what_is_heard_fits_the_fact(knowledge, text):
    for fact in knowledge.facts.values():
        value = heard(fact, text)
        assert value is None or parse_value(fact, value) == value


@given(value=st.integers(0, 120))
def test_an_age_in_figures_is_heard(knowledge, value):
    assert heard(knowledge.facts["年龄"], f"{value}岁") == value


@given(years=st.integers(1, 30), months=st.integers(1, 11))
def test_years_and_months_are_heard_as_months(knowledge, years, months):
    fact = knowledge.facts["失业保险缴费月数"]
    for text in (f"{years}年零{months}个月", f"{years}年{months}个月", f"交了{years}年{months}个月了"):
        assert heard(fact, text) == years * 12 + months


@given(value=st.decimals(0, 9999, places=1))
def test_an_amount_in_ten_thousands_is_heard(knowledge, value):
    assert heard(knowledge.facts["申请创业担保贷款金额万元"], f"{value}万") == value


def test_every_value_of_a_choice_is_heard_as_itself(knowledge):
    """What a button shows can also be typed."""
    for fact in knowledge.facts.values():
        for value in fact.values:
            assert heard(fact, value) == value, (fact.label, value)


def test_every_word_of_a_value_is_heard_as_that_value(knowledge):
    wrong = []
    for fact in knowledge.facts.values():
        for value, words in fact.words.items():
            meant = {"是": True, "否": False}.get(value, value) if fact.type == "yesno" else value
            wrong += [(fact.label, word, heard(fact, word)) for word in words if heard(fact, word) != meant]
    assert not wrong


def test_what_does_not_apply_can_be_said_wherever_it_can_be_stated(knowledge):
    for fact in knowledge.facts.values():
        if fact.may_not_apply:
            assert heard(fact, NOT_APPLICABLE) == NOT_APPLICABLE


def test_a_derived_fact_is_never_heard_unasked(knowledge):
    shares = [fact for fact in knowledge.facts.values() if fact.share]
    assert shares
    assert not gather(shares, "占比20%，裁员率3%，留用率60%", DAY)
