"""What happens when the network, the server or the session fails."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from .chat import Chat

MESSAGES = "**/api/v1/messages"
LOST = "ERR_"  # what the browser's console says of a request that failed


def texts(chat):
    return [each["text"] for each in chat.messages()]


def answer_with(status, code, message):
    error = {"error": {"code": code, "message": message, "incident": "9f3c01ab"}}
    return lambda route: route.fulfill(status=status, content_type="application/json", body=json.dumps(error))


def test_without_network_it_says_so_and_sends_again_when_asked(visit, size):
    chat = visit(size)
    context = chat.page.context
    context.expected = LOST
    context.set_offline(True)
    bar = chat.widget.get_by_text("网络断了，连上后可以重发")
    expect(bar).to_be_visible()
    chat.send("失业登记要带啥")
    expect(chat.mine.last).to_contain_text("失业登记要带啥")
    expect(chat.failure).to_contain_text("没有发出去")
    context.set_offline(False)
    expect(bar).to_be_hidden()
    chat.press("重发", chat.failure)
    expect(chat.failure).to_have_count(0)
    expect(chat.mine).to_have_count(1)
    assert texts(chat) == [None, "失业登记要带啥"]


def test_sent_again_while_still_offline_it_stays_to_be_sent(visit):
    chat = visit()
    context = chat.page.context
    context.expected = LOST
    context.set_offline(True)
    chat.send("失业登记要带啥")
    chat.failure.get_by_role("button", name="重发").click()
    expect(chat.failure.get_by_role("button", name="重发")).to_be_visible()
    context.set_offline(False)
    chat.press("重发", chat.failure)
    assert len(texts(chat)) == 2


def test_a_message_whose_answer_was_lost_is_not_doubled(visit):
    chat = visit()
    chat.page.context.expected = LOST
    sent = []

    def lose(route):
        sent.append(route.request.post_data_json["id"])
        route.fetch()
        route.abort()

    chat.page.route(MESSAGES, lose, times=1)
    chat.send("失业登记要带啥")
    expect(chat.failure).to_contain_text("没有发出去")
    assert texts(chat) == [None, "失业登记要带啥"]
    with chat.page.expect_request(MESSAGES) as again:
        chat.press("重发", chat.failure)
    assert again.value.post_data_json["id"] == sent[0]
    assert texts(chat) == [None, "失业登记要带啥"]
    chat.page.reload()
    expect(chat.cards).to_have_count(2)


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [(500, "internal", "出了点问题，请再试一次。"), (504, "timeout", "回答得太慢了，请再试一次。")],
)
def test_an_error_of_the_server_is_said_with_its_incident(visit, status, code, message):
    chat = visit()
    chat.page.context.expected = f"status of {status}"
    chat.page.route(MESSAGES, answer_with(status, code, message), times=1)
    chat.send("失业登记要带啥")
    expect(chat.failure).to_have_role("alert")
    expect(chat.failure).to_contain_text(message)
    expect(chat.failure).to_contain_text("9f3c01ab")
    chat.press("重发", chat.failure)
    assert texts(chat) == [None, "失业登记要带啥"]


def test_who_asks_too_often_reads_why_and_may_send_it_again(visit):
    chat = visit()
    chat.page.context.expected = "status of 429"
    chat.page.route(MESSAGES, answer_with(429, "too_many", "您问得太快了，请等3秒再问。"), times=1)
    chat.send("失业登记要带啥")
    expect(chat.failure).to_contain_text("请等3秒再问")
    chat.press("重发", chat.failure)
    assert texts(chat) == [None, "失业登记要带啥"]


def test_what_cannot_be_sent_is_not_offered_to_be_sent_again(visit):
    chat = visit()
    chat.page.context.expected = "status of 413"
    chat.page.route(MESSAGES, answer_with(413, "too_long", "最多500个字，请说短一点。"), times=1)
    chat.send("失业登记要带啥")
    expect(chat.failure).to_contain_text("最多500个字")
    expect(chat.failure.get_by_role("button")).to_have_count(0)


def test_a_page_of_a_proxy_in_place_of_an_answer_is_a_failure_to_send(visit):
    chat = visit()
    chat.page.context.expected = "status of 502"
    chat.page.route(MESSAGES, lambda route: route.fulfill(status=502, body="<html>Bad Gateway</html>"), times=1)
    chat.send("失业登记要带啥")
    expect(chat.failure).to_contain_text("没有发出去")
    chat.press("重发", chat.failure)
    assert texts(chat) == [None, "失业登记要带啥"]


def test_no_answer_in_eight_seconds_is_a_failure_to_send(visit):
    chat = visit(ready=lambda page: page.clock.install())
    chat.page.context.expected = LOST
    held = []
    chat.page.route(MESSAGES, lambda route: held.append(route), times=1)
    with chat.page.expect_request(MESSAGES):
        chat.send("失业登记要带啥")
    chat.page.clock.run_for(7500)
    expect(chat.widget.locator(".typing")).to_be_visible()
    expect(chat.failure).to_have_count(0)
    chat.page.clock.run_for(1000)
    expect(chat.failure).to_contain_text("没有发出去")
    expect(chat.widget.locator(".typing")).to_have_count(0)
    chat.press("重发", chat.failure)
    assert texts(chat) == [None, "失业登记要带啥"]


def test_a_session_that_is_over_is_made_anew_without_a_word(visit):
    chat = visit()
    chat.page.context.expected = "status of 401"
    chat.page.context.clear_cookies()
    chat.say("失业登记要带啥")
    expect(chat.failure).to_have_count(0)
    assert texts(chat) == [None, "失业登记要带啥"]


def test_a_token_that_is_over_is_made_anew_without_a_word(embed):
    chat = embed().open()
    chat.page.context.expected = "status of 401"
    chat.page.reload()
    chat.page.evaluate(
        "localStorage.setItem('policy-bot', localStorage.getItem('policy-bot').replace(/token\":\"./, '$&x'))"
    )
    chat.page.reload()
    chat.open()
    chat.say("失业登记要带啥")
    expect(chat.failure).to_have_count(0)


def test_a_page_opened_without_the_bot_can_be_tried_again(open_page, bot):
    blocked = "**/api/v1/sessions"
    page = open_page(ready=lambda page: page.route(blocked, lambda route: route.abort(), times=1))
    page.context.expected = LOST
    chat = Chat(page, bot)
    expect(chat.failure).to_contain_text("没有连上")
    chat.press("再试一次", chat.failure)
    expect(chat.failure).to_have_count(0)
    chat.say("失业登记要带啥")


def test_what_is_sent_before_the_greeting_is_answered_after_it(open_page, bot):
    held = []
    page = open_page(ready=lambda page: page.route("**/api/v1/sessions", lambda route: held.append(route)))
    chat = Chat(page, bot)
    chat.send("失业登记要带啥")
    expect(chat.mine).to_have_count(1)
    held[0].continue_()
    expect(chat.cards).to_have_count(2)
    turns = chat.widget.locator(".turn")
    expect(turns.first.locator(".mine")).to_be_hidden()
    expect(turns.last.locator(".mine")).to_contain_text("失业登记要带啥")
    expect(turns.last.locator(".card")).to_contain_text("身份证")


def test_a_vote_that_was_not_kept_is_said(visit):
    chat = visit(said=[{"text": "失业登记要带啥"}])
    chat.page.context.expected = LOST
    chat.page.route("**/api/v1/feedback", lambda route: route.abort())
    chat.last.get_by_role("button", name="有帮助").click()
    expect(chat.last.get_by_text("没有连上")).to_be_visible()
    expect(chat.last.get_by_text("谢谢您")).to_have_count(0)


def test_a_bot_without_its_lists_still_answers(open_page, bot):
    page = open_page(ready=lambda page: page.route("**/api/v1/bot", lambda route: route.abort()))
    page.context.expected = LOST
    chat = Chat(page, bot)
    chat.cards.first.wait_for()
    chat.say("失业登记要带啥")
