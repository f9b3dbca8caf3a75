"""Addresses that lead into the conversation."""

from __future__ import annotations

from playwright.sync_api import expect

from .chat import Chat

OTHERS = [
    "human",
    "match",
    "fact:年龄:30",
    "place:kyqq",
    "check:",
    "check:<img src=x>",
    "check:a b",
    "%3Cscript%3E",
    "",
]


def asked(chat):
    return [each["text"] for each in chat.messages()][1:]


def test_a_link_of_a_scheme_begins_its_check_once(open_page, bot, size):
    page = open_page(size, bot + "/schemes/living_aid")
    page.locator("a[href^='/?choice=check']").first.click()
    chat = Chat(page, bot)
    expect(chat.cards).to_have_count(2)
    assert chat.reply()["check"]["scheme"] == "living_aid"
    expect(page).to_have_url(bot + "/")
    page.reload()
    expect(chat.cards).to_have_count(2)
    assert len(asked(chat)) == 1


def test_a_topic_can_be_linked_to(visit):
    chat = visit(path="/?choice=topic:jyfw-3")
    expect(chat.cards).to_have_count(2)
    assert chat.reply()["citations"][0]["clause"].startswith("jyfw-3")


def test_no_other_choice_can_be_linked_to(visit):
    chat = visit()
    for choice in OTHERS:
        chat.page.goto(f"{chat.bot}/?choice={choice}")
        expect(chat.cards).to_have_count(1)
    chat.say("失业登记要带啥")
    assert asked(chat) == ["失业登记要带啥"]


def test_a_link_joins_a_conversation_that_is_there(visit):
    chat = visit(path="/?choice=check:living_aid", said=[{"text": "失业登记要带啥"}])
    expect(chat.cards).to_have_count(3)
    assert asked(chat)[0] == "失业登记要带啥"


def test_a_scheme_that_is_not_there_is_said(visit):
    chat = visit(path="/?choice=check:no_such_scheme")
    expect(chat.page).to_have_url(chat.bot + "/")
    expect(chat.widget.locator(".failure, .card").nth(1)).to_be_visible()
