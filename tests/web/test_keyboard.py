"""Everything can be done with the keyboard, and one sees where one is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

# The element in focus: whether it is in the widget, whether it is in the window, and how the focus is drawn.
STOP = """(element) => {
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  return {
    inside: element.getRootNode() instanceof ShadowRoot,
    name: element.getAttribute('aria-label') || element.textContent || element.tagName,
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  };
}"""

# How many elements of the panel Tab should stop at.
STOPS = """(host) => [...host.shadowRoot.querySelectorAll('.panel a[href], .panel button, .panel input, .panel select,'
  + ' .panel textarea, .panel summary, .panel [tabindex="0"]')].filter((e) => e.checkVisibility({contentVisibilityAuto: true}) && e.tabIndex >= 0).length"""


def tab(chat, times=1, key="Tab"):
    """Presses Tab; what is in focus after each time."""
    found = []
    for _ in range(times):
        chat.page.keyboard.press(key)
        found.append(chat.focused().evaluate(STOP))
    return found


def press(chat, *keys):
    for key in keys:
        chat.page.keyboard.press(key)


def walk_to(chat, name, key="Tab"):
    """Tabs until the element with this name is in focus."""
    for _ in range(80):
        chat.page.keyboard.press(key)
        if chat.focused_name() == name:
            return
    pytest.fail(f"{key} does not reach {name}")


def test_a_conversation_without_a_mouse(embed):
    chat = embed("desktop")
    chat.launcher.focus()
    press(chat, "Enter")
    chat.cards.first.wait_for()
    expect(chat.input).to_be_focused()
    chat.page.keyboard.insert_text("失业登记要带啥")
    chat.after(lambda: press(chat, "Enter"))
    expect(chat.input).to_be_focused()
    walk_to(chat, "怎么办", "Shift+Tab")
    chat.after(lambda: press(chat, "Enter"))
    walk_to(chat, "有帮助")
    press(chat, "Space")
    expect(chat.cards.nth(1).get_by_text("谢谢您，记下了")).to_be_visible()
    assert chat.focused_name() == "有帮助"
    press(chat, "Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()
    press(chat, "Enter")
    expect(chat.cards).to_have_count(3)
    expect(chat.input).to_be_focused()


def test_feedback_with_reason_and_words_without_a_mouse(visit):
    chat = visit("desktop", said=[{"text": "失业登记要带啥"}])
    walk_to(chat, "没帮上")
    press(chat, "Enter")
    tab(chat)
    press(chat, "Enter")
    reason = chat.focused()
    assert reason.get_attribute("aria-pressed") == "true"
    walk_to(chat, "想补充的话（可以不写）")
    chat.page.keyboard.insert_text("窗口说的不一样")
    tab(chat)
    with chat.page.expect_request("**/feedback") as sent:
        press(chat, "Enter")
    assert sent.value.post_data_json["comment"] == "窗口说的不一样"
    assert sent.value.post_data_json["reason"]
    assert chat.focused_name() == "没帮上"


def test_the_place_is_chosen_with_arrows(visit, size):
    chat = visit(size)
    opener = chat.widget.locator("button.place")
    opener.focus()
    press(chat, "Enter", "ArrowDown", "ArrowDown", "ArrowUp")
    second = chat.page.request.get(chat.bot + "/api/v1/bot").json()["places"][1]
    assert second["name"] in chat.focused_name()
    chat.after(lambda: press(chat, "Enter"))
    expect(opener).to_have_text(second["name"])
    expect(opener).to_be_focused()
    press(chat, "Enter")
    assert chat.focused().get_attribute("aria-checked") == "true"
    assert second["name"] in chat.focused_name()


def test_the_menu_is_walked_with_arrows_and_left_with_escape(embed, size):
    chat = embed(size).open()
    opener = chat.widget.get_by_role("button", name="菜单")
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.focus()
    press(chat, "Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    names = [chat.focused_name()]
    for _ in range(3):
        press(chat, "ArrowDown")
        names.append(chat.focused_name())
    assert len(set(names)) == 4
    press(chat, "End")
    assert chat.focused_name() == "重新开始"
    press(chat, "ArrowDown")
    assert chat.focused_name() == names[0]
    press(chat, "ArrowUp", "Home")
    assert chat.focused_name() == names[0]
    press(chat, "Escape")
    expect(chat.widget.get_by_role("menu")).to_be_hidden()
    expect(opener).to_be_focused()
    expect(chat.panel).to_be_visible()
    press(chat, "Escape")
    expect(chat.panel).to_be_hidden()


def test_a_check_without_a_mouse(visit):
    chat = visit("desktop", said=[{"choice": "check:living_aid"}, {"text": "是"}, {"text": "是"}])
    chat.input.focus()
    walk_to(chat, "是", "Shift+Tab")
    chat.after(lambda: press(chat, "Enter"))
    field = chat.last.locator("input")
    expect(field).to_be_focused()
    chat.page.keyboard.insert_text("6")
    chat.after(lambda: press(chat, "Enter"))
    assert chat.reply()["check"]["asking"]["type"] == "date"
    expect(chat.last.locator("input")).to_be_focused()


def test_the_focus_is_always_seen(visit, size):
    chat = visit(
        size,
        said=[{"text": "失业补助金能领多久"}, {"choice": "calculator:overtime_pay"}, {"choice": "check:living_aid"}],
    )
    chat.last.locator(".progress").wait_for()
    stops = [each for each in tab(chat, chat.widget.evaluate(STOPS)) if each["inside"]]
    assert len(stops) > 30
    assert [each["name"] for each in stops if not (each["ring"] and each["seen"])] == []


def test_tab_reaches_every_control_once(visit):
    chat = visit("desktop", said=[{"text": "失业登记要带啥"}])
    count = chat.widget.evaluate(STOPS)
    chat.page.evaluate("document.body.tabIndex = -1, document.body.focus()")
    stops = tab(chat, count)
    assert all(each["inside"] for each in stops)
    assert chat.focused_name() == "发送"


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_on_a_phone_the_focus_stays_in_the_open_panel(embed, key):
    chat = embed("phone").open()
    count = chat.widget.evaluate(STOPS)
    stops = tab(chat, 2 * count, key)
    assert all(each["inside"] for each in stops)
    names = [each["name"] for each in stops]
    assert names[:count] == names[count:]
    assert len(set(names)) == count
    expect(chat.panel).to_have_attribute("aria-modal", "true")


def test_on_a_desktop_the_page_beside_the_panel_can_be_used(embed):
    chat = embed("desktop").open()
    assert chat.panel.get_attribute("aria-modal") != "true"
    count = chat.widget.evaluate(STOPS)
    assert not all(each["inside"] for each in tab(chat, count + 3))


def test_a_screen_reader_is_told(embed, size):
    chat = embed(size)
    expect(chat.launcher).to_have_accessible_name(re.compile("打开.*助手"))
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    chat.open()
    expect(chat.launcher).to_have_attribute("aria-expanded", "true")
    expect(chat.panel).to_have_role("dialog")
    expect(chat.panel).to_have_accessible_name(re.compile("助手"))
    expect(chat.log).to_have_attribute("aria-live", "polite")
    expect(chat.log).to_have_accessible_name("对话")
    chat.say("失业登记要带啥")
    expect(chat.log.locator(".turn").last).to_contain_text("您说：失业登记要带啥")


def test_an_answer_that_comes_while_closed_is_marked(embed):
    chat = embed("desktop").open()
    held = []
    chat.page.route(
        "**/api/v1/messages", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    with chat.page.expect_request(lambda request: request.url.endswith("/messages") and request.method == "POST"):
        chat.send("失业登记要带啥")
    press(chat, "Escape")
    held[0].continue_()
    expect(chat.launcher).to_have_accessible_name(re.compile("有新消息"))
    chat.launcher.click()
    expect(chat.cards).to_have_count(2)
    chat.launcher.click()
    expect(chat.launcher).not_to_have_accessible_name(re.compile("有新消息"))
