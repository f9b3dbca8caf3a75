"""Calculators as forms: what they ask, what they hold, what they make of what is filled in. The table is forms.yml."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.calculators import FormFault, Inputs, Question, Result, calculate, describe, fields, fill, opening

HERE = Path(__file__).parent
FILLED = yaml.safe_load((HERE / "forms.yml").read_text(encoding="utf-8"))
SAID = [case for case in yaml.safe_load((HERE / "cases.yml").read_text(encoding="utf-8")) if "amount" in case]
HAN = re.compile(r"[一-鿿]")
ACRONYMS = ("SYB", "IYB")  # courses have no other name

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
TYPED = st.text(alphabet="0123456789.,-+e% 年月个元万亿千百十零一二两半yesno人小时/-", max_size=45) | st.text(
    max_size=45
)


@pytest.fixture()
def sent_back():
    """The values of a form as a client sends them back untouched."""
    return lambda form: {field.name: field.value for field in form if field.value is not None}


@pytest.mark.parametrize("case", FILLED, ids=lambda case: case["calculator"])
def test_a_filled_form_comes_out_as_worked_out_by_hand(case, calculators):
    calculator = calculators[case["calculator"]]
    reply = calculate(calculator, fill(calculator, case["values"]))
    assert isinstance(reply, Result), reply
    wanted = case["amount"]
    if wanted == "none":
        assert reply.amount is None
    else:
        assert reply.amount == (wanted if isinstance(wanted, date) else Decimal(str(wanted)))


def test_every_calculator_has_a_filled_form_in_the_table(calculators):
    assert {case["calculator"] for case in FILLED} == set(calculators)


def test_an_empty_form_has_the_inputs_of_the_file_in_their_order(calculators):
    for calculator in calculators.values():
        assert [field.name for field in fields(calculator, Inputs(calculator.id))] == list(calculator.form)


def test_an_empty_form_holds_nothing_and_asks_its_first_input(calculators):
    for calculator in calculators.values():
        question = opening(calculator)
        form = fields(calculator, Inputs(calculator.id, asked=question.input))
        assert [field.value for field in form] == [None] * len(form)
        assert [field.asked for field in form] == [True] + [False] * (len(form) - 1)
        assert HAN.search(question.says)


def test_every_field_has_a_chinese_label_and_every_option_too(calculators):
    for calculator in calculators.values():
        for field in fields(calculator, Inputs(calculator.id)):
            assert HAN.search(field.label) or field.label == "LPR"
            for option in field.options:
                assert HAN.search(option.label) or option.label in ACRONYMS
            assert bool(field.options) == (field.type in ("choice", "yesno"))
            assert bool(field.unit) == (field.type == "number")


def test_every_value_of_a_choice_that_is_offered_can_be_filled_in(calculators):
    for calculator in calculators.values():
        for field in fields(calculator, Inputs(calculator.id)):
            for option in field.options:
                assert field.name in fill(calculator, {field.name: option.value}).values


@pytest.mark.parametrize("case", SAID, ids=lambda case: str(case["say"])[:40])
def test_the_form_of_a_sum_sent_back_untouched_gives_the_same_sum(case, calculators, heard, sent_back):
    id, inputs, reply = heard(case["say"])
    again = calculate(calculators[id], fill(calculators[id], sent_back(fields(calculators[id], inputs))))
    assert isinstance(again, Result), again
    assert again.amount == reply.amount


@pytest.fixture()
def heard(calculators):
    """What a message, and the answers to what is asked back, tell: the calculator's id, the inputs, the result."""
    from bot.calculators import read, recognise
    from bot.language import normalise

    def run(say):
        first, *answers = say if isinstance(say, list) else [say]
        id = recognise(calculators, normalise(first))
        inputs = read(calculators[id], normalise(first))
        for answer in answers:
            question = calculate(calculators[id], inputs)
            assert isinstance(question, Question)
            inputs = inputs.joined(read(calculators[id], normalise(answer), question.input))
        return id, inputs, calculate(calculators[id], inputs)

    return run


