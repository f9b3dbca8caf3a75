"""Text of any kind on WeChat: safe in XML, no link but our own, nothing lost, no page too long."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.replies import TextReply

from bot.rendering import wechat
from bot.rendering.wechat import to_wechat

from .wechat_data import ADDRESS, CITED, ENDLESS, LINK, OPEN, SHEET, asks, data, hint

HOSTILE = [
    "]]>",
    "]]&gt;",
    "]]" + "\x00" + ">",
    "]" + "\u202e" + "]>",
    '</Content><Evil/><a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=y">点我</a>',
    "<a href='http://evil.example'>",
    "&lt;a href&#61;x&gt;",
    "a\x00b\x08c\x0bd\x1be\x7ff\x85g",
    "\ud83d和\udc4d",
    "\ufffe\uffff",
    "\u202e\u2066\u200f\ufeff",
    "\r\n行\r行\u2028行\t列",
    "é",
    "{bot} %s \\",
]


def parsed(text):
    """What WeChat reads: the content of wechatpy's reply through a real XML parser."""
    return ElementTree.fromstring(TextReply(source="a", target="b", content=text).render()).findtext("Content")


def everywhere(text):
    """A reply with a text in every place that is shown."""
    return data(
        *((kind, text) for kind in ("notice", "lead", "quote", "source", "remark", "contact", "sheet", "ask")),
        suggestions=[{"label": text, "choice": "topic:" + text}, {"label": text, "choice": "topic:1"}],
        contacts=[{"phone": text}],
        citations=[{**CITED, "quote": text, "url": "/policy/" + text.encode("utf-8", "replace").decode()}],
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_the_xml_or_becomes_a_link(say, text):
    for each in to_wechat(everywhere(text), ADDRESS, say).pages:
        assert parsed(each) == each
        assert not set("<>") & set(LINK.sub("", each))
        assert all(target.startswith((ADDRESS, "weixin://bizmsgmenu?")) for target, _ in LINK.findall(each))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("]]>", "]]＞"),
        ("<b>&amp;&#60;</b>", "＜b＞＆amp;＆#60;＜/b＞"),
        ("http://a.cn/?x=1&y=2", "http://a.cn/?x=1&y=2"),
        ("a\x00\x1b\u202eb\ud800c", "abc"),
        ("e\u0301", "é"),
        ("一\r\n二\r三\u2028四\t五", "一\n二\n三\n四 五"),
    ],
)
def test_text_is_made_safe_and_stays_readable(text, shown):
    assert wechat.clean(text) == shown


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_text_that_is_safe_is_not_changed_again(text):
    assert wechat.clean(wechat.clean(text)) == wechat.clean(text)


FIGURES = ["0482-8231990", "4000元", "2022年12月31日", "http://a.gov.cn/b?c=1", "👨‍👩‍👧"]
PIECES = [*(f"到{figure}，" for figure in FIGURES), "。", "\n", "<a>", "]]>", "字" * 80]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=20).map("".join)
KINDS = st.sampled_from(["notice", "lead", "quote", "source", "remark", "contact", "ask", "sheet"])
PARTS = st.sampled_from([None, "reasons", "fits"])
REPLIES = st.builds(
    lambda said, suggestions, contacts, kind: data(
        *said,
        suggestions=suggestions,
        contacts=contacts,
        citations=[CITED],
        check=asks(kind),
        sheet=SHEET,
    ),
    st.lists(st.tuples(KINDS, TEXTS, PARTS), max_size=8),
    st.lists(st.fixed_dictionaries({"label": TEXTS, "choice": st.text(max_size=50)}), max_size=14),
    st.lists(st.fixed_dictionaries({"phone": st.sampled_from(["0482-8231990", "95105", ""])}), max_size=3),
    st.sampled_from(["number", "yesno"]),
)


def bare(text):
    return re.sub(r"(?<!<a)\s", "", text)


def together(reply, say):
    """The text of all pages without the hints, spaces left out."""
    return bare("".join(each.removesuffix(hint(say)) for each in reply.pages[:-1]) + "".join(reply.pages[-1:]))


@given(REPLIES, st.integers(256, 2048), st.sampled_from([ADDRESS, ""]))
def test_no_page_of_any_reply_is_too_long_or_breaks_the_xml(say, given, limit, address):
    for each in to_wechat(given, address, say, limit).pages:
        assert 0 < len(each.encode()) <= limit
        assert parsed(each) == each


@given(REPLIES, st.integers(256, 2048))
def test_pages_lose_nothing_and_say_nothing_twice(say, given, limit):
    whole = together(to_wechat({**given, "suggestions": []}, ADDRESS, say, ENDLESS), say)
    shown = together(to_wechat(given, ADDRESS, say, limit), say)
    assert shown.startswith(whole)
    offered = LINK.sub(r"\2", shown[len(whole) :])
    everything = LINK.sub(r"\2", together(to_wechat({**given, "paragraphs": []}, ADDRESS, say, ENDLESS), say))
    assert everything.startswith(offered)


@given(REPLIES, st.integers(256, 2048))
def test_the_first_buttons_are_always_offered(say, given, limit):
    shown = to_wechat(given, ADDRESS, say, limit).buttons
    whole = to_wechat(given, ADDRESS, say, ENDLESS).buttons
    assert shown == whole[: len(shown)]
    if limit > 1200:
        assert len(shown) >= min(8, len(whole))


@given(REPLIES, st.integers(256, 600))
def test_figures_and_links_are_whole_on_one_page(say, given, limit):
    (whole,) = to_wechat({**given, "suggestions": []}, ADDRESS, say, ENDLESS).pages or ("",)
    pages = to_wechat({**given, "suggestions": []}, ADDRESS, say, limit).pages
    for figure in [*FIGURES, OPEN]:
        assert sum(each.count(figure) for each in pages) == whole.count(figure)
