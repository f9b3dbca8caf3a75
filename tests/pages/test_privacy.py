"""The page that tells what is kept of people: from the knowledge, with the days of the settings, linked from everywhere."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.knowledge import KnowledgeError, load_knowledge
from bot.pages import Site, page_at

from .conftest import TODAY
from .html import tree


def test_it_says_what_is_kept_why_how_long_who_sees_it_and_how_it_is_removed(open_page):
    page = open_page("/privacy")
    titles = [each.text for each in page.all("main")[0].all("h2")]
    assert titles == ["留下什么", "不留什么", "留多久", "谁能看", "怎么看、怎么删", "依据", "有话找谁"]


def test_every_sentence_of_the_file_is_on_it_with_its_blanks_filled(open_page, knowledge):
    text = open_page("/privacy").all("main")[0].text
    assert "{" not in text
    for said in (knowledge.county.office, knowledge.general_phone().number, "90天", "个人信息保护法"):
        assert said in text


def test_the_days_are_those_of_the_settings(site):
    short = Site(replace(site.kit, retention_days=30), TODAY)
    text = tree(page_at(short, "/privacy", {}).html).text
    assert "30天" in text and "90天" not in text


def test_what_it_tells_people_to_say_is_understood(ask):
    assert "删除" in ask("删除我的信息").paragraphs[-1].text
    assert "编号" in ask("我的对话编号").paragraphs[-1].text


def test_every_page_leads_to_it(pages):
    for page in pages.values():
        assert "/privacy" in [link.attributes["href"] for link in page.all("footer")[0].all("a")]


def test_the_page_without_scripts_leads_to_it(settings):
    assert 'href="/privacy"' in (settings.root / "bot/web/index.html").read_text(encoding="utf-8")


def test_every_law_that_is_named_is_named_once_and_no_article_is_quoted(knowledge):
    text = "".join(row for part in knowledge.privacy.parts for row in part.rows)
    assert text.count("《") == 1 and not re.search("第.{1,6}条", text)


@pytest.mark.parametrize(
    ("found", "written"),
    [("{days}", "{weeks}"), ("updated: 2026-11-23", "updated: neulich"), ("- title: 留多久", "- titel: 留多久")],
)
def test_a_file_that_is_wrong_is_refused(folder, found, written):
    path = folder / "privacy.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(found, written), encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert {fault.file for fault in error.value.faults} == {"knowledge/privacy.yml"}