def test_a_form_holds_what_was_told_in_a_message(heard, calculators):
    id, inputs, _ = heard("月工资6000。上个月平日加班6小时，周日加班8小时没补休，加班费是多少？")
    held = {field.name: field.value for field in fields(calculators[id], inputs)}
    assert held == {
        "monthly_wage": "6000",
        "hourly_wage": None,
        "weekday_hours": "6",
        "restday_hours": "8",
        "holiday_hours": None,
        "compensated": "no",
    }


def test_a_loan_is_held_in_the_unit_that_is_shown(heard, calculators):
    id, inputs, _ = heard("我和两个朋友合伙，想贷50万，最多能贷多少")
    wish, partners, *_ = fields(calculators[id], inputs)
    assert (wish.value, wish.unit, wish.most) == ("50", "万元", Decimal(10_000))
    assert (partners.value, partners.unit) == ("3", "人")


def test_a_duration_is_held_in_the_unit_that_is_shown(calculators):
    years, _ = fields(calculators["no_contract_compensation"], Inputs("", {"years": Decimal(31)}))
    assert (years.unit, years.most) == ("年", Decimal(60))
    again = fill(calculators["no_contract_compensation"], {"years": years.value})
    assert again.values["years"] == 31


def test_what_was_told_in_another_way_takes_the_place_of_what_the_form_asks(calculators):
    told = Inputs("overtime_pay", {"daily_wage": Decimal(160), "holiday_hours": Decimal(8)})
    names = [field.name for field in fields(calculators["overtime_pay"], told)]
    assert names == ["daily_wage", "weekday_hours", "restday_hours", "holiday_hours", "compensated"]


def test_hours_without_the_kind_of_day_come_with_the_kind_that_is_asked_for(calculators):
    told = Inputs("overtime_pay", {"hourly_wage": Decimal(20), "hours": Decimal(8)}, "kind")
    form = fields(calculators["overtime_pay"], told)
    assert [field.name for field in form] == ["monthly_wage", "hourly_wage", "hours", "kind", "compensated"]
    assert [field.name for field in form if field.asked] == ["kind"]


def test_what_is_asked_for_in_general_is_marked_at_the_first_field_that_tells_it(calculators):
    form = fields(calculators["overtime_pay"], Inputs("overtime_pay", {"monthly_wage": Decimal(4000)}, "hours"))
    assert [field.name for field in form if field.asked] == ["weekday_hours"]


def test_a_date_without_its_year_is_not_held(calculators):
    (start,) = fields(calculators["loan_due_person"], Inputs("", {"start": date(1, 9, 5)}))
    assert start.value is None


@pytest.mark.parametrize("text", ["4000", "4,000", "４０００", " 4000元 ", "4000.00", "四千", "4千"])
def test_a_sum_may_be_written_in_many_ways(text, calculators):
    assert fill(calculators["overtime_pay"], {"monthly_wage": text}).values == {"monthly_wage": 4000}


@pytest.mark.parametrize("text", ["20", "20万", "20万元", "二十", "20.0"])
def test_a_loan_may_be_written_in_many_ways(text, calculators):
    assert fill(calculators["loan_interest"], {"amount": text}).values == {"amount": 200_000}


def test_what_is_left_empty_is_not_told(calculators):
    assert fill(calculators["overtime_pay"], {"monthly_wage": "", "weekday_hours": "  "}).values == {}


