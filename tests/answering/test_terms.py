"""A printed term that is over is said in the first line, with the number to call; while it runs nothing is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.answering import Status

RUNNING, LATER, BEFORE = date(2022, 10, 15), date(2026, 11, 23), date(2021, 6, 1)
EXPIRED = [
    ("clause:sybx-4-1-1", "2022年1月1日至12月31日"),
    ("clause:sybx-5-1-1", "实施期限到2022年底"),
    ("clause:sybx-7-1-1", "2021年1月1日至2022年12月31日期间"),
    ("clause:sybx-8-1-3-1", "执行到2022年12月31日"),
    ("clause:sybx-2-1-3", "其他缓缴主体缓缴至2022年底"),
    ("clause:sybx-1-1-1", "执行期至2023年4月30日"),
]
BORDERS = [("clause:sybx-1-1-1", date(2023, 4, 30)), ("clause:sybx-5-1-1", date(2022, 12, 31)), ("clause:sybx-7-1-2", date(2022, 7, 31))]  # fmt: skip


@pytest.mark.parametrize(("choice", "says"), EXPIRED)
def test_expired_scheme_says_so_in_the_first_line(ask, choice, says):
    reply = ask(choice=choice, day=LATER)
    assert reply.status is Status.ANSWERED_EXPIRED
    assert reply.paragraphs[0].kind == "notice"
    assert says in reply.paragraphs[0].text
    assert "已经过期" in reply.paragraphs[0].text


@pytest.mark.parametrize(("choice", "says"), EXPIRED)
def test_expired_scheme_gives_a_number_to_ask(ask, choice, says):
    assert ask(choice=choice, day=LATER).contacts


@pytest.mark.parametrize(("choice", "says"), EXPIRED)
def test_running_scheme_says_nothing_about_its_term(ask, choice, says):
    reply = ask(choice=choice, day=RUNNING)
    assert reply.status is Status.ANSWERED
    assert "notice" not in {paragraph.kind for paragraph in reply.paragraphs}


@pytest.mark.parametrize("text", ["一次性扩岗补助怎么申请", "留工培训补助每人多少钱", "失业补助金能领几个月"])
def test_a_question_about_an_expired_scheme_is_answered_with_the_notice_first(ask, text):
    reply = ask(text, day=LATER)
    assert (reply.status, reply.paragraphs[0].kind) == (Status.ANSWERED_EXPIRED, "notice")


@pytest.mark.parametrize("text", ["一次性扩岗补助怎么申请", "留工培训补助每人多少钱", "失业补助金能领几个月"])
def test_the_same_question_in_its_term_is_answered_without(ask, text):
    assert ask(text, day=RUNNING).status is Status.ANSWERED


@pytest.mark.parametrize(("choice", "last"), BORDERS)
def test_on_the_last_day_the_scheme_is_not_over(ask, choice, last):
    assert ask(choice=choice, day=last).status is Status.ANSWERED


@pytest.mark.parametrize(("choice", "last"), BORDERS)
def test_on_the_day_after_it_is(ask, choice, last):
    assert ask(choice=choice, day=last + timedelta(days=1)).status is Status.ANSWERED_EXPIRED


def test_a_scheme_before_its_first_day_is_not_yet_in_force(ask):
    reply = ask(choice="clause:sybx-5-1-1", day=BEFORE)
    assert reply.status is Status.ANSWERED_NOT_YET
    assert "还没开始" in reply.paragraphs[0].text


def test_an_example_of_old_figures_is_remarked_and_does_not_expire_the_scheme(ask):
    reply = ask(choice="clause:cyfw-1-4-2b", day=LATER)
    assert reply.status is Status.ANSWERED
    assert any(p.kind == "remark" and "举例" in p.text for p in reply.paragraphs)


def test_a_scheme_without_a_term_never_expires(ask):
    assert ask(choice="clause:jyfw-1-3", day=LATER).status is Status.ANSWERED


def test_every_over_term_of_every_cited_clause_is_said(knowledge, tapped):
    for row in tapped:
        if row.reply.status is Status.ANSWERED_CONTACT:
            continue
        over = [
            term
            for citation in row.reply.citations
            for term in knowledge.terms_of(citation.clause)
            if term.state(row.day) == "over" and not term.example
        ]
        said = "\n".join(p.text for p in row.reply.paragraphs if p.kind in ("notice", "remark"))
        assert all(term.says in said for term in over), row.asked


def test_what_was_corrected_by_inference_is_said(ask):
    reply = ask(choice="clause:nmmg-12-2-6")
    assert any("有安记录" in p.text and "有关凭证" in p.text for p in reply.paragraphs if p.kind == "remark")


def test_an_obvious_slip_is_corrected_without_words(ask):
    assert "remark" not in {p.kind for p in ask(choice="clause:jnpx-2-4-2").paragraphs}


@pytest.mark.parametrize("choice", ["clause:gxby-12-6-2", "clause:nmmg-10-2"])
def test_what_the_print_leaves_unclear_is_sent_to_the_office(ask, choice):
    assert any("请向经办机构核实" in p.text for p in ask(choice=choice).paragraphs if p.kind == "remark")


def test_a_refusal_that_states_figures_of_an_expired_scheme_says_that_it_is_over(ask):
    reply = ask("失业补助金一个月到底是多少元", day=LATER)
    assert reply.status is Status.REFUSED_DETAIL
    assert any("已经过期" in paragraph.text for paragraph in reply.paragraphs)
