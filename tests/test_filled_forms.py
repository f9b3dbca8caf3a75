"""A filled form on its way through Rasa: shown as one line, kept masked and bounded, answered like any message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

FILLED = {"calculator": "overtime_pay", "values": {"monthly_wage": "4350", "restday_hours": "8"}}


def intake(form: dict[str, Any]) -> tuple[str, Any]:
    """The text of a message for a form, and what of the form goes into the tracker."""
    from bot.conversation.intake import Collector, user_message

    message = user_message("", "someone", Collector(), "test", form=form)
    (entity,) = message.parse_data["entities"]
    assert entity["entity"] == "form" and message.parse_data["text"] == message.text
    return message.text, entity["value"]


@pytest.mark.rasa
def test_a_filled_form_is_shown_as_a_line_of_its_labels_and_values(agent):
    text, kept = intake(FILLED)
    assert text == "加班费：工资4350元，休息日加班的时间8小时"
    assert kept == FILLED


@pytest.mark.rasa
def test_what_cannot_be_read_is_left_out_of_the_line_and_goes_on_to_be_asked(agent):
    text, kept = intake({"calculator": "overtime_pay", "values": {"monthly_wage": "很多", "restday_hours": "8"}})
    assert text == "加班费：休息日加班的时间8小时"
    assert kept["values"]["monthly_wage"] == "很多"


@pytest.mark.rasa
def test_a_telephone_number_in_a_form_is_not_kept(agent):
    text, kept = intake({"calculator": "overtime_pay", "values": {"monthly_wage": "13812345678"}})
    assert "13812345678" not in f"{text}{kept}"


@pytest.mark.rasa
def test_no_more_of_a_form_is_kept_than_a_person_fills_in(agent):
    _, kept = intake(
        {"calculator": "x" * 5000, "values": {f"v{n}": "9," * 500 for n in range(500)}, "more": ["x"] * 99}
    )
    assert len(str(kept)) < 2500
    assert set(kept) == {"calculator", "values"}


@pytest.mark.rasa
@given(
    form=st.dictionaries(
        st.sampled_from(["calculator", "values"]),
        st.none() | st.text(max_size=50) | st.dictionaries(st.text(max_size=50), st.none() | st.text() | st.integers()),
    )
)
def test_any_form_becomes_a_message(agent, form):
    text, kept = intake(form)
    assert text
    assert str(kept).encode()


@pytest.mark.rasa
def test_the_whole_bot_works_out_a_form_and_keeps_the_place(agent, loop):
    from bot.conversation.intake import Collector, joined, user_message

    def send(text, form=None):
        output = Collector()
        loop.run_until_complete(agent.handle_message(user_message(text, "forms", output, "test", form=form)))
        return joined(output.replies)

    send("我在前旗")
    send("周日加班8小时没给补休，加班费给多少钱")
    reply = send("", FILLED)
    assert reply["status"] == "calculated" and "400元" in reply["text"]
    assert [contact["place_id"] for contact in reply["contacts"]] == ["kyqq"]
    assert reply["form"]["calculator"] == "overtime_pay"


@pytest.mark.rasa
def test_a_form_sent_while_a_business_line_is_asked_for_is_worked_out(agent, loop):
    from bot.conversation.intake import Collector, joined, user_message

    output = Collector()
    loop.run_until_complete(agent.handle_message(user_message("电话", "line", output, "test")))
    output = Collector()
    loop.run_until_complete(agent.handle_message(user_message("", "line", output, "test", form=FILLED)))
    assert joined(output.replies)["status"] == "calculated"
