"""Typing a question: length, empty text, Enter, and Enter while an input method composes."""

from __future__ import annotations

from playwright.sync_api import expect

SENT = "**/api/v1/messages"


def watch(chat):
    """The texts that are sent from now on."""
    sent = []
    chat.page.on(
        "request", lambda request: sent.append(request.post_data_json["text"]) if request.method == "POST" else None
    )
    return sent


def test_five_hundred_characters_are_sent_and_no_more_can_be_typed(visit):
    chat = visit()
    sent = watch(chat)
    chat.input.focus()
    chat.page.keyboard.insert_text("问" * 520)
    expect(chat.input).to_have_value("问" * 500)
    chat.after(lambda: chat.page.keyboard.press("Enter"))
    assert sent == ["问" * 500]


def test_from_four_hundred_characters_on_they_are_counted(visit):
    chat = visit()
    count = chat.widget.locator(".count")
    chat.input.fill("问" * 399)
    expect(count).to_be_empty()
    chat.input.fill("问" * 400)
    expect(count).to_be_visible()
    expect(count).to_have_text("400/500")
    chat.input.fill("问" * 500)
    expect(count).to_have_text("500/500")


def test_nothing_is_not_sent(visit):
    chat = visit()
    sent = watch(chat)
    for text in ("", "   ", "\n　"):
        chat.input.fill(text)
        chat.input.press("Enter")
        chat.widget.get_by_role("button", name="发送").click()
    chat.say("失业登记要带啥")
    assert sent == ["失业登记要带啥"]


def test_enter_and_the_button_send_and_empty_the_field(visit):
    chat = visit()
    chat.say("失业登记要带啥")
    expect(chat.input).to_have_value("")
    chat.input.fill("去哪办")
    chat.after(chat.widget.get_by_role("button", name="发送").click)
    expect(chat.input).to_have_value("")


def test_shift_and_enter_begin_a_line_and_the_field_grows_to_five(visit):
    chat = visit()
    sent = watch(chat)
    chat.input.focus()
    heights = [chat.input.bounding_box()["height"]]
    for line in range(7):
        chat.page.keyboard.insert_text(f"第{line}行")
        chat.page.keyboard.press("Shift+Enter")
        heights.append(chat.input.bounding_box()["height"])
    line = chat.input.evaluate("e => parseFloat(getComputedStyle(e).lineHeight)")
    assert heights[0] < heights[1] < heights[2] < heights[3] < heights[4] <= heights[-1] < heights[4] + line / 2
    assert sent == []
    chat.after(lambda: chat.page.keyboard.press("Enter"))
    assert sent[0].splitlines()[:2] == ["第0行", "第1行"]
    assert chat.input.bounding_box()["height"] == heights[0]


def test_enter_while_an_input_method_composes_does_not_send(visit, size):
    chat = visit(size)
    sent = watch(chat)
    chat.input.focus()
    device = chat.page.context.new_cdp_session(chat.page)
    device.send("Input.imeSetComposition", {"text": "shi ye", "selectionStart": 6, "selectionEnd": 6})
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}  # as an input method passes it on
    device.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    device.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    device.send("Input.insertText", {"text": "失业登记要带啥"})
    expect(chat.input).to_have_value("失业登记要带啥")
    assert chat.mine.count() == 0
    chat.after(lambda: chat.page.keyboard.press("Enter"))
    assert sent == ["失业登记要带啥"]


def test_the_enter_of_old_input_methods_does_not_send(visit):
    chat = visit()
    sent = watch(chat)
    chat.input.fill("失业登记要带啥")
    for options in ("isComposing: true", "keyCode: 229", "isComposing: true, keyCode: 229"):
        chat.input.evaluate(
            f"e => e.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', bubbles: true, composed: true, {options}}}))"
        )
    assert chat.mine.count() == 0
    chat.after(lambda: chat.input.press("Enter"))
    assert sent == ["失业登记要带啥"]
