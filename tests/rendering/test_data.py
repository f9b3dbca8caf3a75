"""A reply as plain data: the shape that `bot ask` prints and channels send."""

from __future__ import annotations

import dataclasses
import json

import pytest

from bot.rendering import to_data, to_text

KEYS = ["text", "status", "paragraphs", "citations", "contacts", "suggestions", "place", "check", "form", "sheet"]
SHAPES = {
    "paragraphs": {"kind", "text", "part", "scheme"},
    "citations": {"clause", "brochure", "section", "issued", "quote", "url"},
    "contacts": {"place", "place_id", "directory", "office", "phone", "hours"},
    "suggestions": {"label", "choice"},
}
MAY_BE_NULL = {"part", "scheme", "hours"}
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
        assert all(
            isinstance(value, str) or (value is None and name in MAY_BE_NULL)
            for entry in data[text][key]
            for name, value in entry.items()
        )
    assert isinstance(data[text]["status"], str)


@pytest.mark.parametrize("text", TEXTS)
def test_it_survives_json(data, text):
    assert json.loads(json.dumps(data[text], ensure_ascii=False)) == data[text]


@pytest.mark.parametrize("text", TEXTS)
def test_the_text_is_the_plain_rendering(ask, data, text):
    assert data[text]["text"] == to_text(ask(text))


def test_a_contact_names_place_and_business_line(data):
    assert data["前旗失业金电话"]["contacts"] == [
        {
            "place": "科右前旗",
            "place_id": "kyqq",
            "directory": "失业保险",
            "office": "科右前旗人力资源和就业服务中心",
            "phone": "0482-8398586",
            "hours": None,
        }
    ]


def test_the_hours_of_a_line_are_told_where_they_are_known(ask, knowledge):
    lines = {id: dataclasses.replace(line, hours="早九晚五") for id, line in knowledge.directories.items()}
    told = to_data(ask("前旗失业金电话"), dataclasses.replace(knowledge, directories=lines))
    assert [contact["hours"] for contact in told["contacts"]] == ["早九晚五"]


def test_a_citation_leads_to_its_clause(data, knowledge):
    for citation in data["就业创业证要带什么材料"]["citations"]:
        brochure = knowledge.clauses[citation["clause"]].brochure
        assert citation["url"] == f"/policy/{brochure}#{citation['clause']}"
        assert citation["issued"] == knowledge.brochures[brochure].issued_text


def test_the_remembered_place_is_told(ask, knowledge):
    assert to_data(ask("我在突泉"), knowledge)["place"] == {"id": "tqx", "name": "突泉县"}
    assert to_data(ask("你好"), knowledge)["place"] is None


def test_an_incubator_is_named_where_there_is_no_business_line(data):
    (contact,) = data["恒隆创业广场电话"]["contacts"]
    assert (contact["place"], contact["directory"]) == ("乌兰浩特市", "乌兰浩特市恒隆创业广场")
    assert contact["phone"] == "18704818889"


def test_the_status_is_the_word_of_the_closed_list(data):
    assert data["贷款"]["status"] == "clarification_which_scheme"


def test_outside_a_check_there_is_none(data):
    assert all(row["check"] is None for row in data.values())


def test_a_check_says_what_is_asked_and_what_was_stated(ask, knowledge):
    first = ask(choice="check:hardship_recognition")
    second = to_data(ask("40岁", context=first.context), knowledge)
    check = to_data(first, knowledge)["check"]
    left = check.pop("left")
    assert check == {
        "scheme": "hardship_recognition",
        "name": "就业困难人员认定",
        "verdict": None,
        "asking": {
            "label": "年龄",
            "ask": "您今年多大？（周岁）",
            "type": "number",
            "unit": "岁",
            "values": [],
            "least": 0.0,
            "most": 120.0,
            "whole": False,
        },
        "asked": 1,
        "stated": {},
    }
    assert f"大约还有{left}个问题" in first.paragraphs[-1].text
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


def test_a_verdict_names_its_parts(ask, knowledge):
    first = ask(choice="check:public_post")
    reply = to_data(ask(choice="fact:已认定为就业困难人员:否", context=first.context), knowledge)
    parts = {paragraph["part"]: paragraph for paragraph in reply["paragraphs"] if paragraph["part"]}
    assert "没有达到的条件" in parts["reasons"]["text"]
    assert parts["step"]["scheme"] == "hardship_recognition"


def test_a_sheet_gives_its_code_and_address(ask, knowledge):
    first = ask(choice="check:public_post")
    second = ask(choice="fact:已认定为就业困难人员:是", context=first.context)
    reply = to_data(ask(choice="sheet", context=second.context), knowledge)
    assert reply["sheet"]["url"] == f"/sheet/{reply['sheet']['code']}"
    assert reply["sheet"]["code"] in reply["text"]
    assert to_data(second, knowledge)["sheet"] is None


def test_a_calculator_comes_as_a_form_with_what_was_told(ask, knowledge):
    reply = to_data(ask("月工资5000加班10小时，加班费多少"), knowledge)
    form = reply["form"]
    assert (form["calculator"], form["name"]) == ("overtime_pay", "加班费")
    fields = {field["name"]: field for field in form["fields"]}
    assert fields["hours"] == {
        "name": "hours",
        "label": "加班的时间",
        "type": "number",
        "unit": "小时",
        "options": [],
        "value": "10",
        "least": 0.0,
        "most": 744.0,
        "whole": False,
        "asked": False,
    }
    assert fields["kind"]["asked"] and fields["kind"]["type"] == "choice" and fields["kind"]["value"] is None
    assert {"value": "weekday", "label": "平日"} in fields["kind"]["options"]
    assert json.loads(json.dumps(reply, ensure_ascii=False)) == reply


def test_without_a_calculator_there_is_no_form(data):
    assert all(row["form"] is None for row in data.values())


def test_context_and_timings_stay_inside(data):
    assert not {"context", "timings", "stopped_at"} & set(data["贷款"])


def test_every_sampled_reply_can_be_sent(knowledge, ask):
    for place in knowledge.places:
        for directory in knowledge.directories:
            from bot.answering import Context

            reply = ask(choice=f"directory:{directory}", context=Context(place=place))
            assert to_data(reply, knowledge)["contacts"][0]["place"] == knowledge.places[place].name
