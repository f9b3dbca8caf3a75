"""The phone pages: every number of every place, as answered today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.pages import page_at
from bot.pages.telephone import all_phones, tel

from .conftest import site_of
from .html import tree


def calls(page):
    return {link.attributes["href"] for link in page.all("main")[0].all("a", of="tel")}


def test_every_number_can_be_called(knowledge, open_page):
    assert {tel(phone.number) for phone in all_phones(knowledge)} <= calls(open_page("/phones"))


def test_a_place_has_its_own_numbers_and_no_others(knowledge, open_page):
    for place in knowledge.places:
        own = {tel(phone.number) for phone in all_phones(knowledge) if phone.place == place}
        hotlines = {h.id: h for h in knowledge.hotlines.values() if h.phones[0].place == place}
        own |= {tel(phone.number) for hotline in hotlines.values() for phone in hotline.phones}
        assert calls(open_page(f"/phones/{place}")) == own


def test_a_place_can_be_chosen_by_query(open_page):
    assert open_page("/phones", place="kyqq").all("h1")[0].text == open_page("/phones/kyqq").all("h1")[0].text


def test_addresses_and_online_services_are_listed(knowledge, open_page):
    text = open_page("/phones").text
    for each in (*knowledge.addresses.values(), *knowledge.online.values()):
        assert each.name in text
    assert all(address.text in text for address in knowledge.addresses.values())


def test_numbers_as_printed_say_so_and_a_number_verified_since_has_its_day(knowledge):
    directory = knowledge.directories["gig"]
    verified = replace(directory.phones["kyqq"], checked=date(2026, 6, 23))
    changed = replace(directory, phones={**directory.phones, "kyqq": verified})
    site = site_of(replace(knowledge, directories={**knowledge.directories, "gig": changed}))
    text = tree(page_at(site, "/phones/kyqq", {}).html).text
    assert "2026年6月23日核对过" in text and "号码是2022年9月册子上印的" in text


def test_that_no_hours_are_printed_is_said_once(knowledge, open_page):
    assert open_page("/phones").text.count(knowledge.replies["hours_unknown"]) == 1


def test_hours_that_are_known_are_shown_and_the_others_said_not_to_be_printed(knowledge):
    directory = replace(knowledge.directories["gig"], hours="工作日上午")
    site = site_of(replace(knowledge, directories={**knowledge.directories, "gig": directory}))
    text = tree(page_at(site, "/phones", {}).html).text
    assert text.count("接听时间：工作日上午") == 1
    assert text.count(knowledge.replies["hours_unknown"]) == len(knowledge.directories) - 1
