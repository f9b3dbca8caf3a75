"""Hostile text from visitors and from the server stays text; the Content Security Policy is in force."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from .said import PRINTED

MARKUP = "<img src=x onerror=alert(1)>"
ATTEMPTS = [
    MARKUP,
    "<script>alert(1)</script>",
    "</p></article><iframe src=javascript:alert(1)>",
    '"><svg onload=alert(1)>',
    "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
    "javascript:alert(1)",
]
ADDRESSES = [
    "javascript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://evil.example/x",
    "//evil.example/x",
    "/\\evil.example/x",
    "/\t/evil.example/x",
    "@evil.example/x",
    "",
    None,
]

# Replies in which every string that a person sees is MARKUP.
PART = {"part": None, "scheme": None}
CITATION = {"clause": MARKUP, "brochure": MARKUP, "section": MARKUP, "issued": MARKUP, "quote": MARKUP, "url": MARKUP}
CONTACT = {"place": MARKUP, "place_id": MARKUP, "directory": MARKUP, "office": MARKUP, "phone": MARKUP, "hours": MARKUP}
REPLY = {
    "text": MARKUP,
    "status": "answered",
    "paragraphs": [
        {"kind": kind, "text": f"{MARKUP}{kind}", **PART}
        for kind in ("notice", "lead", "quote", "source", "remark", "contact", "ask", "x")
    ],
    "citations": [CITATION],
    "contacts": [CONTACT],
    "suggestions": [{"label": MARKUP, "choice": MARKUP}, {"label": MARKUP, "choice": "place:" + MARKUP}],
    "place": {"id": MARKUP, "name": MARKUP},
    "check": None,
    "form": None,
    "sheet": {"code": MARKUP, "url": MARKUP},
}
FIELD = {
    "name": MARKUP,
    "label": MARKUP,
    "unit": MARKUP,
    "value": MARKUP,
    "least": None,
    "most": None,
    "whole": False,
    "asked": True,
}
ASKING = {
    "label": MARKUP,
    "ask": MARKUP,
    "unit": MARKUP,
    "values": [MARKUP],
    "least": None,
    "most": None,
    "whole": False,
}
CHECK = {
    "scheme": MARKUP,
    "name": MARKUP,
    "verdict": None,
    "asking": None,
    "asked": 1,
    "left": 2,
    "stated": {MARKUP: MARKUP},
}
REPLIES = {
    "answer": REPLY,
    "verdict": {
        **REPLY,
        "status": "check_eligible",
        "check": {**CHECK, "verdict": MARKUP},
        "paragraphs": [
            {"kind": "lead", "text": MARKUP, **PART},
            *(
                {"kind": "remark", "text": f"{MARKUP}；{MARKUP}", "part": part, "scheme": MARKUP}
                for part in ("reasons", "benefit", "documents", "offices", "online", "deadline", MARKUP)
            ),
        ],
    },
    "match": {
        **REPLY,
        "status": "match_result",
        "check": CHECK,
        "paragraphs": [
            {"kind": "remark", "text": MARKUP, "part": part, "scheme": "../../" + MARKUP}
            for part in ("fits", "excludes", "step", "unsettled", "over", MARKUP)
        ],
    },
    "form": {
        **REPLY,
        "form": {
            "calculator": MARKUP,
            "name": MARKUP,
            "fields": [
                {**FIELD, "type": kind, "options": [{"value": MARKUP, "label": MARKUP}]}
                for kind in ("number", "choice", "yesno", "date")
            ],
        },
    },
    "printed": {**REPLY, "status": "sheet", "paragraphs": [{"kind": "sheet", "text": MARKUP, **PART}]},
    **{
        f"asking for a {kind}": {
            **REPLY,
            "status": "check_asking",
            "check": {**CHECK, "asking": {**ASKING, "type": kind}},
        }
        for kind in ("yesno", "number", "date", "choice")
    },
}


def made(chat):
    """Elements and attributes in the widget that no text may make."""
    return chat.widget.evaluate(
        """host => [...host.shadowRoot.querySelectorAll('*')].filter((e) =>
             /^(img|script|iframe|object|embed|base|meta|style)$/i.test(e.tagName)
             || [...e.attributes].some((a) => /^on/i.test(a.name)))
           .map((e) => e.outerHTML)"""
    )


def links(chat):
    """Where the links of the widget lead, as the browser reads them."""
    return chat.widget.evaluate("host => [...host.shadowRoot.querySelectorAll('a[href]')].map((e) => e.href)")


def leads_away(chat, url):
    """Whether a link leaves the bot for anything but a number to dial."""
    return not re.fullmatch(r"tel:\d*", url) and "{0.scheme}://{0.netloc}".format(urlsplit(url)) != chat.bot


def test_what_a_visitor_types_is_text(visit):
    chat = visit()
    for text in ATTEMPTS:
        chat.say(text)
        expect(chat.mine.last).to_contain_text(text[:9])
    chat.page.reload()
    expect(chat.cards).to_have_count(1 + len(ATTEMPTS))
    assert made(chat) == []


@pytest.mark.parametrize("kind", REPLIES)
def test_what_the_server_says_is_text(visit, kind):
    chat = visit()
    chat.answered_with(REPLIES[kind])
    card = chat.say("失业登记要带啥")
    expect(card).to_contain_text(MARKUP)
    for summary in card.locator("summary").all():
        summary.click()
    assert made(chat) == []
    assert [url for url in links(chat) if leads_away(chat, url)] == []


def test_lists_of_the_server_are_text(visit):
    about = {"bot": MARKUP, "office": MARKUP, "characters": 500, "knowledge": MARKUP}
    lists = {
        "places": [{"id": MARKUP, "name": MARKUP}],
        "calculators": [{"id": MARKUP, "name": MARKUP}],
        "reasons": [{"id": MARKUP, "label": MARKUP}],
    }
    body = json.dumps({**about, **lists})
    answer = {"status": 200, "content_type": "application/json", "body": body}
    chat = visit(
        said=[{"text": "失业登记要带啥"}],
        ready=lambda page: page.route("**/api/v1/bot", lambda route: route.fulfill(**answer)),
    )
    expect(chat.widget.get_by_role("heading", level=1)).to_have_text(MARKUP)
    chat.last.get_by_role("button", name="没帮上").click()
    expect(chat.last.get_by_role("button", name=MARKUP)).to_be_visible()
    chat.widget.locator(".place").click()
    expect(chat.widget.get_by_role("radio", name=MARKUP)).to_be_visible()
    assert made(chat) == []


def test_an_error_of_the_server_is_text(visit):
    chat = visit()
    chat.page.context.expected = "status of 500"
    body = json.dumps({"error": {"code": MARKUP, "message": MARKUP, "incident": MARKUP}})
    chat.page.route(
        "**/api/v1/messages", lambda route: route.fulfill(status=500, content_type="application/json", body=body)
    )
    chat.send("失业登记要带啥")
    expect(chat.failure).to_contain_text(MARKUP)
    assert made(chat) == []


def test_addresses_of_the_server_lead_nowhere_else(visit):
    chat = visit()
    for address in ADDRESSES:
        reply = {
            **REPLY,
            "citations": [{**CITATION, "url": address}],
            "sheet": {"code": "X", "url": address},
            "paragraphs": [{"kind": "remark", "text": "x", "part": "fits", "scheme": address}],
        }
        chat.answered_with(reply)
        chat.say("失业登记要带啥")
    assert [url for url in links(chat) if leads_away(chat, url)] == []


DIALLED = {"0482-8231990": "tel:04828231990", "0482-82a<b>31990": "tel:04828231990", "javascript:12333": "tel:12333"}


def test_only_digits_are_dialled(visit):
    chat = visit()
    chat.answered_with({**REPLY, "contacts": [{**CONTACT, "phone": phone} for phone in DIALLED]})
    card = chat.say("失业登记要带啥")
    assert [each.get_attribute("href") for each in card.locator("a.phone").all()] == [*DIALLED.values()]


NUMBERS = {
    "就业政策方面可以打0482-8231990。": ["04828231990"],
    "请打12333或12345": ["12333", "12345"],
    "转账前打110报警": ["110"],
    "手机13800138000联系": ["13800138000"],
    "2021年1月1日至2022年12月31日期间": [],
    "最高1200元、15000元、12345.6元、12333元": [],
    "编号0482-82319901234": [],
    "占12333%": [],
    "身份证152201199001011234": [],
    "": [],
}


def test_numbers_to_dial_in_a_text_are_links_and_no_others(visit):
    chat = visit()
    paragraphs = [{"kind": "remark", "text": text, **PART} for text in NUMBERS]
    chat.answered_with({**REPLY, "paragraphs": paragraphs})
    card = chat.say("失业登记要带啥")
    shown = card.locator("p.remark").all()
    found = {each.inner_text(): [a.get_attribute("href") for a in each.locator("a").all()] for each in shown}
    assert found == {text: ["tel:" + number for number in numbers] for text, numbers in NUMBERS.items()}


PAGES = [
    "/",
    "/policy",
    "/policy/jyfw",
    "/schemes",
    "/schemes/living_aid",
    "/phones",
    "/phones/kyqq",
    "/nothing",
    "/sheet/NOTHING1",
]


def test_every_page_says_what_it_may_load(bot):
    for path in PAGES:
        policy = httpx.get(bot + path).headers["content-security-policy"]
        assert "default-src 'self'" in policy, path
        assert "frame-ancestors 'self'" in policy, path
        assert "unsafe" not in policy, path


def test_a_printed_result_says_what_it_may_load(visit):
    chat = visit(said=PRINTED)
    answer = httpx.get(chat.bot + chat.reply()["sheet"]["url"])
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_script_that_got_into_a_page_does_not_run(open_page):
    page = open_page()
    page.context.expected = "Content Security Policy"
    page.evaluate(
        """() => {
          const script = document.createElement('script');
          script.textContent = 'window.broken = true';
          document.head.append(script);
          document.body.insertAdjacentHTML('beforeend', '<img id="in" src="data:," onerror="window.broken = true">');
        }"""
    )
    page.locator("#in").wait_for(state="attached")
    assert page.evaluate("window.broken") is None
    assert len(page.context.faults) >= 2
