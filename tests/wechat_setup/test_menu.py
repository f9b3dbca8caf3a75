"""The suggested menu: WeChat takes it, its choices lead somewhere, and a mistake in it is named."""

from __future__ import annotations

import json

import pytest

from bot.answering import Status
from bot.knowledge import KnowledgeError
from bot.wechat_setup.menu import load_menu, to_json

ADDRESS = "https://bot.example"
CALCULATORS = ("overtime_pay",)


@pytest.fixture(scope="module")
def menu(settings, knowledge):
    return load_menu(settings.knowledge, knowledge, CALCULATORS)


@pytest.fixture()
def faults(tmp_path, knowledge):
    """The faults of a menu written as YAML."""

    def read(text: str) -> str:
        (tmp_path / "wechat_menu.yml").write_text(text, encoding="utf-8")
        with pytest.raises(KnowledgeError) as error:
            load_menu(tmp_path, knowledge, CALCULATORS)
        return str(error.value)

    return read


def entries(body):
    return [entry for button in body["button"] for entry in button["sub_button"]]


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_the_menu_keeps_to_the_limits_of_wechat(menu, address):
    body = to_json(menu, address)
    assert 1 <= len(body["button"]) <= 3
    for button in body["button"]:
        assert len(button["name"].encode()) <= 16 and 1 <= len(button["sub_button"]) <= 5
    for entry in entries(body):
        assert len(entry["name"].encode()) <= 60
        assert len(entry.get("key", "").encode()) <= 128 and len(entry.get("url", "").encode()) <= 1024


def test_without_an_address_no_page_is_offered(menu):
    assert all(entry["type"] == "click" for entry in entries(to_json(menu, "")))


def test_pages_are_opened_at_the_public_address(menu):
    pages = [entry["url"] for entry in entries(to_json(menu, ADDRESS + "/")) if entry["type"] == "view"]
    assert f"{ADDRESS}/schemes" in pages and not [url for url in pages if "//" in url.removeprefix("https://")]


def test_every_choice_is_one_the_bot_answers(menu, ask):
    for entry in entries(to_json(menu, "")):
        assert ask(choice=entry["key"]).status is not Status.CLARIFICATION_VAGUE, entry


WRONG = {
    "a topic that is not there": (
        "- {name: 查, entries: [{name: 甲, choice: topic:sybx-66}]}",
        "topic: 后面存在的编号",
    ),
    "a choice of no kind": ("- {name: 查, entries: [{name: 甲, choice: /restart}]}", "选项："),
    "four entries": ("- {name: 查, entries: [{name: 甲, choice: match}]}\n" * 4, "1 到 3 项"),
    "six below": ("- {name: 查, entries: [" + "{name: 甲, choice: match}, " * 6 + "]}", "1 到 5 项"),
    "none below": ("- {name: 查, entries: []}", "1 到 5 项"),
    "a long name": ("- {name: 政策查询服务, entries: [{name: 甲, choice: match}]}", "1 到 16 字节"),
    "a long name below": ("- {name: 查, entries: [{name: " + "长" * 21 + ", choice: match}]}", "1 到 60 字节"),
    "both": ("- {name: 查, entries: [{name: 甲, choice: match, page: /x}]}", "choice、page 两个里有一个"),
    "neither": ("- {name: 查, entries: [{name: 甲}]}", "choice、page 两个里有一个"),
    "a foreign page": ("- {name: 查, entries: [{name: 甲, page: 'https://x.example'}]}", "以 / 开头"),
    "no list": ("name: 查", "列表"),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_menu_says_what_was_expected(faults, text, expected):
    assert expected in faults(text)


def test_chinese_names_are_sent_in_plain_characters(menu):
    assert "查政策" in json.dumps(to_json(menu, ""), ensure_ascii=False)


def test_a_missing_menu_is_named(tmp_path, knowledge):
    with pytest.raises(KnowledgeError, match=r"wechat_menu\.yml"):
        load_menu(tmp_path, knowledge, CALCULATORS)
