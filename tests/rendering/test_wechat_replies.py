"""Whatever the knowledge can answer fits WeChat: every clause, table of numbers, verdict, match and sheet."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import yaml
from wechatpy.replies import TextReply

from bot.answering import Context, Status
from bot.eligibility import Interview
from bot.rendering import to_data
from bot.rendering.wechat import LIMIT, to_wechat

from ..eligibility.cases import DAY, FILES, read_cases

ADDRESS = "https://bot.example-of-a-long-name.gov.cn"
LAST_LINK = re.compile(r"\n<a [^>]*>[^<]*</a>\Z")  # that more follows
NARROW = 400  # bytes: so small a page that nearly every reply is cut
FIGURE = re.compile(r"0\d{2,3}-\d{7,8}|1\d{10}|[\d.]+[%％元年月日个天万倍岁]|<a [^>]*>[^<]*</a>|https?://[!-~]+")


@pytest.fixture(scope="module")
def rendered(kit):
    """A reply as WeChat gets it, with the reply as data: `rendered(reply, limit)`."""

    def run(reply, limit=LIMIT):
        data = to_data(reply, kit.knowledge)
        return data, to_wechat(data, ADDRESS, kit.say, limit)

    return run


@pytest.fixture(scope="module")
def of_the_brochures(ask, knowledge):
    """Every clause, topic and aspect tapped, with the place known and unknown, on a day in the terms and on one behind them."""
    choices = [f"clause:{clause.id}" for clause in knowledge.clauses.values() if not clause.is_heading]
    choices += [f"topic:{id}" for id in knowledge.topics]
    known = Context(place="kyzq", place_asked=True)
    return {
        (choice, context is None): ask(choice=choice, context=context, day=day)
        for choice in choices
        for context, day in ((None, DAY), (known, DAY.replace(year=2026)))
    }


@pytest.fixture(scope="module")
def of_numbers(ask, knowledge):
    """Every table of numbers, for each place and for all; a place named; the greeting; whom to call."""
    replies = {("human", None): ask(choice="human"), ("start", None): ask(choice="start")}
    for place in (None, *knowledge.places):
        context = Context(place=place)
        for directory in knowledge.directories:
            replies[directory, place] = ask(choice=f"directory:{directory}", context=context)
            replies[f"{directory}, then the place", place] = ask(
                choice=f"place:{place or 'xam'}", context=Context(directory=directory)
            )
    return replies


@pytest.fixture(scope="module")
def of_checks(ask, knowledge):
    """The three verdicts of every scheme as far as its written cases have them, the first of each, and its sheet."""
    replies = {}
    for path in FILES:
        for case in read_cases(path, knowledge.facts):
            if (path.stem, case.verdict) not in replies:
                context = Context(place="kyzq", check=Interview(path.stem, case.stated).to_data())
                found = ask(choice="result", context=context, day=case.day)
                replies[path.stem, case.verdict] = found
                replies[path.stem, case.verdict, "sheet"] = ask(choice="sheet", context=found.context, day=case.day)
    return replies


@pytest.fixture(scope="module")
def of_questions(ask, knowledge):
    """The first question of every check, and why it is asked; who is asking, and the first questions of a match."""
    replies = {"match": ask(choice="match")}
    for scheme in knowledge.schemes:
        replies[scheme] = first = ask(choice=f"check:{scheme}")
        for suggestion in first.suggestions:
            replies[scheme, suggestion.choice] = ask(choice=suggestion.choice, context=first.context)
    for audience in knowledge.audiences:
        replies[audience] = ask(choice=f"who:{audience}", context=replies["match"].context)
    return replies


@pytest.fixture(scope="module")
def of_matches(ask, knowledge):
    """What a match finds for each audience: with nothing more said, and with all that anyone whom a scheme fits has said."""
    said = {"person": {}, "firm": {}}
    for path in FILES:
        for case in read_cases(path, knowledge.facts):
            if case.verdict == "符合":
                said[knowledge.schemes[path.stem].serves].update(case.stated)
    replies = {}
    for audience in knowledge.audiences.values():
        for stated in (audience.facts, {**said[audience.serves], **audience.facts}):
            interview = Interview(None, stated, audience=audience.id, serves=audience.serves)
            found = ask(choice="result", context=Context(check=interview.to_data()))
            replies[audience.id, len(stated)] = found
            replies[audience.id, len(stated), "why not"] = ask("别的为什么不行", context=found.context)
    return replies


@pytest.fixture(scope="module")
def of_every_status(ask):
    """What is said in tests/answering/statuses.yml."""
    rows = yaml.safe_load((FILES[0].parent.parent / "answering/statuses.yml").read_text(encoding="utf-8"))
    return {row["text"]: ask(row["text"], act=row.get("act", ""), confidence=1.0) for row in rows}


GROUPS = ["of_every_status", "of_the_brochures", "of_numbers", "of_checks", "of_questions", "of_matches"]


@pytest.fixture(params=GROUPS)
def replies(request):
    return request.getfixturevalue(request.param)


def test_the_replies_are_of_every_kind(of_the_brochures, of_numbers, of_checks, of_questions, of_matches, knowledge):
    assert len(of_the_brochures) > 1000
    assert {reply.status for reply in of_the_brochures.values()} >= {Status.ANSWERED, Status.ANSWERED_EXPIRED}
    assert {key[0] for key in of_checks} == set(knowledge.schemes)
    assert sum(key[1] in ("符合", "不符合", "待核实") and len(key) == 2 for key in of_checks) > 2.5 * len(FILES)
    assert all(reply.status is Status.SHEET for key, reply in of_checks.items() if len(key) == 3)
    assert sum(reply.status is Status.CHECK_ASKING for reply in of_questions.values()) > 2 * len(FILES)
    assert all(reply.status is Status.MATCH_RESULT for reply in of_matches.values())
    assert any(sum(p.part == "fits" for p in reply.paragraphs) > 3 for reply in of_matches.values())
    assert len(of_numbers) > 100


def test_no_page_is_longer_than_wechat_takes(replies, rendered):
    for key, reply in replies.items():
        for page in rendered(reply)[1].pages:
            assert 0 < len(page.encode()) <= LIMIT, key


def test_every_page_survives_xml(replies, rendered):
    for key, reply in replies.items():
        for page in rendered(reply)[1].pages:
            xml = TextReply(source="a", target="b", content=page).render()
            assert ElementTree.fromstring(xml).findtext("Content") == page, key


def test_the_last_page_offers_every_button(replies, rendered):
    for key, reply in replies.items():
        data, shown = rendered(reply)
        for n, suggestion in enumerate(data["suggestions"], 1):
            label = f"{n}. {suggestion['label']}" if shown.buttons else suggestion["label"]
            assert label in shown.pages[-1], key


def test_all_that_is_said_is_on_the_pages(replies, rendered):
    for key, reply in replies.items():
        data, shown = rendered(reply)
        text = "".join(LAST_LINK.sub("", page) for page in shown.pages[:-1]) + shown.pages[-1]
        for paragraph in data["paragraphs"]:
            if paragraph["kind"] not in ("contact", "sheet") and not data["sheet"]:
                assert re.sub(r"\s", "", paragraph["text"]) in re.sub(r"\s", "", text), key
        for contact in data["contacts"]:
            assert any(contact["phone"] in page.split("\n") for page in shown.pages), key


def test_no_figure_and_no_link_is_cut_even_on_the_smallest_pages(replies, kit):
    for key, reply in replies.items():
        data = {**to_data(reply, kit.knowledge), "suggestions": []}
        (whole,) = to_wechat(data, ADDRESS, kit.say, 10**6).pages
        *earlier, last = to_wechat(data, ADDRESS, kit.say, NARROW).pages
        pages = [*(LAST_LINK.sub("", page) for page in earlier), last]
        assert [figure for page in pages for figure in FIGURE.findall(page)] == FIGURE.findall(whole), key


def test_most_answers_are_one_page_with_all_their_buttons_as_links(of_the_brochures, of_checks, rendered):
    whole = linked = 0
    replies = [*of_the_brochures.values(), *of_checks.values()]
    for reply in replies:
        data, shown = rendered(reply)
        whole += len(shown.pages) == 1
        linked += shown.pages[-1].count("weixin://") == len(data["suggestions"])
    assert whole > 0.9 * len(replies)
    assert linked > 0.8 * len(replies)
