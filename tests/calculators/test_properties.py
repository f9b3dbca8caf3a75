"""What holds for every number that can be told."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.calculators import Inputs, Question, Result, calculate, read, recognise
from bot.calculators.display import fen
from bot.language import normalise

FEN = Decimal("0.01")
MONEY = st.decimals("0.01", "10000", places=2)
HOURS = st.decimals("0.5", "700", places=1)
HEADS = st.integers(1, 10_000).map(Decimal)
KINDS = ("weekday", "restday", "holiday")


def result(calculators, id, **values):
    reply = calculate(calculators[id], Inputs(id, values))
    assert isinstance(reply, Result), reply
    return reply


@given(wage=st.decimals("200", "100000", places=2), hours=HOURS, more=HOURS, kind=st.sampled_from(KINDS))
def test_overtime_pay_grows_with_the_hours(calculators, wage, hours, more, kind):
    name = f"{kind}_hours"
    less = result(calculators, "overtime_pay", monthly_wage=wage, **{name: min(hours, more)})
    most = result(calculators, "overtime_pay", monthly_wage=wage, **{name: max(hours, more)})
    assert 0 <= less.amount <= most.amount


@given(wage=st.decimals("200", "100000", places=2), hours=st.lists(HOURS, min_size=3, max_size=3))
def test_the_kinds_of_overtime_add_up_to_the_whole(calculators, wage, hours):
    told = {f"{kind}_hours": value for kind, value in zip(KINDS, hours)}
    whole = result(calculators, "overtime_pay", monthly_wage=wage, **told)
    alone = [result(calculators, "overtime_pay", monthly_wage=wage, **{name: value}) for name, value in told.items()]
    assert [part.amount for part in whole.parts] == [one.amount for one in alone]
    assert abs(sum(one.amount for one in alone) - whole.amount) <= FEN + FEN  # three roundings to half a fen each
    off = sum(part.amount for part in whole.parts) != whole.amount
    assert off == any("四舍五入" in note for note in whole.notes)


@given(hours=HOURS, wage=MONEY, kind=st.sampled_from(KINDS))
def test_money_is_rounded_to_the_fen(calculators, hours, wage, kind):
    amount = result(calculators, "overtime_pay", hourly_wage=wage, **{f"{kind}_hours": hours}).amount
    assert amount == fen(amount)


@given(
    amount=st.decimals("0.01", "3000000", places=2),
    months=st.integers(1, 24).map(Decimal),
    lpr=st.decimals("0.01", "20", places=2),
    kind=st.sampled_from(["firm", None]),
)
def test_the_quarters_add_up_to_what_the_borrower_pays_and_both_parts_to_the_interest(
    calculators, amount, months, lpr, kind
):
    told = {"amount": amount, "months": months, "lpr": lpr, "area": "poor"}
    whole = result(calculators, "loan_interest", **told, **({"kind": kind} if kind else {}))
    own, state, *rows = (part.amount for part in whole.parts)
    assert own == whole.amount and min(own, state, *rows) >= 0
    assert sum(rows) == own
    rate = lpr / 100 + calculators["loan_interest"].figures["rise_poor"].value
    assert own + state == fen(amount * rate * months / 12)


@given(people=HEADS, more=HEADS)
@pytest.mark.parametrize(
    "id",
    [
        "absorption_subsidy",
        "expansion_subsidy",
        "retention_training_subsidy",
        "safety_training_subsidy",
        "jobseeker_subsidy",
        "startup_subsidy",
        "labour_preparation",
        "apprentices",
    ],
)
def test_what_is_paid_by_the_head_is_the_sum_over_the_heads(calculators, id, people, more):
    both = result(calculators, id, people=people + more).amount
    assert both == result(calculators, id, people=people).amount + result(calculators, id, people=more).amount


@given(paid=MONEY)
def test_the_insurance_subsidy_is_never_more_than_its_share(calculators, paid):
    amount = result(calculators, "insurance_subsidy_share", paid=paid).amount
    assert 0 <= amount * 3 <= paid * 2 + 3 * FEN / 2


@given(unit=MONEY, staff=MONEY, size=st.sampled_from(["large", "small", "like_small"]))
def test_the_refund_is_of_both_contributions(calculators, unit, staff, size):
    parts = result(calculators, "job_retention_refund", unit_paid=unit, staff_paid=staff, size=size)
    whole = result(calculators, "job_retention_refund", total_paid=unit + staff, size=size)
    assert parts.amount == whole.amount <= unit + staff


@given(staff=st.integers(1, 100_000).map(Decimal))
def test_the_threshold_of_hires_is_the_least_that_is_enough(calculators, staff):
    figures = calculators["hiring_threshold"].figures
    reply = result(calculators, "hiring_threshold", staff=staff)
    share = figures["share_large" if staff > 100 else "share"].value
    assert (reply.amount - 1) < staff * share <= reply.amount
    other = reply.parts[0].amount if reply.parts else reply.amount

    def enough(hired):
        return hired >= (staff + hired) * figures["share_large" if staff + hired > 100 else "share"].value

    assert enough(other)
    assert not any(enough(Decimal(hired)) for hired in range(max(int(other) - 20, 0), int(other)))


@given(insured=st.integers(1, 5000).map(Decimal))
def test_one_more_layoff_than_the_most_is_too_many(calculators, insured):
    most = result(calculators, "layoff_rate", insured=insured, at_most=True).amount
    assert "不高于" in result(calculators, "layoff_rate", insured=insured, laid_off=most).first_line
    if most < insured:
        assert "，高于" in result(calculators, "layoff_rate", insured=insured, laid_off=most + 1).first_line


@given(years=st.integers(1, 700).map(Decimal), wage=MONEY)
def test_compensation_counts_full_years_only(calculators, years, wage):
    reply = result(calculators, "no_contract_compensation", years=years, monthly_wage=wage)
    if years < 12:
        assert reply.amount is None
    else:
        assert reply.amount == years // 12 * wage
    assert (years % 12 != 0) == any("劳动合同法" in note for note in reply.notes)


@given(counts=st.lists(st.integers(0, 6).map(Decimal), min_size=3, max_size=3).filter(any))
def test_the_skill_subsidy_is_paid_three_times_a_year_at_most(calculators, counts):
    told = dict(zip(("junior", "middle", "senior"), counts))
    amount = result(calculators, "skill_subsidy", **told).amount
    assert 1000 <= amount <= 6000
    each = [amount for amount, count in zip((1000, 1500, 2000), counts) for _ in range(int(count))]
    assert amount == sum(sorted(each)[-3:])


@pytest.mark.parametrize("id", ["overtime_pay", "loan_interest", "contribution", "apprentices", "living_allowance"])
@given(data=st.data())
def test_nothing_negative_comes_out_of_anything(calculators, id, data):
    """Whatever numbers are told, the reply is a question or amounts that are not below zero."""
    calculator = calculators[id]
    told = {}
    for entry in calculator.inputs.values():
        if entry.measure in ("money", "hours", "days", "months", "people", "count", "percent", "times"):
            value = data.draw(st.none() | st.decimals("-1e12", "1e12", places=2))
            if value is not None:
                told[entry.name] = value
    reply = calculate(calculator, Inputs(id, told))
    if isinstance(reply, Result):
        assert all(amount >= 0 for amount in reply.amounts)


PIECES = [
    "加班",
    "工资",
    "月薪6000",
    "时薪20",
    "周日",
    "8小时",
    "-5",
    "0个",
    "合伙",
    "贷款",
    "两个人",
    "20万",
    "利息",
    "lpr3.65",
    "多少",
    "补贴",
    "社保",
    "9000块",
    "学徒",
    "两年",
    "稳岗返还",
    "裁了40个",
    "30人",
    "没签合同",
    "补偿",
    "中级证",
    "2022年2月31日",
    "一次",
    "三点六五",
    "%",
    "，",
    "。",
    "、",
    "零",
    "半",
    "负",
    "万",
    "亿亿亿",
    "每天",
    "一天",
    "俩",
    "国庆",
    "其中",
    "见习",
    "留用",
    "招",
    "毕业生",
    "证书",
    "最晚",
]


@given(text=st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=80))
@example("-")
@example("月薪" + "9" * 400)
@example("学徒" + "八" * 300 + "个多少")
def test_no_message_breaks_the_calculators(calculators, text):
    text = normalise(text)
    recognise(calculators, text)
    for calculator in calculators.values():
        for asked in (None, *calculator.inputs):
            inputs = read(calculator, text, asked)
            if asked is None or len(text) < 12:
                reply = calculate(calculator, inputs)
                assert isinstance(reply, (Result, Question))
                assert reply.says if isinstance(reply, Question) else reply.first_line


@given(text=st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_the_same_message_gives_the_same_reply(calculators, text):
    text = normalise(text)
    for calculator in calculators.values():
        assert calculate(calculator, read(calculator, text)) == calculate(calculator, read(calculator, text))


@given(
    values=st.dictionaries(
        st.text(min_size=1, max_size=5),
        st.decimals(allow_nan=False, allow_infinity=False) | st.booleans() | st.text(max_size=5) | st.dates(),
    ),
    asked=st.none() | st.text(max_size=5),
)
def test_what_was_told_survives_the_tracker(values, asked):
    told = Inputs("overtime_pay", values, asked)
    assert Inputs.from_json(json.loads(json.dumps(told.to_json()))) == told
