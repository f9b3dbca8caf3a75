"""The scheme pages: the index with its filter, each scheme with all that is known of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.knowledge.schemes import leaves
from bot.pages import page_at
from bot.pages.telephone import tel

from .conftest import TODAY, site_of
from .html import tree


def scheme_page(knowledge, id, day=TODAY):
    return tree(page_at(site_of(knowledge, day), f"/schemes/{id}", {}).html)


def listed(page):
    """The schemes that an index shows in full."""
    links = [card.all("h3")[0].all("a")[0] for card in page.all("li", of="scheme")]
    return [link.attributes["href"].removeprefix("/schemes/") for link in links]


def badges(page):
    return {
        card.all("a")[0].attributes["href"].removeprefix("/schemes/"): card.all("span", of="badge")[0].text
        for card in page.all("li", of="scheme")
    }


def test_the_index_shows_every_scheme_once_in_full(knowledge, open_page):
    assert sorted(listed(open_page("/schemes"))) == sorted(knowledge.schemes)


def test_every_audience_names_all_its_schemes(knowledge, open_page):
    shelves = {section.all("h2")[0].text: section for section in open_page("/schemes").all("section")}
    for audience in knowledge.audiences.values():
        names = {link.text for link in shelves[audience.label].all("a")}
        assert {s.name for s in knowledge.schemes.values() if audience.id in s.groups} <= names


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"for": "firm"}, lambda scheme: scheme.serves == "firm"),
        ({"for": "person"}, lambda scheme: scheme.serves == "person"),
        ({"group": "graduate"}, lambda scheme: "graduate" in scheme.groups),
        ({"for": "firm", "group": "employer"}, lambda scheme: "employer" in scheme.groups),
        ({"for": "firm", "group": "graduate"}, lambda scheme: False),
        ({"for": "no such", "group": "<b>"}, lambda scheme: True),
    ],
)
def test_the_filter_leaves_what_was_asked_for(knowledge, open_page, query, kept):
    assert sorted(listed(open_page("/schemes", **query))) == sorted(
        scheme.id for scheme in knowledge.schemes.values() if kept(scheme)
    )


def test_the_filter_leaves_out_what_is_over(open_page):
    assert "已过期" not in badges(open_page("/schemes", open="1")).values()
    assert set(badges(open_page("/schemes"))) - set(badges(open_page("/schemes", open="1"))) == {
        id for id, badge in badges(open_page("/schemes")).items() if badge == "已过期"
    }


def test_the_form_shows_what_was_chosen(open_page):
    page = open_page("/schemes", **{"for": "person", "group": "graduate", "open": "1"})
    chosen = [option.attributes["value"] for option in page.all("option") if "selected" in option.attributes]
    assert chosen == ["person", "graduate"]
    assert "checked" in page.all("input", name="open")[0].attributes


def test_a_filter_that_leaves_nothing_says_so(open_page):
    assert "没有这样的政策" in open_page("/schemes", **{"for": "firm", "group": "graduate"}).text


@pytest.mark.parametrize("id", ["expansion_subsidy", "unemployment_allowance"])
def test_a_scheme_is_over_from_the_day_after_its_term_and_not_before(knowledge, id):
    (term,) = knowledge.terms_of_scheme(knowledge.schemes[id])
    said = knowledge.replies["expired"].format(name=term.name, says=term.says)
    for day, badge, notices in (
        (term.until, "印的期限内", []),
        (term.until + timedelta(days=1), "已过期", [said]),
        (date(2019, 1, 1), "尚未开始" if term.start else "印的期限内", None),
    ):
        page = scheme_page(knowledge, id, day)
        assert page.all("span", of="badge")[0].text == badge
        assert notices is None or [notice.text for notice in page.all("main")[0].all(of="notice")] == notices


def test_a_scheme_is_not_over_because_it_excludes_one_that_is(knowledge):
    assert knowledge.terms_of_scheme(knowledge.schemes["hiring_subsidy"]) == ()


def test_a_scheme_without_a_printed_term_says_so(open_page):
    assert open_page("/schemes/unemployment_registration").all("span", of="badge")[0].text == "册子没有印期限"


def test_every_condition_is_on_the_page(knowledge, pages):
    for scheme in knowledge.schemes.values():
        text = pages[f"/schemes/{scheme.id}"].text
        for leaf in leaves(scheme.conditions):
            assert leaf.says in text and leaf.open_says in text


def test_groups_of_conditions_say_how_many_are_needed(open_page):
    (conditions,) = open_page("/schemes/hardship_recognition").all("section", of="conditions")
    assert "都要满足" in conditions.text and "6类人员之一：满足一项就行" in conditions.text


def test_everything_a_scheme_holds_is_on_its_page(knowledge, pages):
    for scheme in knowledge.schemes.values():
        text = pages[f"/schemes/{scheme.id}"].text
        said = [benefit.says for benefit in scheme.benefit] + [document.item for document in scheme.documents]
        said += [note.says for note in scheme.leaves_open] + [exclusion.says for exclusion in scheme.excludes]
        ids = (*scheme.offices, *scheme.online, *scheme.deadline, *scheme.period)
        said += [knowledge.clauses[id].text for id in ids]
        assert [each for each in said if each not in text] == []


def test_every_clause_a_scheme_rests_on_is_among_its_sources(knowledge, pages):
    for scheme in knowledge.schemes.values():
        (sources,) = pages[f"/schemes/{scheme.id}"].all("section", of="sources")
        linked = {link.attributes["href"].partition("#")[2] for link in sources.all("a")}
        used = {leaf.clause for leaf in scheme.leaves()} | {benefit.clause for benefit in scheme.benefit}
        assert used | {*scheme.offices, *scheme.online, *scheme.period} <= linked


def test_a_scheme_gives_the_number_of_every_place(knowledge, pages):
    for scheme in knowledge.schemes.values():
        (section,) = pages[f"/schemes/{scheme.id}"].all("section", of="phones")
        numbers = {link.attributes["href"] for link in section.all("a", of="tel")}
        directory = knowledge.directories[knowledge.topics[scheme.topic].directory]
        assert {tel(phone.number) for phone in directory.phones.values()} <= numbers


def test_papers_needed_only_at_times_say_when(open_page):
    (section,) = open_page("/schemes/hardship_recognition").all("section", of="documents")
    assert "残疾人证（持有残疾人证时要带）" in section.text


def test_the_button_starts_the_check(open_page):
    (button,) = open_page("/schemes/personal_loan").all("a", of="button")
    assert button.attributes["href"] == "/?choice=check:personal_loan"


def test_fixed_amounts_are_shown_with_what_they_are_for(open_page):
    cards = {card.all("h3")[0].text: card for card in open_page("/schemes").all("li", of="scheme")}
    assert cards["一次性创业补贴"].all("dd", of="amount")[0].text == "每人5000元"


def test_what_a_scheme_says_is_text(knowledge):
    bad = "<script>alert(1)</script>"
    scheme = knowledge.schemes["startup_grant"]
    scheme = replace(scheme, name=bad, benefit=(replace(scheme.benefit[0], says=bad),))
    changed = replace(knowledge, schemes={**knowledge.schemes, scheme.id: scheme})
    for path in ("/schemes", f"/schemes/{scheme.id}"):
        page = tree(page_at(site_of(changed), path, {}).html)
        assert bad in page.all("main")[0].text
        assert {each.attributes.get("type") for each in page.all("script")} == {"application/ld+json"}
