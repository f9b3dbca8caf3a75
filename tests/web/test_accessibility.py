"""axe-core finds nothing to complain of, in every state and every theme."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from .said import KINDS, PRINTED

THEMES = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "high contrast": {"contrast": "more"},
    "dark high contrast": {"color_scheme": "dark", "contrast": "more"},
    "forced colours": {"forced_colors": "active"},
}
PAGES = [
    *("/policy", "/policy/jyfw#jyfw-3-3", "/policy/nothing"),
    *("/schemes", "/schemes?for=firm&open=1", "/schemes/living_aid"),
    *("/phones", "/phones/kyqq", "/nothing", "/sheet/NOTHING1"),
]


@pytest.fixture(params=THEMES)
def theme(request):
    """The context options of a theme. axe-core puts a style of its own into the page, which our policy would not let in."""
    return {**THEMES[request.param], "bypass_csp": True}


def complaints(page):
    """What axe-core objects to: rule, element, why."""
    found = Axe().run(page, options={"preload": False, "resultTypes": ["violations"]}).response["violations"]
    return [(rule["id"], node["html"][:200], node["failureSummary"]) for rule in found for node in rule["nodes"]]


def dress(chat, theme):
    """High contrast is a setting of the widget."""
    if "contrast" in theme:
        chat.choose("高对比", role="menuitemcheckbox")
        chat.page.keyboard.press("Escape")
    return chat


def test_every_kind_of_card(visit, everything, theme):
    chat = dress(visit(storage_state=everything, **theme), theme)
    assert {each["reply"]["status"] for each in chat.messages()} >= KINDS
    chat.unfold()
    chat.widget.get_by_role("progressbar").last.wait_for()
    assert complaints(chat.page) == []


def test_the_menu_the_places_and_a_failure(visit, theme):
    chat = dress(visit(**theme), theme)
    chat.widget.get_by_role("button", name="菜单").click()
    chat.widget.get_by_role("menu").wait_for()
    assert complaints(chat.page) == []
    chat.page.keyboard.press("Escape")
    chat.widget.get_by_role("button", name="选地方").click()
    chat.widget.get_by_role("radio").first.wait_for()
    assert complaints(chat.page) == []
    chat.page.keyboard.press("Escape")
    chat.page.context.expected = "ERR_"
    chat.page.context.set_offline(True)
    chat.send("去哪办")
    chat.failure.wait_for()
    assert complaints(chat.page) == []


@pytest.mark.parametrize("theme", ["light", "dark", "forced colours"], indirect=True)
def test_the_pages_of_the_knowledge(open_page, bot, theme):
    page = open_page("desktop" if "color_scheme" in theme else "phone", expected="status of 404", **theme)
    found = {}
    for path in PAGES:
        page.goto(bot + path)
        found[path] = complaints(page)
    assert {path: each for path, each in found.items() if each} == {}


@pytest.mark.parametrize("theme", ["light", "dark"], indirect=True)
def test_a_printed_result(visit, theme):
    chat = visit(said=PRINTED, **theme)
    chat.page.goto(chat.bot + chat.reply()["sheet"]["url"])
    chat.page.get_by_role("heading", level=1).wait_for()
    assert complaints(chat.page) == []


@pytest.mark.parametrize("theme", ["light", "dark", "dark high contrast"], indirect=True)
def test_the_panel_on_another_site(embed, theme):
    chat = embed("desktop" if theme.get("color_scheme") else "phone", **theme)
    assert complaints(chat.page) == []
    dress(chat.open(), theme)
    chat.say("失业补助金能领多久")
    chat.unfold()
    assert complaints(chat.page) == []
