"""The brochures' pages: every clause as printed, with its address, its terms and its corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.pages import page_at
from bot.pages.telephone import tel

from .conftest import TODAY, site_of
from .html import tree


def brochure_page(knowledge, id, day=TODAY):
    return tree(page_at(site_of(knowledge, day), f"/policy/{id}", {}).html)


def element(page, id):
    (found,) = page.all(id=id)
    return found


def test_every_clause_stands_verbatim_in_the_element_with_its_id(knowledge, pages):
    for clause in knowledge.clauses.values():
        (text,) = element(pages[f"/policy/{clause.brochure}"], clause.id).all(of="text")
        assert text.text == clause.text


def test_clauses_stand_in_printed_order(knowledge, pages):
    for brochure in knowledge.brochures.values():
        shown = [each.attributes["id"] for each in pages[f"/policy/{brochure.id}"].all(of="clause")]
        assert shown == list(brochure.clauses)


def test_every_clause_links_to_itself(knowledge, pages):
    for clause in knowledge.clauses.values():
        (link,) = element(pages[f"/policy/{clause.brochure}"], clause.id).all("a", of="self")
        assert link.attributes["href"] == f"#{clause.id}"
        assert clause.id in link.attributes["aria-label"]


def test_headings_are_headings_of_their_level(knowledge, pages):
    for clause in knowledge.clauses.values():
        (text,) = element(pages[f"/policy/{clause.brochure}"], clause.id).all(of="text")
        assert text.tag == (f"h{clause.level}" if clause.is_heading else "p")


def test_a_term_is_said_to_be_over_from_the_day_after_it_and_not_before(knowledge):
    term = next(term for term in knowledge.terms if term.until and not term.example)
    said = knowledge.replies["expired"].format(name=term.name, says=term.says)
    for day, notices in ((term.until, []), (term.until + timedelta(days=1), [said])):
        shown = element(brochure_page(knowledge, "sybx", day), term.covers[0]).all(of="notice")
        assert [notice.text for notice in shown] == notices


def test_a_term_is_said_not_to_have_begun_until_its_first_day(knowledge):
    term = next(term for term in knowledge.terms if term.id == "platform_online")
    said = knowledge.replies["future"].format(name=term.name, says=term.says)
    for day, notices in ((term.start - timedelta(days=1), [said]), (term.start, [])):
        shown = element(brochure_page(knowledge, "zpfw", day), term.covers[0]).all(of="notice")
        assert [notice.text for notice in shown] == notices


def test_every_clause_under_a_term_that_is_over_says_so(knowledge, pages):
    for term in knowledge.terms:
        if term.example or term.state(TODAY) != "over":
            continue
        for covered in term.covers:
            for clause in knowledge.below(covered):
                shown = element(pages[f"/policy/{clause.brochure}"], clause.id)
                assert shown.all(of="notice") or shown.all("span", of="over")


def test_no_clause_of_a_running_term_is_marked(knowledge):
    page = brochure_page(knowledge, "sybx", date(2022, 6, 1))
    assert not page.all(of="notice") and not page.all(of="badge")


def test_an_old_example_is_called_an_example(knowledge, pages):
    term = next(term for term in knowledge.terms if term.example)
    (notice,) = element(pages["/policy/cyfw"], term.covers[0]).all(of="notice")
    assert notice.text == knowledge.replies["example_old"].format(says=term.says)


def test_every_correction_of_the_print_stands_beside_its_clause(knowledge, pages):
    corrected = [clause for clause in knowledge.clauses.values() if clause.corrections]
    assert corrected
    for clause in corrected:
        remarks = [each.text for each in element(pages[f"/policy/{clause.brochure}"], clause.id).all(of="remark")]
        for correction in clause.corrections:
            expected = correction.says if correction.reading is None else f"“{correction.reading}”"
            assert any(expected in remark for remark in remarks)


def test_numbers_of_the_telephone_tables_can_be_called(knowledge, pages):
    for directory in knowledge.directories.values():
        for phone in directory.phones.values():
            clause = element(pages[f"/policy/{knowledge.clauses[phone.clause].brochure}"], phone.clause)
            assert [link.attributes["href"] for link in clause.all("a", of="tel")] == [tel(phone.number)]


def test_a_number_that_has_changed_is_shown_beside_the_print_and_the_old_one_cannot_be_called(knowledge):
    directory = knowledge.directories["employment"]
    old = directory.phones["kyqq"]
    new = replace(old, number="0482-8390000", checked=date(2026, 6, 23))
    changed = replace(directory, phones={**directory.phones, "kyqq": new})
    page = brochure_page(replace(knowledge, directories={**knowledge.directories, "employment": changed}), "jyfw")
    clause = element(page, old.clause)
    assert [link.attributes["href"] for link in clause.all("a", of="tel")] == [tel(new.number)]
    assert old.number in clause.text and "2026年6月23日" in clause.text


def test_a_heading_leads_to_the_schemes_it_is_about(knowledge, pages):
    for scheme in knowledge.schemes.values():
        heading = element(pages[f"/policy/{knowledge.clauses[scheme.topic].brochure}"], scheme.topic)
        assert any(link.attributes["href"] == f"/schemes/{scheme.id}" for link in heading.all("a"))


def test_the_index_names_every_brochure_with_issuer_month_and_audience(knowledge, open_page):
    text = open_page("/policy").text
    for brochure in knowledge.brochures.values():
        assert all(each in text for each in (brochure.title, brochure.issuer, brochure.issued_text, brochure.audience))


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1))
@example("<script>alert(1)</script>")
@example("</p></div><!-- &amp; ' \" --><img src=x onerror=alert(1)>")
@example("{{ site }} {% raw %}")
def test_a_clause_is_text_whatever_stands_in_it(knowledge, text):
    clause = replace(knowledge.clauses["jyfw-1-1"], text=text)
    page = brochure_page(replace(knowledge, clauses={**knowledge.clauses, clause.id: clause}), "jyfw")
    (shown,) = element(page, clause.id).all(of="text")
    assert shown.text == text
    assert not [each for each in shown.inside if each.tag != "a"]


@pytest.mark.parametrize("id", ["jyfw-3-1", "sybx-7-1-3"])
def test_a_cited_address_leads_to_the_clause(knowledge, open_page, id):
    path, _, anchor = f"/policy/{knowledge.clauses[id].brochure}#{id}".partition("#")
    assert element(open_page(path), anchor).text.startswith("\n" + knowledge.clauses[id].text)
