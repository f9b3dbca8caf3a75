"""Replies as data for the tests of WeChat, put together by hand."""

from __future__ import annotations

import re

ADDRESS = "https://bot.example.cn"
ENDLESS = 10**7
LINK = re.compile(r'<a href="([^"<>]*)">([^<>]*)</a>')


def data(*paragraphs, **more):
    """A reply as docs/api.md has it, of (kind, text) or (kind, text, part)."""
    rows = [{"kind": kind, "text": text, "part": (*part, None)[0]} for kind, text, *part in paragraphs]
    empty = {"citations": [], "contacts": [], "suggestions": [], "check": None, "form": None, "sheet": None}
    return {"paragraphs": rows, **empty, **more}


def buttons(*labels):
    return [{"label": label, "choice": f"topic:{n}"} for n, label in enumerate(labels, 1)]


def hint(say):
    """What ends every page but the last: a sentence that can be tapped."""
    href = "weixin://bizmsgmenu?msgmenucontent=%E7%BB%A7%E7%BB%AD&msgmenuid=0"
    return f'<a href="{href}">{say("wechat_more")}</a>'


def asks(kind):
    """An eligibility check that asks for a fact of a type."""
    return {"asking": {"label": "年龄", "type": kind}}


CITED = {
    "clause": "jyfw-3-1",
    "brochure": "就业服务",
    "section": "就业信息登记 失业信息登记",
    "quote": "甲",
    "url": "/policy/jyfw#jyfw-3-1",
}
SOURCE = ("source", "《就业服务》失业信息登记（2022年9月）")
OPEN = '<a href="https://bot.example.cn/policy/jyfw#jyfw-3-1">打开原文</a>'
PHONE = {"phone": "0482-8231990"}
SHEET = {"code": "K7M2P9QX", "url": "/sheet/K7M2P9QX"}
