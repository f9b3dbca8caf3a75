"""A reply for WeChat: the order of what is said, numbers to call, links, buttons, pages."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.rendering import wechat
from bot.rendering.wechat import to_wechat

from .wechat_data import ADDRESS, CITED, LINK, OPEN, PHONE, SHEET, SOURCE, asks, buttons, data, hint


def page(say, *paragraphs, address=ADDRESS, **more):
    """The only page of a short reply."""
    (only,) = to_wechat(data(*paragraphs, **more), address, say).pages
    return only


# The order of what is said


def test_notices_come_first_contacts_behind_what_is_said_and_the_question_last(say):
    said = [("contact", "大厅0482-8231990"), ("ask", "哪里？"), ("lead", "第一"), ("quote", "甲"), ("notice", "注意")]
    shown = page(say, *said, contacts=[PHONE])
    assert shown == "注意\n\n第一\n\n原文：甲\n\n大厅\n0482-8231990\n\n哪里？"


def test_two_clauses_keep_their_own_lead_quote_and_source(say):
    said = [("lead", "一"), ("quote", "甲"), SOURCE, ("lead", "二"), ("quote", "乙"), SOURCE]
    shown = page(say, *said, address="")
    assert re.findall("一|二|原文：.|出处", shown) == ["一", "原文：甲", "出处", "二", "原文：乙", "出处"]


def test_the_parts_of_a_verdict_stand_apart_and_the_lines_of_one_part_together(say):
    said = [("lead", "符合"), ("remark", "能得到：甲", "benefit"), ("remark", "要带：乙", "documents")]
    assert page(say, *said) == "符合\n\n能得到：甲\n\n要带：乙"
    assert page(say, ("lead", "有"), ("remark", "一", "fits"), ("remark", "二", "fits")) == "有\n\n一\n二"


def test_what_is_said_of_a_number_stays_below_it(say):
    said = [("contact", "大厅0482-8231990"), ("remark", "说明"), SOURCE, ("lead", "第一")]
    assert page(say, *said, address="").startswith("第一\n\n大厅\n0482-8231990\n\n说明")


def test_the_question_of_a_check_stands_last_with_the_words_that_lead_back_to_it(say):
    said = [
        ("lead", "一"),
        ("contact", "大厅0482-8231990"),
        ("ask", "哪里？"),
        ("lead", "接着核对："),
        ("ask", "多大？"),
    ]
    assert (
        page(say, *said, suggestions=buttons("不清楚"))
        .partition("哪里？")[2]
        .startswith("\n\n接着核对：\n\n多大？\n\n")
    )


def test_an_empty_reply_has_no_page(say):
    assert to_wechat(data(), ADDRESS, say) == wechat.WeChatReply((), ())


# Telephone numbers


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("人社局（就业服务）0482-8231990", ["人社局（就业服务）", "0482-8231990"]),
        ("科右前旗 0482-8398586", ["科右前旗", "0482-8398586"]),
        ("大厅：0482-8231990/0482-8316518", ["大厅", "0482-8231990", "0482-8316518"]),
        ("恒隆创业广场（综合）18704818889", ["恒隆创业广场（综合）", "18704818889"]),
        ("热线12333", ["热线", "12333"]),
        ("0482-8231990", ["0482-8231990"]),
        ("没有号码", ["没有号码"]),
    ],
)
def test_each_number_to_call_stands_alone_on_its_line(say, text, lines):
    assert page(say, ("contact", text)).split("\n") == lines


def test_a_contact_of_another_form_stands_alone_as_well(say):
    assert page(say, ("contact", "大厅 95105"), contacts=[{"phone": "95105"}]) == "大厅\n95105"


@pytest.mark.parametrize("kind", ["lead", "notice", "ask"])
def test_a_number_inside_a_sentence_is_repeated_alone_below_it(say, kind):
    assert page(say, (kind, "请打0482-8231990。")) == "请打0482-8231990。\n0482-8231990"


def test_a_number_that_stands_among_the_contacts_is_not_repeated(say):
    said = [("lead", "请打0482-8231990。"), ("contact", "大厅0482-8231990")]
    assert page(say, *said, contacts=[PHONE]).count("0482-8231990") == 2


def test_a_number_is_repeated_once(say):
    assert page(say, ("lead", "打0482-8231990。"), ("lead", "或0482-8231990。")).count("0482-8231990") == 3


def test_the_short_numbers_of_an_emergency_stand_alone(say, knowledge):
    assert page(say, ("notice", knowledge.replies["crisis"])).split("\n")[1:] == ["110", "12356"]


@pytest.mark.parametrize("text", ["4000元", "2022年", "年满16周岁", "http://12333.gov.cn", "编号12345"])
def test_other_figures_are_not_taken_for_numbers_to_call(say, text):
    assert page(say, ("lead", text)) == text


def test_the_numbers_of_a_sheet_stand_alone(say):
    shown = page(say, ("sheet", "咨询电话\n大厅（就业服务）0482-8231990\n热线0482-8231991"))
    assert shown.split("\n") == ["咨询电话", "大厅（就业服务）", "0482-8231990", "热线", "0482-8231991"]


# Links to the pages


def test_the_source_links_to_the_page_of_the_clause(say):
    shown = page(say, ("quote", "甲"), SOURCE, citations=[CITED])
    assert shown == "原文：甲\n出处：《就业服务》失业信息登记（2022年9月）" + OPEN


def test_without_an_address_there_is_no_link(say):
    shown = page(say, ("quote", "甲"), SOURCE, citations=[CITED], address="")
    assert "<a" not in shown
    assert "出处：《就业服务》失业信息登记（2022年9月）" in shown


def test_each_source_links_to_its_own_clause(say):
    second = {**CITED, "quote": "乙", "brochure": "创业服务", "url": "/policy/cyfw#cyfw-1"}
    said = [("quote", "甲"), SOURCE, ("quote", "乙"), ("source", "《创业服务》贷款（2022年9月）")]
    shown = page(say, *said, citations=[CITED, second])
    assert re.findall(r'href="([^"]*)"', shown) == [ADDRESS + CITED["url"], ADDRESS + second["url"]]


def test_a_quote_without_a_source_has_its_link_below(say):
    assert page(say, ("quote", "甲"), citations=[CITED]) == "原文：甲\n" + OPEN


def test_a_table_of_numbers_links_to_where_it_is_printed(say):
    assert OPEN in page(say, ("contact", "大厅0482-8231990"), SOURCE, citations=[{**CITED, "quote": "别的"}])


def test_what_is_cited_nowhere_gets_no_link(say):
    assert "<a" not in page(say, ("quote", "丙"), ("source", "《创业服务》贷款（2022年9月）"), citations=[CITED])


def test_an_address_with_a_path_is_kept_and_a_strange_one_cannot_break_the_link(say):
    assert f"{ADDRESS}/bot/policy/" in page(say, ("quote", "甲"), citations=[CITED], address=ADDRESS + "/bot/")
    shown = page(say, ("quote", "甲"), citations=[{**CITED, "url": '/x"><b> ]]>'}])
    assert LINK.findall(shown) == [(f"{ADDRESS}/x%22%3E%3Cb%3E%20%5D%5D%3E", "打开原文")]


MADE = ("lead", "一次性告知单，编号 K7M2P9QX。网页上打开 /sheet/K7M2P9QX 可以打印。")


def test_a_sheet_is_a_link_where_the_address_is_known_else_its_code(say):
    linked, bare = (page(say, MADE, ("sheet", "要带的材料"), sheet=SHEET, address=each) for each in (ADDRESS, ""))
    assert f'<a href="{ADDRESS}/sheet/K7M2P9QX">' in linked
    assert "K7M2P9QX" in bare
    assert "/sheet/" not in bare


# Buttons


def tapped(text):
    """What each button of a page sends: (shown, message, choice)."""
    found = []
    for target, shown in LINK.findall(text):
        if target.startswith("weixin://bizmsgmenu?"):
            sent = parse_qs(urlsplit(target).query, strict_parsing=True)
            found.append((shown, sent["msgmenucontent"][0], sent["msgmenuid"][0]))
    return found


def test_a_button_shows_its_number_and_sends_its_label_and_its_choice(say):
    reply = to_wechat(data(("ask", "哪个？"), suggestions=buttons("失业登记", "补贴")), ADDRESS, say)
    assert tapped(reply.pages[0]) == [("1. 失业登记", "失业登记", "topic:1"), ("2. 补贴", "补贴", "topic:2")]
    assert reply.buttons == (("失业登记", "topic:1"), ("补贴", "topic:2"))


@pytest.mark.parametrize("text", ["a&b=c", "50%", "空 格", "加+号", "#", '"引号"', "失业登记？", "é"])
def test_any_label_and_choice_arrive_as_they_are(say, text):
    shown = page(say, ("ask", "？"), suggestions=[{"label": text, "choice": f"fact:{text}:是"}])
    assert tapped(shown) == [(f"1. {text}", text, f"fact:{text}:是")]


def test_a_choice_that_is_too_long_for_a_link_is_offered_by_its_number(say):
    reply = to_wechat(data(suggestions=[{"label": "甲", "choice": "fact:" + "长" * 40}]), ADDRESS, say)
    assert reply.pages[0].endswith("\n1. 甲")
    assert reply.buttons == (("甲", "fact:" + "长" * 40),)


@pytest.mark.parametrize("kind", ["number", "date"])
def test_where_a_number_is_the_answer_the_buttons_have_none(say, kind):
    reply = to_wechat(data(("ask", "多大？"), suggestions=buttons("不清楚"), check=asks(kind)), ADDRESS, say)
    assert tapped(reply.pages[0]) == [("不清楚", "不清楚", "topic:1")]
    assert reply.buttons == ()


@pytest.mark.parametrize("kind", ["yesno", "choice"])
def test_where_words_are_the_answer_the_buttons_are_numbered(say, kind):
    assert "1. 是" in page(say, ("ask", "办了吗？"), suggestions=buttons("是"), check=asks(kind))


def test_where_a_form_asks_for_a_number_the_buttons_have_none(say):
    fields = [{"type": "choice", "asked": False}, {"type": "number", "asked": True}]
    assert "1." not in page(say, ("ask", "？"), suggestions=buttons("不清楚"), form={"fields": fields})


def test_buttons_become_numbers_before_they_cost_a_page(say):
    shown = page(say, ("lead", "字" * 560), suggestions=buttons(*["科右前旗"] * 7))
    assert 0 < len(tapped(shown)) < 7
    assert "\n7. 科右前旗" in shown


def test_more_than_eight_buttons_are_shown_where_there_is_room(say):
    assert "12. 补贴" in page(say, ("lead", "短"), suggestions=buttons(*["补贴"] * 12))
    reply = to_wechat(data(("lead", "字" * 610), suggestions=buttons(*["失业登记"] * 40)), ADDRESS, say)
    assert len(reply.pages) == 1
    assert 8 <= len(reply.buttons) < 40
    assert reply.pages[0].endswith(f"{len(reply.buttons)}. 失业登记")


def test_buttons_that_do_not_fit_take_the_question_to_a_page_of_their_own(say):
    said = [("lead", "字" * 630), ("ask", "要哪个？")]
    first, second = to_wechat(data(*said, suggestions=buttons(*["失业登记"] * 8)), ADDRESS, say).pages
    assert second.startswith("要哪个？\n\n")
    assert len(tapped(second)) == 8
    assert first.endswith(hint(say))


def test_a_long_label_is_shortened_not_cut_inside_a_character(say):
    reply = to_wechat(data(suggestions=buttons("👍🏽" * 100)), ADDRESS, say)
    assert reply.buttons[0][0] == "👍🏽" * 15


# Pages


def test_every_page_but_the_last_says_that_more_follows(say):
    *earlier, last = to_wechat(data(*[("lead", "句子。" * 100)] * 4), ADDRESS, say).pages
    assert earlier
    assert all(each.endswith("\n" + hint(say)) for each in earlier)
    assert say("wechat_more") not in last


def test_the_hint_that_more_follows_sends_the_word_and_no_choice(say):
    first, *_ = to_wechat(data(("lead", "句子。" * 300)), ADDRESS, say).pages
    assert tapped(first) == [(say("wechat_more"), wechat.MORE, "0")]
    assert f"“{wechat.MORE}”" in say("wechat_more")


def test_a_reply_that_just_fits_is_one_page(say):
    assert len(to_wechat(data(("lead", "a" * 2048)), ADDRESS, say).pages) == 1
    assert len(to_wechat(data(("lead", "a" * 2049)), ADDRESS, say).pages) == 2


def test_a_limit_that_is_too_small_is_refused(say):
    with pytest.raises(ValueError, match="255"):
        to_wechat(data(), ADDRESS, say, 255)