@pytest.mark.parametrize(
    ("id", "values", "says", "asked"),
    [
        ("overtime_pay", {"monthly_wage": "很多"}, "“工资”这里请填数字", "monthly_wage"),
        ("overtime_pay", {"monthly_wage": "1e9"}, "“工资”这里请填数字", "monthly_wage"),
        ("overtime_pay", {"monthly_wage": "NaN"}, "“工资”这里请填数字", "monthly_wage"),
        ("overtime_pay", {"monthly_wage": "1" * 41}, "填得太长", "monthly_wage"),
        ("overtime_pay", {"compensated": "是"}, "从列出的几项里选", "compensated"),
        ("overtime_pay", {"kind": "unclear"}, "从列出的几项里选", "kind"),
        ("overtime_pay", {"monthly_wage": "4000", "hourly_wage": "20"}, "“工资”和“时薪”只填一项", "hourly_wage"),
        ("loan_due_person", {"start": "2022年5月"}, "请填年、月、日", "start"),
        ("loan_due_person", {"start": "2022-02-30"}, "请填年、月、日", "start"),
        ("loan_due_person", {"start": "9999-12-31"}, "请填年、月、日", "start"),
        ("overtime_pay", {"wage": "4000"}, "重新填", None),
        ("overtime_pay", {"in_days": "yes"}, "重新填", None),
        ("overtime_pay", {"monthly_wage": 4000}, "重新填", None),
        ("overtime_pay", {str(n): "1" for n in range(21)}, "重新填", None),
        ("overtime_pay", ["monthly_wage"], "重新填", None),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(id, values, says, asked, calculators):
    with pytest.raises(FormFault, match=says) as fault:
        fill(calculators[id], values)
    assert fault.value.told.asked == asked


def test_what_could_be_read_is_kept_beside_what_could_not(calculators):
    with pytest.raises(FormFault) as fault:
        fill(calculators["overtime_pay"], {"monthly_wage": "x", "weekday_hours": "10"})
    assert fault.value.told.values == {"weekday_hours": 10}


@given(values=JSON)
def test_any_json_is_read_or_refused_in_chinese(calculators, values):
    for calculator in calculators.values():
        try:
            fill(calculator, values)
        except FormFault as fault:
            assert HAN.search(str(fault))


@given(data=st.data())
def test_anything_typed_into_a_form_is_worked_out_or_asked_again(calculators, data):
    calculator = calculators[data.draw(st.sampled_from(sorted(calculators)))]
    form = fields(calculator, Inputs(calculator.id))
    values = {
        field.name: data.draw(st.sampled_from([o.value for o in field.options]) | TYPED if field.options else TYPED)
        for field in form
    }
    try:
        inputs = fill(calculator, values)
    except FormFault as fault:
        assert "{" not in str(fault)
        inputs = fault.told
    assert isinstance(calculate(calculator, inputs), Result | Question)
    assert describe(calculator, inputs).startswith(calculator.name)
    fields(calculator, inputs)


@given(wage=st.decimals("0.01", "1000000", places=2), hours=st.decimals("0.25", "700", places=2))
def test_what_was_told_and_what_the_form_holds_are_the_same_number(calculators, wage, hours):
    calculator = calculators["overtime_pay"]
    told = {"monthly_wage": wage, "weekday_hours": hours}
    held = {f.name: f.value for f in fields(calculator, Inputs("overtime_pay", told)) if f.value is not None}
    assert fill(calculator, held).values == told


@given(months=st.integers(1, 720).map(Decimal), half=st.sampled_from([Decimal(0), Decimal("0.5")]))
def test_a_duration_told_in_months_survives_being_held_in_years(calculators, months, half):
    calculator = calculators["no_contract_compensation"]
    years, _ = fields(calculator, Inputs("", {"years": months - half}))
    assert fill(calculator, {"years": years.value}).values["years"] == months - half


def test_a_filled_form_is_said_in_one_line(calculators):
    inputs = fill(calculators["overtime_pay"], {"monthly_wage": "4000", "restday_hours": "8", "compensated": "no"})
    said = describe(calculators["overtime_pay"], inputs)
    assert said == "加班费：工资4000元，休息日加班的时间8小时，单位已经安排补休：不是"


def test_a_choice_is_said_by_its_label(calculators):
    inputs = fill(calculators["job_retention_refund"], {"size": "small", "unit_paid": "6000"})
    assert (
        describe(calculators["job_retention_refund"], inputs)
        == "稳岗返还：企业类型：中小微企业，单位缴的失业保险费6000元"
    )


def test_the_list_of_calculators_shows_a_handful_first(calculators):
    assert 3 <= sum(calculator.menu for calculator in calculators.values()) <= 9
