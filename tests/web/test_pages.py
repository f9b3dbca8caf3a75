"""The pages of the knowledge in a browser: without scripts, from a citation, by keyboard, on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .said import PRINTED

PLAIN = {"java_script_enabled": False}


def background(locator):
    return locator.evaluate("e => getComputedStyle(e).backgroundColor")


def highlighted(page, clause):
    """Whether the clause is in the window and looks unlike the one before it."""
    target = page.locator(f"[id='{clause}']")
    expect(target).to_be_in_viewport()
    other = page.locator(f".clause:not([id='{clause}'])").first
    return background(target) != background(other)


def test_without_scripts_the_first_page_leads_to_all_others(open_page, bot):
    page = open_page(**PLAIN)
    for name in ("政策册子全文", "全部政策", "咨询电话"):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.go_back()


def test_without_scripts_a_clause_is_highlighted(open_page, bot, size):
    page = open_page(size, bot + "/policy/jyfw#jyfw-3-3", **PLAIN)
    expect(page.locator("[id='jyfw-3-3']")).to_be_in_viewport()
    assert highlighted(page, "jyfw-3-3")


def test_without_scripts_the_schemes_are_filtered(open_page, bot):
    page = open_page(url=bot + "/schemes", **PLAIN)
    cards = page.locator("main a[href^='/schemes/']")
    everything = cards.count()
    page.locator("select[name=for]").select_option("firm")
    page.get_by_role("button", name="筛选").click()
    expect(page).to_have_url(re.compile(r"/schemes\?.*for=firm"))
    firms = cards.count()
    assert 0 < firms < everything
    expect(page.locator("select[name=for]")).to_have_value("firm")
    page.get_by_label("只看没过期的").check()
    page.get_by_role("button", name="筛选").click()
    expect(page).to_have_url(re.compile(r"open=1"))
    assert 0 < cards.count() < firms


def test_without_scripts_the_numbers_of_a_place_are_found(open_page, bot):
    page = open_page(url=bot + "/phones", **PLAIN)
    page.get_by_role("link", name="突泉县", exact=True).click()
    expect(page).to_have_url(bot + "/phones/tqx")
    expect(page.get_by_role("heading", level=1)).to_contain_text("突泉县")
    number = page.locator("main a.tel").first
    assert number.get_attribute("href") == "tel:" + re.sub(r"\D", "", number.inner_text())


def test_a_citation_opens_its_clause_highlighted(visit, size):
    chat = visit(size)
    card = chat.say("失业登记要带啥")
    citation = chat.reply()["citations"][0]
    card.locator("summary").click()
    with chat.page.expect_popup() as opened:
        card.get_by_role("link", name="打开原文").first.click()
    page = opened.value
    expect(page).to_have_url(chat.bot + citation["url"])
    clause = page.locator(f"[id='{citation['clause']}']")
    expect(clause).to_contain_text(citation["quote"].splitlines()[0])
    assert highlighted(page, citation["clause"])
    assert page.evaluate("window.opener") is None


def test_every_link_of_an_answer_leads_to_its_clause(visit):
    chat = visit(said=[{"text": text} for text in ("失业补助金能领多久", "加班工资怎么算", "创业贷款最多多少")])
    found = chat.log.get_by_role("link", name="打开原文", include_hidden=True).all()
    links = {each.get_attribute("href") for each in found}
    assert len(links) >= 3
    page = chat.page.context.new_page()
    for link in links:
        page.goto(link)
        assert highlighted(page, link.partition("#")[2]), link


def test_the_conversation_is_there_after_a_look_at_another_page(visit):
    chat = visit()
    chat.say("失业登记要带啥")
    before = chat.shown()
    chat.page.goto(chat.bot + "/schemes")
    chat.page.go_back()
    expect(chat.cards).to_have_count(2)
    assert chat.shown() == before


def test_the_first_tab_stop_leads_past_the_navigation(open_page, bot):
    page = open_page("desktop", bot + "/policy/jyfw")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_links_and_fields_of_pages_are_large_enough_for_a_finger(open_page, bot):
    small = """() => [...document.querySelectorAll('header a, nav a, main a.tel, select, form button')]
      .filter((e) => e.getClientRects().length && !e.closest('.trail') && !e.classList.contains('skip'))
      .map((e) => [e.textContent.trim().slice(0, 20), e.getBoundingClientRect().height])
      .filter(([, height]) => height < 43.5)"""
    page = open_page("phone", bot + "/schemes")
    for path in ("/schemes", "/phones", "/phones/kyqq", "/policy"):
        page.goto(bot + path)
        assert page.evaluate(small) == [], path


def paper(page):
    """The number of A4 pages that the page prints on."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


def test_a_result_prints_on_one_sheet_of_paper(visit):
    chat = visit(said=PRINTED)
    chat.page.goto(chat.bot + chat.reply()["sheet"]["url"])
    assert paper(chat.page) == 1


@pytest.mark.parametrize("path", ["/policy/jyfw", "/schemes/living_aid", "/phones/kyqq"])
def test_on_paper_there_is_no_navigation(open_page, bot, path):
    page = open_page("desktop", bot + path)
    navigation = page.locator("header nav, .trail, .skip, footer .links")
    assert any(each.is_visible() for each in navigation.all())
    page.emulate_media(media="print")
    assert not any(each.is_visible() for each in navigation.all())
    assert background(page.locator("body")) == "rgb(255, 255, 255)"
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_numbers_of_a_place_print_on_two_sheets_at_most(open_page, bot):
    assert paper(open_page("desktop", bot + "/phones/kyqq")) <= 2
