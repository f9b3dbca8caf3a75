"""What goes wrong while something else is under way, with two tabs, or in a browser that lacks what the widget needs."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from .chat import Chat

MESSAGES = "**/api/v1/messages"
SESSIONS = "**/api/v1/sessions"
LISTS = "**/api/v1/bot"
FEEDBACK = "**/api/v1/feedback"
QUESTION = "失业登记要带啥"
LOST = "ERR_"  # what the browser's console says of a request that failed


def hold(page, address):
    """Holds the next request to an address back; `[0].continue_()` lets it go once there is one."""
    held = []
    page.route(address, lambda route: held.append(route), times=1)
    return held


def let_go(page, held):
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()


def restart(chat):
    chat.choose("重新开始")
    chat.widget.get_by_role("menuitem", name="确定重新开始").click()


def test_a_message_sent_while_restarting_is_answered_in_the_new_conversation(visit):
    chat = visit(said=[{"text": "失业补助金能领多久"}])
    held = hold(chat.page, SESSIONS)
    restart(chat)
    chat.send(QUESTION)
    let_go(chat.page, held)
    expect(chat.cards).to_have_count(2)
    expect(chat.mine).to_have_count(1)
    expect(chat.mine).to_contain_text(QUESTION)
    assert [each["text"] for each in chat.messages()] == [None, QUESTION]


def test_an_answer_to_the_conversation_before_does_not_come_after_a_restart(visit):
    chat = visit()
    answered = []
    chat.page.route(MESSAGES, lambda route: answered.append((route, route.fetch())), times=1)
    chat.send("我在突泉县，失业登记去哪里")
    while not answered:
        chat.page.wait_for_timeout(20)
    restart(chat)
    expect(chat.mine).to_have_count(0)
    with chat.page.expect_response(MESSAGES):
        answered[0][0].fulfill(response=answered[0][1])
    chat.say(QUESTION)
    expect(chat.cards).to_have_count(2)
    expect(chat.widget.locator(".place")).to_have_text("选地方")


def test_a_message_under_way_stays_when_the_script_changes(visit):
    chat = visit()
    held = hold(chat.page, MESSAGES)
    chat.send(QUESTION)
    expect(chat.mine).to_have_count(1)
    chat.choose("繁體", role="menuitemradio")
    let_go(chat.page, held)
    expect(chat.input).to_have_attribute("placeholder", "說說您想問的事")
    expect(chat.cards).to_have_count(2)
    expect(chat.mine).to_have_count(1)


def test_a_message_that_was_not_sent_stays_when_the_script_changes(visit):
    chat = visit()
    chat.page.context.expected = LOST
    chat.page.route(MESSAGES, lambda route: route.abort(), times=1)
    chat.send(QUESTION)
    chat.failure.wait_for()
    chat.choose("繁體", role="menuitemradio")
    expect(chat.input).to_have_attribute("placeholder", "說說您想問的事")
    chat.cards.first.wait_for()
    expect(chat.mine).to_contain_text(QUESTION)
    chat.press("重发", chat.failure)


def test_the_greeting_comes_once_when_the_script_changes_before_it(open_page, bot):
    held = []
    page = open_page(ready=lambda page: held.append(hold(page, SESSIONS)))
    chat = Chat(page, bot)
    chat.choose("繁體", role="menuitemradio")
    let_go(page, held[0])
    expect(chat.input).to_have_attribute("placeholder", "說說您想問的事")
    page.wait_for_load_state("networkidle")
    expect(chat.cards).to_have_count(1)


def test_places_that_did_not_come_are_asked_for_when_the_list_is_opened(open_page, bot):
    page = open_page(ready=lambda page: page.route(LISTS, lambda route: route.abort(), times=1), expected=LOST)
    chat = Chat(page, bot)
    chat.cards.first.wait_for()
    chat.widget.locator(".place").click()
    first = chat.page.request.get(bot + "/api/v1/bot").json()["places"][0]["name"]
    expect(chat.widget.get_by_role("radio", name=first)).to_be_focused()


def test_places_that_did_not_come_are_asked_for_with_the_next_message(open_page, bot):
    page = open_page(ready=lambda page: page.route(LISTS, lambda route: route.abort(), times=1), expected=LOST)
    chat = Chat(page, bot)
    chat.cards.first.wait_for()
    with page.expect_response(LISTS):
        chat.say(QUESTION)


def test_the_place_button_does_nothing_wrong_before_the_places_are_there(open_page, bot):
    held = []
    page = open_page(ready=lambda page: held.append(hold(page, LISTS)))
    chat = Chat(page, bot)
    chat.widget.locator(".place").click()
    chat.widget.locator(".place").press("ArrowDown")
    let_go(page, held[0])
    expect(chat.widget.get_by_role("radio").first).to_be_visible()


def test_a_reason_is_chosen_again_after_the_vote_was_changed(visit):
    chat = visit(said=[{"text": QUESTION}])
    card = chat.last
    up, down = (card.get_by_role("button", name=name) for name in ("有帮助", "没帮上"))
    down.click()
    reason = card.locator("[aria-pressed].chip").first
    reason.click()
    card.get_by_role("textbox").fill("窗口说的不一样")
    up.click()
    down.click()
    expect(reason).to_have_attribute("aria-pressed", "false")
    expect(card.get_by_role("textbox")).to_have_value("")


def test_votes_are_sent_in_the_order_they_were_given(visit):
    chat = visit(said=[{"text": QUESTION}])
    sent = []
    chat.page.on("request", lambda request: sent.append(request) if "feedback" in request.url else None)
    held = hold(chat.page, FEEDBACK)
    chat.last.get_by_role("button", name="有帮助").click()
    chat.last.get_by_role("button", name="没帮上").click()
    chat.page.wait_for_timeout(200)
    assert len(sent) == 1
    with chat.page.expect_response(lambda answer: (answer.request.post_data_json or {}).get("vote") == "down"):
        let_go(chat.page, held)
    assert chat.messages()[-1]["vote"] == "down"


OLD = {
    "no custom elements": "Object.defineProperty(window, 'customElements', {value: undefined})",
    "a syntax error": None,
}


@pytest.mark.parametrize("fault", OLD)
def test_where_the_widget_cannot_run_the_page_leads_on(open_page, bot, fault):
    def break_it(page):
        if OLD[fault]:
            page.add_init_script(OLD[fault])
        else:
            page.route(
                "**/static/widget.js", lambda route: route.fulfill(body="const = 1", content_type="text/javascript")
            )

    page = open_page(ready=break_it, expected="Unexpected token")
    for address in ("/policy", "/schemes", "/phones"):
        expect(page.locator(f'a[href="{address}"]')).to_be_visible()


def test_where_the_widget_runs_those_links_are_not_seen(visit):
    chat = visit()
    for address in ("/policy", "/schemes", "/phones"):
        expect(chat.page.locator(f'policy-bot > ul a[href="{address}"]')).to_be_hidden()


def stored(page):
    return json.loads(page.evaluate("localStorage.getItem('policy-bot')") or "{}")


def test_a_second_tab_keeps_the_conversation_of_the_first(embed):
    first = embed()
    second = Chat(first.page.context.new_page(), first.bot)
    second.page.goto(first.page.url)
    second.open()
    token = stored(second.page)["token"]
    first.open()
    first.choose("深色", role="menuitemradio")
    assert stored(first.page) == {"token": token, "theme": "dark"}
    second.choose("大", role="menuitemradio")
    assert stored(first.page) == {"token": token, "theme": "dark", "size": "large"}


def test_the_place_of_a_site_is_not_stored(open_page, bot, own_site):
    own_site.html = (
        '<!doctype html><html lang="zh-CN"><head><title>x</title><link rel="icon" href="data:,">'
        f'<script src="{bot}/static/widget.js" data-place="tqx" defer></script></head><body></body></html>'
    )
    chat = Chat(open_page("desktop", own_site.origin, allow=(own_site.origin,)), bot)
    chat.open()
    chat.say(QUESTION)
    chat.choose("深色", role="menuitemradio")
    expect(chat.widget.locator(".place")).to_have_text("突泉县")
    assert set(stored(chat.page)) == {"token", "theme"}
