"""What every page has: well-formed HTML, one heading, a title, working links, nothing inline, the footer."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.pages import page_at, robots, sitemap
from bot.pages.structured import script
from bot.pages.telephone import tel

from .conftest import TODAY, site_of
from .html import tree

HANDLERS = {"style", "onclick", "onload", "onerror", "onsubmit", "onchange"}


def test_every_page_has_a_language_one_heading_a_title_and_landmarks(knowledge, pages):
    titles = set()
    for page in pages.values():
        assert page.all("html")[0].attributes["lang"] == "zh-CN"
        assert [len(page.all(tag)) for tag in ("h1", "main", "footer", "title")] == [1, 1, 1, 1]
        assert page.all("meta", name="description")[0].attributes["content"]
        titles.add(page.all("title")[0].text)
    assert len(titles) == len(pages)


def test_headings_skip_no_level(pages):
    for path, page in pages.items():
        levels = [int(each.tag[1]) for each in page.all("main")[0].all() if each.tag in ("h1", "h2", "h3", "h4", "h5")]
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_ids_are_used_once(pages):
    for path, page in pages.items():
        ids = [each.attributes["id"] for each in page.all() if "id" in each.attributes]
        assert len(ids) == len(set(ids)), path


def test_what_is_named_by_an_id_is_there(pages):
    for page in pages.values():
        ids = {each.attributes.get("id") for each in page.all()}
        assert {
            each.attributes["aria-labelledby"] for each in page.all() if "aria-labelledby" in each.attributes
        } <= ids


def test_every_link_inside_the_site_leads_somewhere(pages):
    anchors = {path: {each.attributes.get("id") for each in page.all()} for path, page in pages.items()}
    links = {(path, a.attributes["href"]) for path, page in pages.items() for a in page.all("a")}
    for here, link in sorted(links):
        if not link.startswith(("tel:", "http:", "https:")):
            path, _, anchor = link.partition("#")
            path = path.partition("?")[0] or here
            assert path == "/" or path in pages, link
            assert not anchor or anchor in anchors[path], link


def test_the_first_link_skips_to_the_text(pages):
    for page in pages.values():
        assert page.all("a")[0].attributes["href"] == "#main"


def test_only_local_files_are_loaded(pages):
    for page in pages.values():
        assert [each.attributes["href"] for each in page.all("link")] == ["/static/icon.svg", "/static/page.css"]
        assert not [each for each in page.all() if "src" in each.attributes]


def test_nothing_is_inline_but_data(pages):
    for page in pages.values():
        assert not page.all("style")
        assert not [each for each in page.all() if HANDLERS & set(each.attributes)]
        assert {each.attributes.get("type") for each in page.all("script")} <= {"application/ld+json"}


def test_structured_data_is_json_of_the_right_kind(pages):
    kinds = {
        "/policy/jyfw": "CreativeWork",
        "/schemes/startup_grant": "GovernmentService",
        "/phones": "GovernmentOffice",
    }
    for path, page in pages.items():
        blocks = [json.loads(each.text) for each in page.all("script")]
        assert blocks[-1]["@type"] == "BreadcrumbList"
        assert [item["position"] for item in blocks[-1]["itemListElement"]] == list(
            range(1, len(blocks[-1]["itemListElement"]) + 1)
        )
        assert kinds.get(path) in (None, blocks[0]["@type"])


def test_structured_data_of_a_brochure_says_when_and_by_whom_it_was_issued(knowledge, pages):
    for brochure in knowledge.brochures.values():
        data = json.loads(pages[f"/policy/{brochure.id}"].all("script")[0].text)
        assert (data["datePublished"], data["publisher"]["name"]) == (brochure.issued, brochure.issuer)


def test_structured_data_of_the_phone_page_holds_every_business_line(knowledge, pages):
    data = json.loads(pages["/phones"].all("script")[0].text)
    numbers = {point["telephone"] for point in data["contactPoint"]}
    assert {p.number for directory in knowledge.directories.values() for p in directory.phones.values()} <= numbers


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!-- <script>", "a\u2028b", "&amp;"])
def test_structured_data_cannot_leave_its_element(text):
    written = str(script({"name": text}))
    assert not set(written) & set("<>&\u2028")
    assert json.loads(written)["name"] == text


def test_the_footer_has_the_office_its_number_and_the_version(knowledge, pages):
    for page in pages.values():
        footer = page.all("footer")[0]
        assert knowledge.county.office in footer.text and knowledge.version in footer.text
        assert knowledge.replies["preliminary"] in footer.text
        assert footer.all("a", of="tel")[0].attributes["href"] == tel(knowledge.general_phone().number)


def test_the_way_back_is_shown(pages):
    page = pages["/schemes/startup_grant"]
    (trail,) = page.all("nav", of="trail")
    assert [link.attributes["href"] for link in trail.all("a")] == ["/", "/schemes"]


def test_a_configured_address_gives_canonical_links_and_a_site_map(knowledge):
    site = site_of(knowledge, address="https://bot.example")
    page = tree(page_at(site, "/phones", {"place": "kyqq"}).html)
    assert page.all("link", rel="canonical")[0].attributes["href"] == "https://bot.example/phones/kyqq"
    assert "Sitemap: https://bot.example/sitemap.xml" in robots("https://bot.example")
    assert "<loc>https://bot.example/schemes/startup_grant</loc>" in sitemap(knowledge, "https://bot.example")


def test_without_an_address_there_are_none(pages):
    assert not pages["/phones"].all("link", rel="canonical")
    assert "Sitemap" not in robots("")


def test_the_site_map_is_xml(knowledge):
    from xml.etree import ElementTree

    assert len(ElementTree.fromstring(sitemap(knowledge, "https://bot.example?a=1&b=<"))) > 50


def test_without_a_measurement_there_is_no_accuracy_card(pages):
    assert not pages["/phones"].all(of="accuracy")


def test_the_accuracy_card_shows_day_questions_and_shares(knowledge, card):
    page = tree(page_at(site_of(knowledge, accuracy=card), "/phones", {}).html)
    (shown,) = page.all(of="accuracy")
    for said in ("2026年7月1日", "50题", "政策问题", "97%", "40题对39题", "100%"):
        assert said in shown.text
    assert not shown.all(of="notice")


def test_a_card_of_another_version_says_that_the_knowledge_has_changed(knowledge, card):
    old = replace(card, knowledge="0123456789ab")
    page = tree(page_at(site_of(knowledge, accuracy=old), "/phones", {}).html)
    assert "有改动" in page.all(of="accuracy")[0].all(of="notice")[0].text


@pytest.mark.parametrize(
    ("path", "suggested"),
    [
        ("/policy/nothing", "/policy/jyfw"),
        ("/policy/jyfw-3-1", "/policy/jyfw#jyfw-3-1"),
        ("/schemes/startup_grants", "/schemes/startup_grant"),
        ("/schemes/失业登记", "/schemes/unemployment_registration"),
        ("/phones/前旗", "/phones/kyqq"),
        ("/phones/<script>alert(1)</script>", "/phones/kyqq"),
        ("/elsewhere", "/schemes"),
    ],
)
def test_an_unknown_address_is_not_found_and_says_where_to_go(site, path, suggested):
    page = page_at(site, path, {})
    assert page.status == 404
    assert suggested in [link.attributes["href"] for link in tree(page.html).all("main")[0].all("a")]


def test_an_unknown_place_of_a_query_is_not_found(site):
    assert page_at(site, "/phones", {"place": "nowhere"}).status == 404


def test_the_same_page_has_the_same_etag_and_another_day_another(knowledge, site):
    path = "/schemes/expansion_subsidy"
    assert page_at(site, path, {}).etag == page_at(site_of(knowledge), path, {}).etag
    assert page_at(site, path, {}).etag != page_at(site_of(knowledge, TODAY.replace(year=2022)), path, {}).etag


def test_the_accuracy_card_changes_the_etag(knowledge, site, card):
    assert page_at(site, "/phones", {}).etag != page_at(site_of(knowledge, accuracy=card), "/phones", {}).etag
