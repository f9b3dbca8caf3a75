"""A reply as plain text."""

from __future__ import annotations

import pytest

from bot.answering import Paragraph, Reply, Status
from bot.rendering import to_text


def reply(*paragraphs):
    return Reply(Status.ANSWERED, tuple(Paragraph(kind, text) for kind, text in paragraphs))


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("quote", "原文：甲"),
        ("source", "出处：甲"),
        ("contact", "电话：甲"),
        ("lead", "甲"),
        ("notice", "甲"),
        ("remark", "甲"),
        ("ask", "甲"),
    ],
)
def test_a_paragraph_is_marked_by_its_kind(kind, line):
    assert to_text(reply((kind, "甲"))) == line


def test_paragraphs_come_in_order_one_under_another():
    assert to_text(reply(("notice", "一"), ("lead", "二"), ("quote", "三\n四"))) == "一\n二\n原文：三\n四"


def test_a_text_in_braces_stays_as_it_is():
    assert to_text(reply(("quote", "{bot} <b> %s"))) == "原文：{bot} <b> %s"


def test_an_answer_opens_with_its_first_line(ask):
    reply = ask("就业创业证要带什么材料")
    assert to_text(reply).split("\n")[0] == reply.paragraphs[0].text


def test_an_expired_answer_opens_with_the_notice(ask):
    from datetime import date

    text = to_text(ask(choice="clause:sybx-5-1-1", day=date(2026, 11, 23)))
    assert text.split("\n")[0].startswith("注意：“一次性扩岗补助”印的期限是“实施期限到2022年底”，已经过期")
