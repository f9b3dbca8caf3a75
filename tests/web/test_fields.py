"""The fields of checks and calculators: bounds, choices, what is sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

ASKING = {
    "label": "年龄",
    "ask": "您今年多大？",
    "type": "number",
    "unit": "岁",
    "values": [],
    "least": 16.0,
    "most": 60.0,
    "whole": True,
}
EMPTY = {"citations": [], "contacts": [], "suggestions": [], "place": None, "check": None, "form": None, "sheet": None}


def asks(asking):
    check = {"scheme": "x", "name": "x", "verdict": None, "asking": asking, "asked": 1, "left": None, "stated": {}}
    question = {"kind": "ask", "text": asking["ask"], "part": None, "scheme": None}
    return {**EMPTY, "text": asking["ask"], "status": "check_asking", "paragraphs": [question], "check": check}


def form(*fields):
    shape = {"unit": "", "options": [], "value": None, "least": None, "most": None, "whole": False, "asked": False}
    asked = {"calculator": "x", "name": "试算", "fields": [{**shape, **each} for each in fields]}
    return {**EMPTY, "text": "x", "status": "calculation_asking", "paragraphs": [], "form": asked}


@pytest.fixture()
def answering(visit):
    """`answering(reply)`: the chat with a reply to be answered, and the messages that are sent from then on."""

    def answering_(reply):
        chat, sent = visit(), []
        chat.answered_with(reply)
        chat.say("x")
        chat.page.on(
            "request", lambda request: sent.append(request.post_data_json) if request.method == "POST" else None
        )
        return chat, sent

    return answering_


WRONG = {
    **{"15": "不能小于16", "61": "不能大于60", "16.5": "请填整数"},
    **{"十六": "请填数字", "1e1": "请填数字", "-20": "请填数字", "": "请先填写"},
}


def test_a_number_that_cannot_be_is_said_and_not_sent(answering):
    chat, sent = answering(asks(ASKING))
    for typed, sentence in WRONG.items():
        chat.last.locator("input").fill(typed)
        chat.last.get_by_role("button", name="确定").click()
        expect(chat.last.get_by_role("alert")).to_have_text(sentence)
    assert sent == []


def test_a_number_is_sent_with_its_label_and_shown_with_its_unit(answering):
    chat, sent = answering(asks(ASKING))
    for typed, value in {"16": "16", "60": "60", "３５": "35", " 35 ": "35"}.items():
        chat.last.locator("input").fill(typed)
        chat.press("确定")
        assert (sent[-1]["choice"], sent[-1]["text"]) == (f"fact:年龄:{value}", f"{value}岁")
        expect(chat.mine.last).to_contain_text(f"{value}岁")


def test_thousands_may_be_parted(answering):
    chat, sent = answering(asks({**ASKING, "label": "工资", "unit": "元", "least": 0.0, "most": None, "whole": False}))
    chat.last.locator("input").fill("12,345.50")
    chat.press("确定")
    assert sent[0]["choice"] == "fact:工资:12345.50"


def test_the_keyboard_of_a_phone_shows_digits(answering):
    chat, _ = answering(asks(ASKING))
    expect(chat.last.locator("input")).to_have_attribute("inputmode", "numeric")
    chat.answered_with(asks({**ASKING, "whole": False}))
    expect(chat.say("x").locator("input")).to_have_attribute("inputmode", "decimal")


def test_a_date_is_sent_as_a_date(answering):
    chat, sent = answering(
        asks({**ASKING, "label": "停保日期", "type": "date", "unit": "", "least": None, "most": None})
    )
    chat.last.locator("input[type=date]").fill("2022-03-01")
    chat.press("确定")
    assert [(each["choice"], each["text"]) for each in sent] == [("fact:停保日期:2022-03-01", "2022-03-01")]


FIELDS = [
    {"name": "wage", "label": "工资", "type": "number", "unit": "元", "least": 0.0, "most": 9.0, "value": "4"},
    {
        "name": "kind",
        "label": "类别",
        "type": "choice",
        "options": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}],
    },
    {
        "name": "rested",
        "label": "补休",
        "type": "yesno",
        "options": [{"value": "yes", "label": "是"}, {"value": "no", "label": "不是"}],
    },
    {"name": "day", "label": "日期", "type": "date"},
]


def test_a_form_sends_what_is_filled_and_leaves_out_the_rest(answering):
    chat, sent = answering(form(*FIELDS))
    chat.press("算一算")
    chat.last.get_by_label("类别").select_option("乙")
    chat.last.get_by_label("补休").check()
    chat.last.get_by_label("日期").fill("2022-03-01")
    chat.last.get_by_label("工资").fill("")
    chat.press("算一算")
    assert [each["form"] for each in sent] == [
        {"calculator": "x", "values": {"wage": "4"}},
        {"calculator": "x", "values": {"kind": "b", "rested": "yes", "day": "2022-03-01"}},
    ]


def test_a_box_that_was_ticked_can_be_unticked(answering):
    chat, sent = answering(form({**FIELDS[2], "value": "yes"}))
    box = chat.last.get_by_label("补休")
    expect(box).to_be_checked()
    box.uncheck()
    chat.press("算一算")
    assert sent[0]["form"]["values"] == {"rested": "no"}


def test_a_form_with_a_wrong_number_stays(answering):
    chat, sent = answering(form(*FIELDS))
    wage = chat.last.get_by_label("工资")
    wage.fill("10")
    chat.last.get_by_role("button", name="算一算").click()
    expect(chat.last.get_by_role("alert")).to_contain_text("不能大于9")
    expect(wage).to_be_focused()
    expect(wage).to_have_attribute("aria-invalid", "true")
    assert sent == []


def test_the_field_that_is_asked_for_is_marked(answering):
    chat, _ = answering(form({**FIELDS[0], "asked": True}, FIELDS[3]))
    edges = [each.evaluate("e => getComputedStyle(e).borderTopWidth") for each in chat.last.locator("form input").all()]
    assert edges[0] != edges[1]
