"""A reply as plain data: the shape that `bot ask` prints and channels send."""

from __future__ import annotations

import json

import pytest

from bot.rendering import to_data, to_text

KEYS = ["text", "status", "paragraphs", "citations", "contacts", "suggestions", "check"]
SHAPES = {
    "paragraphs": {"kind", "text"},
    "citations": {"clause", "brochure", "section", "quote"},
    "contacts": {"place", "directory", "phone"},
    "suggestions": {"label", "choice"},
}
TEXTS = [
    "就业创业证要带什么材料",
    "前旗失业金电话",
    "恒隆创业广场电话",
    "招聘会服务热线电话",
    "贷款",
    "今天天气怎么样",
    "😀",
]


@pytest.fixture(scope="module")
def data(ask, knowledge):
    return {text: to_data(ask(text), knowledge) for text in TEXTS}


@pytest.mark.parametrize("text", TEXTS)
def test_every_reply_has_the_same_keys(data, text):
    assert list(data[text]) == KEYS


@pytest.mark.parametrize("text", TEXTS)
def test_every_entry_of_a_list_has_the_same_keys(data, text):
    for key, shape in SHAPES.items():
        assert all(set(entry) == shape for entry in data[text][key])


@pytest.mark.parametrize("text", TEXTS)
def test_every_value_is_text(data, text):
    for key in SHAPES:
        assert all(isinstance(value, str) for entry in data[text][key] for value in entry.values())
    assert isinstance(data[text]["status"], str)


@pytest.mark.parametrize("text", TEXTS)
def test_it_survives_json(data, text):
    assert json.loads(json.dumps(data[text], ensure_ascii=False)) == data[text]


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_is_the_plain_rendering(ask, data, text):
    assert data[text]["text"] == to_text(ask(text))


def test_a_contact_names_place_and_business_line(data):
    assert data["前旗失业金电话"]["contacts"] == [
        {"place": "科右前旗", "directory": "失业保险", "phone": "0482-8398586"}
    ]


def test_an_incubator_is_named_where_there_is_no_business_line(data):
    (contact,) = data["恒隆创业广场电话"]["contacts"]
    assert contact == {"place": "乌兰浩特市", "directory": "乌兰浩特市恒隆创业广场", "phone": "18704818889"}


def test_the_status_is_the_word_of_the_closed_list(data):
    assert data["贷款"]["status"] == "clarification_which_scheme"


def test_outside_a_check_there_is_none(data):
    assert all(row["check"] is None for row in data.values())


def test_a_check_says_what_is_asked_and_what_was_stated(ask, knowledge):
    first = ask(choice="check:hardship_recognition")
    second = to_data(ask("40岁", context=first.context), knowledge)
    assert to_data(first, knowledge)["check"] == {
        "scheme": "hardship_recognition",
        "name": "就业困难人员认定",
        "asking": {"label": "年龄", "type": "number", "unit": "岁", "values": []},
        "stated": {},
        "verdict": None,
    }
    assert second["check"]["stated"] == {"年龄": 40}
    assert json.loads(json.dumps(second, ensure_ascii=False)) == second


@pytest.mark.parametrize(("said", "verdict"), [("是", "符合"), ("否", "不符合"), ("unknown", "待核实")])
def test_a_check_that_has_ended_gives_its_verdict_and_asks_nothing(ask, knowledge, said, verdict):
    first = ask(choice="check:public_post")
    reply = ask(choice=f"fact:已认定为就业困难人员:{said}", context=first.context)
    check = to_data(reply, knowledge)["check"]
    assert (check["verdict"], check["asking"]) == (verdict, None)


def test_a_match_asks_for_no_fact_at_first_and_has_no_verdict_at_last(ask, knowledge):
    first = ask(choice="match")
    last = ask("够了", context=first.context)
    for reply in (first, last):
        check = to_data(reply, knowledge)["check"]
        assert (check["scheme"], check["name"], check["asking"], check["verdict"]) == (None, None, None, None)


def test_a_stopped_check_is_none(ask, knowledge):
    first = ask(choice="check:public_post")
    assert to_data(ask("不查了", context=first.context), knowledge)["check"] is None


def test_context_and_timings_stay_inside(data):
    assert not {"context", "timings", "stopped_at"} & set(data["贷款"])


def test_every_sampled_reply_can_be_sent(knowledge, ask):
    for place in knowledge.places:
        for directory in knowledge.directories:
            from bot.answering import Context

            reply = ask(choice=f"directory:{directory}", context=Context(place=place))
            assert to_data(reply, knowledge)["contacts"][0]["place"] == knowledge.places[place].name
