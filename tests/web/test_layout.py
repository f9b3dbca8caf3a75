"""Small windows, large type, fingers, phones with notches, and readers who want less motion or fewer colours."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

NARROW = (320, 640)
SMALLEST = 44  # pixels

# Elements of the widget with text that reach out of the window, or whose text is cut.
CUT = """(host) => {
  const bad = [];
  const width = document.documentElement.clientWidth;
  const visible = (e) => e.getClientRects().length && e.getBoundingClientRect().width > 1 && !e.closest('.hidden');
  for (const e of host.shadowRoot.querySelectorAll('.panel, .panel *')) {
    if (!visible(e) || e.closest('svg')) continue;
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    if (box.left < -1 || box.right > width + 1) bad.push(['out', e.outerHTML.slice(0, 120), box.left, box.right]);
    const clips = style.overflowX !== 'visible' && style.display !== 'inline';
    if (clips && e.scrollWidth > e.clientWidth + 1) bad.push(['cut', e.outerHTML.slice(0, 120), e.scrollWidth, e.clientWidth]);
  }
  return bad;
}"""

# What a finger has to meet: visible and not big enough, with its size.
SMALL = """(host, least) => [...host.shadowRoot.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .filter((e) => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden')
  .map((e) => [(e.type === 'checkbox' && e.labels[0]) || e, e])
  .map(([e, own]) => [own.outerHTML.slice(0, 100), e.getBoundingClientRect().width, e.getBoundingClientRect().height])
  .filter(([, width, height]) => width < least - 0.5 || height < least - 0.5)"""


def large_type(page):
    """200 % text: the type size of the browser's own settings, as a reader sets it."""
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})


