"""Calculators as forms in a conversation: the list, an empty form, a filled one, and what a talk knew before."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import Context, Message, Status, answer
from bot.calculators import Inputs
from tests.conftest import DAY

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="session")
def send(kit):
    """A filled form to the answering steps."""

    def run(calculator, values, context=None, text="。"):
        message = Message(text, form={"calculator": calculator, "values": values})
        return answer(kit, message, context or Context(), DAY)

    return run


def text_of(reply):
    return "\n".join(paragraph.text for paragraph in reply.paragraphs)


def held(reply):
    return {field.name: field.value for field in reply.form.fields if field.value is not None}


def asked(reply):
    return [field.name for field in reply.form.fields if field.asked]


def test_a_filled_form_is_worked_out_with_clause_and_phone(send):
    reply = send("overtime_pay", {"monthly_wage": "4350", "restday_hours": "8"})
    assert reply.status is Status.CALCULATED
    assert "400元" in text_of(reply)
    assert "nmmg-18-0-2" in {citation.clause for citation in reply.citations}
    assert reply.contacts


def test_the_reply_to_a_form_carries_it_again_so_that_one_value_can_be_changed(send):
    first = send("overtime_pay", {"monthly_wage": "4350", "restday_hours": "8"})
    assert held(first) == {"monthly_wage": "4350", "restday_hours": "8"}
    second = send(first.form.calculator, {**held(first), "restday_hours": "16"}, first.context)
    assert "800元" in text_of(second)


def test_a_sum_asked_for_in_words_comes_with_its_form(ask):
    reply = ask("月工资4350，周日加班8小时没给补休，加班费多少")
    assert reply.form.calculator == "overtime_pay"
    assert held(reply) == {"monthly_wage": "4350", "restday_hours": "8", "compensated": "no"}
    assert asked(reply) == []


def test_a_question_for_a_number_comes_with_the_form_and_marks_it(ask):
    reply = ask("周日加班8小时没给补休，加班费给多少钱")
    assert reply.status is Status.CALCULATION_ASKING
    assert asked(reply) == ["monthly_wage"]


def test_a_form_after_words_tells_what_they_left_out(ask, send):
    first = ask("周日加班8小时没给补休，加班费给多少钱")
    reply = send("overtime_pay", {**held(first), "monthly_wage": "4350"}, first.context)
    assert reply.status is Status.CALCULATED and "400元" in text_of(reply)


def test_words_after_a_form_tell_what_it_left_out(ask, send):
    first = send("overtime_pay", {"restday_hours": "8"})
    reply = ask("4350", context=first.context)
    assert reply.status is Status.CALCULATED and "400元" in text_of(reply)


def test_a_form_sent_after_a_talk_keeps_the_place_and_gives_its_phone(ask, send):
    talk = ask("我在前旗")
    reply = send("overtime_pay", {"monthly_wage": "4350", "restday_hours": "8"}, talk.context)
    assert reply.context.place == "kyqq"
    assert {phone.place for phone in reply.contacts} == {"kyqq"}


def test_a_form_remembers_its_numbers_for_the_next_message(send):
    reply = send("loan_interest", {"amount": "20", "lpr": "3.65"})
    kept = Inputs.from_json(reply.context.calculation)
    assert kept.values == {"amount": Decimal(200_000), "lpr": Decimal("3.65")}


def test_a_value_that_is_no_number_is_asked_again_beside_the_others(send):
    reply = send("overtime_pay", {"monthly_wage": "很多", "restday_hours": "8"})
    assert reply.status is Status.CALCULATION_ASKING
    assert text_of(reply) == "“工资”这里请填数字。"
    assert asked(reply) == ["monthly_wage"] and held(reply) == {"restday_hours": "8"}


def test_a_value_that_cannot_be_so_is_asked_again_and_shown(send):
    reply = send("layoff_rate", {"insured": "10", "laid_off": "20"})
    assert reply.status is Status.CALCULATION_ASKING
    assert asked(reply) == ["laid_off"] and held(reply) == {"insured": "10", "laid_off": "20"}


def test_an_empty_form_sent_is_the_empty_form_again(send):
    reply = send("loan_interest", {"amount": " "})
    assert reply.status is Status.CALCULATION_ASKING
    assert reply.form.calculator == "loan_interest" and held(reply) == {}


def test_a_form_of_no_calculator_gets_the_list(send):
    reply = send("wizard", {"amount": "20"})
    assert reply.form is None and reply.suggestions[0].choice.startswith("calculator:")


def test_the_list_offers_those_used_most_and_the_rest_behind_more(ask, kit):
    first, second = ask(choice="calculators"), ask(choice="calculators:more")
    assert first.status is Status.CALCULATION_ASKING and second.status is Status.CALCULATION_ASKING
    assert first.suggestions[-1].choice == "calculators:more"
    offered = [s.choice for s in (*first.suggestions[:-1], *second.suggestions)]
    assert sorted(offered) == sorted(f"calculator:{id}" for id in kit.calculators)


def test_a_number_typed_after_the_list_opens_that_form(ask):
    listed = ask(choice="calculators")
    reply = ask("1", context=listed.context)
    assert f"calculator:{reply.form.calculator}" == listed.suggestions[0].choice


def test_every_calculator_opens_as_an_empty_form_with_a_question(ask, kit):
    for id, calculator in kit.calculators.items():
        reply = ask(choice=f"calculator:{id}")
        assert reply.status is Status.CALCULATION_ASKING
        assert reply.form.calculator == id and held(reply) == {}
        assert asked(reply) == [calculator.form[0]]
        assert calculator.name in text_of(reply) and text_of(reply).endswith(("？", "。"))


def test_the_question_of_an_empty_form_can_be_answered_in_words(ask):
    opened = ask(choice="calculator:loan_interest")
    reply = ask("10万，LPR3.65%", context=opened.context)
    assert reply.status is Status.CALCULATED and held(reply)["amount"] == "10"


def test_an_unknown_calculator_is_no_choice(ask):
    assert ask(choice="calculator:wizard").status is Status.CLARIFICATION_VAGUE


def test_a_form_in_the_middle_of_a_check_is_worked_out_and_states_no_fact(ask, send):
    checking = ask("一次性创业补贴我符合吗")
    reply = send("overtime_pay", {"monthly_wage": "4350", "restday_hours": "8"}, checking.context, "加班费：工资4350元")
    assert reply.status is Status.CALCULATED and reply.form is not None
    assert reply.context.check["stated"] == checking.context.check["stated"]
    assert reply.context.check["asking"] == checking.context.check["asking"]


@pytest.mark.parametrize("choice", ["calculators", "calculator:overtime_pay"])
def test_a_check_rests_while_a_calculator_is_chosen_and_can_be_resumed(ask, choice):
    checking = ask("一次性创业补贴我符合吗")
    reply = ask(choice=choice, context=checking.context)
    assert reply.suggestions[-1].choice == "resume"
    resumed = ask(choice="resume", context=reply.context)
    assert resumed.context.check["asking"] == checking.context.check["asking"]


def test_a_bare_number_after_an_empty_form_picks_no_button(ask):
    checking = ask("一次性创业补贴我符合吗")
    opened = ask(choice="calculator:skill_subsidy", context=checking.context)
    reply = ask("1", context=opened.context)
    assert reply.status is Status.CALCULATED and held(reply) == {"junior": "1"}


def test_a_reply_that_works_nothing_out_has_no_form(ask):
    assert ask("失业登记要带什么证件").form is None


@given(form=st.dictionaries(st.sampled_from(["calculator", "values", "x"]), JSON | st.just("overtime_pay"), max_size=3))
def test_any_form_gets_a_reply(kit, form):
    reply = answer(kit, Message("。", form=form), Context(), DAY)
    assert reply.status in (Status.CALCULATION_ASKING, Status.CALCULATED)
    assert text_of(reply).strip()
