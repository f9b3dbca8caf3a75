"""The widget on another site: its own session, none of the site's styles, nothing before it is opened."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from .chat import Chat
from .test_layout import CUT

# What a careless site may do to everything on it.
RUDE = """
* { letter-spacing: 9px !important; direction: rtl !important; box-sizing: content-box !important; text-transform: uppercase !important }
html, body { font: italic bold 9px/3 cursive; color: red; text-align: center; cursor: crosshair; word-spacing: 1em; visibility: visible }
div, section, form, article, header, p, a, button, input, textarea, span, h2, ul, li, svg, path {
  all: unset !important; color: lime !important; background: black !important; border: 9px dashed lime !important; float: right !important }
policy-bot { display: none !important; opacity: .1 !important; position: absolute !important; font-size: 40px !important; color: lime !important }
.panel, .card, .launcher, .root, .hidden, .chip { display: none !important; width: 1px !important }
:root { --main: lime; --brand: lime; --ink: lime; --card: black; --ground: black; --w: 9px; --line: lime }
"""

# Every computed style of every element of the widget.
STYLES = """(host) => JSON.stringify([...host.shadowRoot.querySelectorAll('.root, .root *')].map((e) => {
  const style = getComputedStyle(e);
  const values = Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)]));
  return [e.tagName + '.' + e.getAttribute('class'), values];
}))"""


@pytest.fixture()
def embed_in(open_page, bot, own_site):
    """`embed_in(size, body, attributes, …)`: the chat on a page that has the tag so many times, with its attributes."""

    def embed_in_(size="phone", body="", attributes="", tags=1, head="", page="lang=zh-CN", **options):
        script = f'<script src="{bot}/static/widget.js" {attributes} defer></script>'
        own_site.html = (
            f'<!doctype html><html {page}><head><title>x</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">{script * tags}{head}</head>'
            f"<body>{body}</body></html>"
        )
        return Chat(open_page(size, own_site.origin, allow=(own_site.origin,), **options), bot)

    return embed_in_


def test_a_conversation_goes_by_token_and_without_a_cookie(embed):
    chat = embed().open()
    headers = []
    chat.page.on("request", lambda request: headers.append(request.all_headers()) if "/api/" in request.url else None)
    card = chat.say("失业登记要带啥")
    expect(card.locator(".lead")).to_be_visible()
    assert headers
    posted = [each for each in headers if "authorization" in each]
    assert posted and all(each["authorization"].startswith("Bearer ") for each in posted)
    assert not any("cookie" in each for each in headers)
    assert chat.page.context.cookies() == []
    before = chat.shown()
    chat.page.reload()
    chat.launcher.click()
    expect(chat.cards).to_have_count(2)
    assert chat.shown() == before


def test_nothing_is_asked_of_the_bot_before_it_is_opened(embed, bot):
    chat = embed()
    chat.page.wait_for_load_state("networkidle")
    asked = sorted(url for url in chat.page.context.requests if url.startswith(bot))
    assert asked == [bot + "/static/widget.css", bot + "/static/widget.js"]


def test_two_files_and_two_requests_bring_the_greeting(embed, bot):
    chat = embed().open()
    asked = sorted(url.removeprefix(bot) for url in chat.page.context.requests if url.startswith(bot))
    assert asked == ["/api/v1/bot", "/api/v1/sessions", "/static/widget.css", "/static/widget.js"]


def test_a_site_that_is_not_listed_is_told_in_a_sentence(open_page, bot, unlisted):
    page = open_page(url=unlisted + "/", allow=(unlisted,), expected="CORS|Failed to load resource")
    chat = Chat(page, bot)
    chat.launcher.click()
    expect(chat.failure).to_be_visible()
    expect(chat.failure).to_contain_text(re.compile("没有连上|没有开放|不能"))
    assert chat.widget.evaluate(CUT) == []


def test_styles_of_the_site_do_not_reach_the_widget(embed_in, size):
    found = []
    for head, page in (("", "lang=zh-CN"), (f"<style>{RUDE}</style>", "lang=ar dir=rtl")):
        chat = embed_in(size, head=head, page=page).open()
        chat.say("失业补助金能领多久")
        chat.log.locator("summary").click()
        chat.widget.get_by_role("button", name="菜单").click()
        chat.page.mouse.move(0, 0)
        found.append(json.loads(chat.widget.evaluate(STYLES)))
    plain, rude = found
    assert [name for name, _ in plain] == [name for name, _ in rude]
    differences = {
        (name, key, style[key], other[key])
        for (name, style), (_, other) in zip(plain, rude)
        for key in style
        if style[key] != other.get(key)
    }
    assert differences == set()


def test_styles_of_the_widget_do_not_reach_the_site(embed_in):
    body = '<p class="card">x</p><button class="chip">x</button><h2>x</h2>'
    chat = embed_in(body=body)
    chat.launcher.wait_for()
    measure = "() => ['p', 'button', 'h2', 'body'].map((tag) => JSON.stringify(Object.entries({...getComputedStyle(document.querySelector(tag))})))"
    with_widget = chat.page.evaluate(measure)
    chat.page.evaluate("document.querySelector('policy-bot').remove()")
    assert chat.page.evaluate(measure) == with_widget


def test_the_widget_leaves_nothing_in_the_globals_of_the_site(embed_in, bot):
    chat = embed_in(tags=0)
    before = set(chat.page.evaluate("Object.getOwnPropertyNames(window)"))
    chat.page.add_script_tag(url=bot + "/static/widget.js")
    chat.open()
    assert set(chat.page.evaluate("Object.getOwnPropertyNames(window)")) == before


def test_the_place_of_the_site_is_taken_and_can_be_changed(embed_in):
    chat = embed_in(attributes='data-place="tqx"').open()
    expect(chat.widget.locator(".place")).to_have_text("突泉县")
    card = chat.say("失业登记要带啥")
    expect(card.locator(".phone")).to_contain_text("突泉县")
    chat.widget.locator(".place").click()
    chat.after(chat.widget.get_by_role("radio", name="科右中旗").click)
    expect(chat.widget.locator(".place")).to_have_text("科右中旗")
    chat.page.reload()
    chat.launcher.click()
    expect(chat.widget.locator(".place")).to_have_text("科右中旗")


def test_the_greeting_stands_beside_the_button(embed_in, size):
    chat = embed_in(size, attributes='data-greeting="有就业政策的问题？点这里问"')
    expect(chat.launcher).to_contain_text("有就业政策的问题？点这里问")
    box = chat.launcher.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= (390 if size == "phone" else 1280)


def test_the_button_is_in_the_corner_that_is_asked_for(embed_in):
    middle = 640
    left, right = (
        embed_in("desktop", attributes=each).launcher.bounding_box() for each in ('data-position="left"', "")
    )
    assert left["x"] + left["width"] < middle < right["x"]


@pytest.mark.parametrize(
    ("colour", "shown"),
    [("#8a1538", "rgb(138, 21, 56)"), ("#ffee00", "rgb(11, 107, 58)"), ("red;}*{display:none", "rgb(11, 107, 58)")],
    ids=["dark", "too light for white text", "no colour"],
)
def test_the_colour_of_the_site_is_taken_where_it_can_be_read(embed_in, colour, shown):
    chat = embed_in(attributes=f'data-color="{colour}"')
    expect(chat.launcher).to_have_css("background-color", shown)


def test_one_widget_is_made_however_often_the_tag_stands(embed_in):
    chat = embed_in(tags=2)
    chat.launcher.first.wait_for()
    expect(chat.widget).to_have_count(1)


def test_an_element_in_the_page_takes_the_place_of_the_button(embed_in):
    chat = embed_in(body='<policy-bot data-position="left"></policy-bot>')
    chat.launcher.wait_for()
    expect(chat.widget).to_have_count(1)
    assert chat.launcher.bounding_box()["x"] < 100


def test_the_whole_page_can_be_the_conversation(embed_in, size):
    chat = embed_in(size, body='<policy-bot mode="page"></policy-bot>')
    chat.cards.first.wait_for()
    expect(chat.launcher).to_have_count(0)
    assert chat.panel.bounding_box()["width"] == (390 if size == "phone" else 1280)
    chat.say("失业登记要带啥")


def test_links_lead_to_the_bot_in_a_new_tab(embed, bot):
    chat = embed().open()
    card = chat.say("失业登记要带啥")
    card.locator("summary").click()
    link = card.get_by_role("link", name="打开原文").first
    assert link.get_attribute("href").startswith(bot + "/policy/")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener")


def test_on_a_desktop_the_panel_leaves_the_page_to_be_read(embed):
    box = embed("desktop").open().panel.bounding_box()
    assert (box["width"], box["height"]) == (400, 620)


def test_on_a_phone_the_panel_fills_the_window(embed):
    box = embed("phone").open().panel.bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)


def test_nothing_is_shown_before_its_styles_are_there(embed_in):
    held = []
    chat = embed_in(tags=0)
    chat.page.route("**/static/widget.css", lambda route: held.append(route))
    chat.page.add_script_tag(url=chat.bot + "/static/widget.js")
    chat.launcher.wait_for(state="attached")
    expect(chat.launcher).to_be_hidden()
    held[0].continue_()
    expect(chat.launcher).to_be_visible()


OLD = {
    "no storage": "Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied'); }})",
    "no AbortController": "delete window.AbortController",
    "no visualViewport": "Object.defineProperty(window, 'visualViewport', {value: undefined})",
    "no replaceAll, at, flat": "['replaceAll', 'at'].forEach((n) => delete String.prototype[n]);"
    " ['at', 'flat', 'flatMap', 'findLast'].forEach((n) => delete Array.prototype[n]); delete window.structuredClone",
}


@pytest.mark.parametrize("missing", OLD)
def test_it_works_in_a_browser_that_lacks_something(embed_in, missing):
    chat = embed_in(tags=0)
    chat.page.add_init_script(OLD[missing])
    chat.page.goto(chat.page.url)
    chat.page.add_script_tag(url=chat.bot + "/static/widget.js")
    chat.open()
    card = chat.say("失业登记要带啥")
    expect(card.locator(".phone")).to_be_visible()