def scrolls_sideways(page):
    return page.evaluate("document.scrollingElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize("ready", [None, large_type], ids=["100 %", "200 %"])
def test_nothing_is_cut_on_the_smallest_phone(visit, everything, ready):
    chat = visit(NARROW, storage_state=everything, ready=ready)
    chat.unfold()
    assert chat.widget.evaluate(CUT) == []
    assert not scrolls_sideways(chat.page)
    for opener in (chat.widget.locator("button.place"), chat.widget.get_by_role("button", name="菜单")):
        opener.click()
        assert chat.widget.evaluate(CUT) == []
        chat.page.keyboard.press("Escape")


def test_the_largest_size_of_the_widget_and_large_type_fit_together(visit, everything):
    chat = visit(NARROW, storage_state=everything, ready=large_type)
    chat.choose("特大", role="menuitemradio")
    chat.page.keyboard.press("Escape")
    chat.unfold()
    assert [each for each in chat.widget.evaluate(CUT) if each[0] == "out"] == []
    assert not scrolls_sideways(chat.page)


def test_large_type_makes_the_type_large(visit):
    plain, large = visit(NARROW), visit(NARROW, ready=large_type)
    sizes = [float(each.input.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) for each in (plain, large)]
    assert sizes[0] >= 18
    assert sizes[1] == 2 * sizes[0]


def test_with_large_type_there_is_room_to_read_and_to_type(visit):
    chat = visit(NARROW, ready=large_type)
    assert chat.log.bounding_box()["height"] > 160
    assert chat.input.bounding_box()["width"] > 7 * 36  # characters
    expect(chat.input).to_be_in_viewport(ratio=1)
    expect(chat.widget.get_by_role("button", name="发送")).to_be_in_viewport(ratio=1)


def test_the_pages_of_the_knowledge_fit_the_smallest_phone_in_large_type(open_page, bot):
    page = open_page(NARROW, url=bot + "/policy", ready=large_type, expected="status of 404")
    for path in ("/policy/jyfw", "/schemes", "/schemes/living_aid", "/phones", "/phones/kyqq", "/nothing"):
        page.goto(bot + path)
        assert not scrolls_sideways(page), path


def test_sizes_are_set_in_the_menu_and_remembered(visit):
    chat = visit()
    measured = {}
    for name in ("标准", "大", "特大"):
        chat.choose(name, role="menuitemradio")
        chat.page.keyboard.press("Escape")
        measured[name] = chat.input.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert [*measured.values()] == [18, 22, 27]
    chat.page.reload()
    chat.cards.first.wait_for()
    assert chat.input.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") == 27


def test_everything_is_large_enough_for_a_finger(visit, everything, size):
    chat = visit(size, storage_state=everything)
    chat.unfold()
    assert chat.widget.evaluate(SMALL, SMALLEST) == []
    for opener in (chat.widget.locator("button.place"), chat.widget.get_by_role("button", name="菜单")):
        opener.click()
        assert chat.widget.evaluate(SMALL, SMALLEST) == []
        chat.page.keyboard.press("Escape")


def test_the_launcher_is_large_enough_for_a_finger(embed, size):
    box = embed(size).launcher.bounding_box()
    assert min(box["width"], box["height"]) >= 56


@pytest.mark.parametrize(("motion", "animation"), [("reduce", "none"), ("no-preference", "wait")])
def test_dots_move_only_for_those_who_want_motion(visit, motion, animation):
    chat = visit(reduced_motion=motion)
    held = []
    chat.page.route("**/api/v1/messages", lambda route: held.append(route), times=1)
    chat.send("失业登记要带啥")
    dot = chat.widget.locator(".typing i").first
    assert dot.evaluate("e => getComputedStyle(e).animationName") == animation
    held[0].continue_()
    expect(chat.cards).to_have_count(2)


def test_without_colours_of_its_own_what_is_chosen_is_still_seen(visit):
    chat = visit("desktop", forced_colors="active", said=[{"text": "失业登记要带啥"}])
    up = chat.last.get_by_role("button", name="有帮助")
    chat.input.focus()
    before = up.screenshot()
    up.click()
    chat.input.focus()
    chat.page.mouse.move(0, 0)
    expect(chat.last.get_by_text("谢谢您")).to_be_visible()
    assert up.screenshot() != before


def test_without_colours_of_its_own_boxes_keep_their_edges(visit):
    chat = visit(forced_colors="active", said=[{"text": "失业补助金能领多久"}, {"choice": "check:living_aid"}])
    for selector in (".notice", ".progress span", ".composer button", "textarea", ".chip"):
        edge = "e => [getComputedStyle(e).borderTopStyle, getComputedStyle(e).borderTopColor]"
        style, colour = chat.widget.locator(selector).first.evaluate(edge)
        assert style == "solid", selector
        assert "rgba" not in colour, selector  # transparent


def test_high_contrast_is_black_on_white_and_remembered(visit):
    chat = visit()
    chat.choose("高对比", role="menuitemcheckbox")
    chat.page.reload()
    colours = chat.cards.first.evaluate("e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_dark_follows_the_device_and_the_menu(visit):
    chat = visit(color_scheme="dark")

    def ground():
        return chat.panel.evaluate("e => getComputedStyle(e).backgroundColor")

    dark = ground()
    chat.page.emulate_media(color_scheme="light")
    expect(chat.panel).not_to_have_css("background-color", dark)
    light = ground()
    assert sum(map(int, light[4:-1].split(", "))) > 600 > 100 > sum(map(int, dark[4:-1].split(", ")))
    chat.choose("深色", role="menuitemradio")
    expect(chat.panel).to_have_css("background-color", dark)


def test_a_notch_and_a_home_bar_cover_nothing(visit):
    insets = {"top": 47, "bottom": 34}

    def notch(page):
        page.context.new_cdp_session(page).send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})

    chat = visit(ready=notch)
    send = chat.widget.get_by_role("button", name="发送").bounding_box()
    assert send["y"] + send["height"] <= 844 - 34
    assert chat.widget.get_by_role("heading").bounding_box()["y"] >= 47


def test_the_launcher_keeps_off_a_home_bar_and_a_rounded_edge(embed):
    def bar(page):
        insets = {"insets": {"bottom": 34, "right": 44}}
        page.context.new_cdp_session(page).send("Emulation.setSafeAreaInsetsOverride", insets)

    box = embed(ready=bar).launcher.bounding_box()
    assert box["y"] + box["height"] <= 844 - 34
    assert box["x"] + box["width"] <= 390 - 44


@pytest.mark.parametrize("shift", [0, 120], ids=["window shrinks", "window is pushed"])
def test_the_keyboard_of_a_phone_does_not_cover_the_input(embed, shift):
    chat = embed("phone").open()
    chat.say("失业登记要带啥")
    chat.page.evaluate(
        """(shift) => {
          const view = window.visualViewport;
          Object.defineProperty(view, 'height', {value: 400, configurable: true});
          Object.defineProperty(view, 'offsetTop', {value: shift, configurable: true});
          view.dispatchEvent(new Event('resize'));
        }""",
        shift,
    )
    box = chat.input.bounding_box()
    assert shift <= box["y"]
    assert box["y"] + box["height"] <= shift + 400
    assert chat.panel.bounding_box()["y"] == shift
