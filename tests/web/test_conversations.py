"""Whole conversations on the website."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from bot.feedback import FeedbackFile

from .said import ANSWERS, ASKED_A_NUMBER, CHECK

SCHEME = "临时生活补助"  # living_aid


def digits(text):
    return re.sub(r"\D", "", text)


def dials(card):
    return [each.get_attribute("href") for each in card.locator(".phone").all()]


def test_a_question_is_answered_with_quote_source_and_number(visit, size):
    chat = visit(size)
    card = chat.say("失业登记要带啥")
    reply = chat.reply()
    expect(card.locator(".lead")).to_have_text(reply["paragraphs"][0]["text"])
    quote = card.locator("blockquote").first
    expect(quote).to_be_hidden()
    card.get_by_text("看原文").click()
    expect(quote).to_have_text(reply["citations"][0]["quote"])
    expect(card.locator(".source").first).to_contain_text(reply["citations"][0]["issued"])
    assert dials(card) == ["tel:" + digits(each["phone"]) for each in reply["contacts"]] != []


def test_a_follow_up_stays_with_the_subject_and_a_place_brings_its_number(visit):
    chat = visit()
    chat.say("失业登记要带啥")
    chat.say("去哪办")
    assert all(each["clause"].startswith("jyfw-") for each in chat.reply()["citations"])
    card = chat.say("我在前旗")
    contacts = chat.reply()["contacts"]
    assert [each["place_id"] for each in contacts] == ["kyqq"]
    expect(card.locator(".phone")).to_contain_text(contacts[0]["phone"])
    expect(chat.widget.locator(".place")).to_have_text("科右前旗")


def test_a_phone_number_is_shown_once(visit):
    chat = visit()
    card = chat.say("失业登记要带啥")
    number = chat.reply()["contacts"][0]["phone"]
    assert card.inner_text().count(number) == 1


def test_an_answer_whose_term_is_over_says_so_first(visit):
    chat = visit()
    card = chat.say("失业补助金能领多久")
    first = card.locator("> *").first
    assert "notice" in first.get_attribute("class")
    expect(first).to_contain_text("注意")
    expect(first).to_contain_text("已经过期")
    expect(first.locator(".icon")).to_be_visible()
    expect(first).to_be_in_viewport()


def test_an_answer_is_shown_from_its_beginning(visit, size):
    chat = visit(size)
    for text in ("失业补助金能领多久", "失业登记要带啥"):
        card = chat.say(text)
        expect(card.locator("> *").first).to_be_in_viewport(ratio=1)
    expect(chat.input).to_be_focused()


def test_a_suggestion_asks_its_question_and_keeps_its_label(visit):
    chat = visit()
    chat.say("失业登记要带啥")
    chat.press("对象")
    expect(chat.mine.last).to_contain_text("对象")
    assert chat.messages()[-1]["text"] == "对象"


def test_a_check_goes_from_the_first_question_to_the_verdict(visit, size):
    chat = visit(size)
    card = chat.say(SCHEME + "，我符合吗")
    for asked, answer in enumerate(ANSWERS, 1):
        check = chat.reply()["check"]
        bar = card.get_by_role("progressbar")
        expect(bar).to_have_attribute("aria-valuenow", str(asked))
        expect(bar).to_have_attribute("aria-valuemax", str(asked + check["left"] - 1))
        expect(bar).to_have_accessible_name(re.compile(f"第{asked}题"))
        expect(card.locator(".ask")).to_have_text(check["asking"]["ask"])
        if answer == "是":
            card = chat.press("是")
        else:
            field = card.get_by_label(check["asking"]["ask"])
            assert field.get_attribute("type" if check["asking"]["type"] == "date" else "inputmode") in (
                "date",
                "decimal",
            )
            field.fill(answer)
            card = chat.press("确定")
            expect(chat.mine.last).to_contain_text(answer + check["asking"]["unit"])
    verdict = card.locator(".verdict")
    expect(verdict).to_contain_text("符合")
    expect(verdict).to_contain_text(SCHEME)
    expect(verdict.locator(".icon")).to_be_visible()
    assert card.get_by_role("heading").all_inner_texts() == ["能得到", "要带的材料", "去哪里办", "网上办", "什么时候办"]
    assert card.get_by_role("checkbox").count() == 1
    assert "要带：" not in card.inner_text()  # the heading says it
    assert chat.reply()["check"]["verdict"] == "符合"


def test_the_result_of_a_check_can_be_printed(visit):
    chat = visit(said=CHECK)
    card = chat.press("打印一次性告知单")
    code = chat.reply()["sheet"]["code"]
    with chat.page.expect_popup() as opened:
        card.get_by_role("link", name="打开一次性告知单（可打印）").click()
    expect(opened.value).to_have_url(f"{chat.bot}/sheet/{code}")
    expect(opened.value.locator("main")).to_contain_text(code)


@pytest.mark.parametrize(
    ("typed", "sentence"), [("", "请先填写"), ("半年", "请填数字"), ("721", "不能大于720"), ("-1", "请填数字")]
)
def test_a_number_that_cannot_be_is_asked_again_at_once(visit, typed, sentence):
    chat = visit(said=ASKED_A_NUMBER)
    asked = len(chat.messages())
    field = chat.last.locator("input")
    field.fill(typed)
    field.press("Enter")
    expect(chat.last.get_by_role("alert")).to_contain_text(sentence)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    assert len(chat.messages()) == asked


def test_why_a_question_is_asked_can_be_asked(visit):
    chat = visit(said=[{"choice": "check:living_aid"}])
    card = chat.press("为什么问这个")
    expect(card.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "1")
    chat.press("不清楚")
    assert chat.reply()["check"]["asked"] == 2


def test_a_question_of_a_check_is_answered_once(visit):
    chat = visit(said=[{"choice": "check:living_aid"}])
    first = chat.last
    chat.press("是")
    count = len(chat.messages())
    yes = first.get_by_role("button", name="是", exact=True)
    expect(yes).to_have_attribute("aria-disabled", "true")
    yes.click(force=True)
    chat.press("是")
    assert len(chat.messages()) == count + 1


def test_a_question_answered_in_words_has_no_buttons_to_press_any_more(visit):
    chat = visit(said=[{"choice": "check:living_aid"}])
    yes = chat.last.get_by_role("button", name="是", exact=True)
    expect(yes).not_to_have_attribute("aria-disabled", "true")
    chat.say("是的")
    expect(yes).to_have_attribute("aria-disabled", "true")


def test_matching_ends_in_a_list_of_what_fits(visit):
    chat = visit()
    chat.after(lambda: chat.choose("我能享受哪些政策"))
    chat.press("在职职工")
    chat.last.locator("input").fill("35")
    chat.press("确定")
    for _ in range(12):
        if chat.reply()["status"] == "match_result":
            break
        chat.press("不清楚")
    parts = [each for each in chat.reply()["paragraphs"] if each["part"]]
    outcomes = chat.last.locator(".outcome")
    assert outcomes.count() == len(parts) > 0
    for outcome, part in zip(outcomes.all(), parts):
        expect(outcome).to_contain_text(part["text"])
        expect(outcome.locator(".icon")).to_be_visible()
        links = [each.get_attribute("href") for each in outcome.get_by_role("link", name="看这项政策").all()]
        assert links == ([f"{chat.bot}/schemes/{part['scheme']}"] if part["scheme"] else [])


def test_a_sum_is_worked_out_from_a_form_and_again_after_a_correction(visit, size):
    chat = visit(size)
    chat.after(lambda: chat.choose("计算器"))
    card = chat.press("加班费")
    card.get_by_label("工资").fill("4000")
    card.get_by_label("平日加班的时间").fill("10")
    card = chat.press("算一算")
    first = chat.reply()
    assert first["status"] == "calculated"
    expect(card.locator(".lead")).to_have_text(first["paragraphs"][0]["text"])
    expect(card.get_by_label("工资")).to_have_value("4000")
    card.get_by_label("平日加班的时间").fill("20")
    card = chat.press("算一算")
    second = chat.reply()
    assert second["status"] == "calculated"
    assert second["text"] != first["text"]
    expect(card.locator(".lead")).to_have_text(second["paragraphs"][0]["text"])


def test_a_form_without_what_it_needs_is_asked_again(visit):
    chat = visit(said=[{"choice": "calculator:overtime_pay"}])
    chat.press("算一算")
    assert chat.reply()["status"] == "calculation_asking"


def test_the_place_is_remembered_after_a_reload_and_a_new_start(visit, size):
    chat = visit(size)
    chat.widget.get_by_role("button", name="选地方").click()
    assert chat.widget.get_by_role("radio").count() == 7
    chat.after(chat.widget.get_by_role("radio", name="突泉县").click)
    place = chat.widget.locator(".place")
    expect(place).to_have_text("突泉县")
    chat.page.reload()
    expect(place).to_have_text("突泉县")
    restart(chat)
    expect(place).to_have_text("突泉县")
    chat.say("失业登记要带啥")
    assert {each["place_id"] for each in chat.reply()["contacts"]} == {"tqx"}


def restart(chat):
    chat.choose("重新开始")
    chat.widget.get_by_role("menuitem", name="确定重新开始").click()
    expect(chat.cards).to_have_count(1)


def test_a_new_start_asks_once_and_empties_the_conversation(visit):
    chat = visit(said=[{"text": "失业登记要带啥"}])
    chat.choose("重新开始")
    expect(chat.cards).to_have_count(2)
    chat.widget.get_by_role("menuitem", name="确定重新开始").click()
    expect(chat.cards).to_have_count(1)
    assert [each["text"] for each in chat.messages()] == [None]


def votes(data_folder, chat):
    """The kept votes on the last reply."""
    last = chat.messages()[-1]["id"]
    return [each for each in FeedbackFile(data_folder / "feedback.sqlite3")._all() if each.message == last]


def test_a_thumb_up_is_kept(visit, data_folder):
    chat = visit(said=[{"text": "失业登记要带啥"}])
    up = chat.last.get_by_role("button", name="有帮助")
    up.click()
    expect(chat.last.get_by_text("谢谢您，记下了")).to_be_visible()
    expect(up).to_have_attribute("aria-pressed", "true")
    (vote,) = votes(data_folder, chat)
    assert (vote.vote, vote.question) == ("up", "失业登记要带啥")
    chat.page.reload()
    expect(up).to_have_attribute("aria-pressed", "true")


def test_a_thumb_down_is_kept_with_its_reason_and_words(visit, data_folder, size):
    chat = visit(size, said=[{"text": "失业登记要带啥"}])
    card = chat.last
    card.get_by_role("button", name="没帮上").click()
    reasons = chat.page.request.get(chat.bot + "/api/v1/bot").json()["reasons"]
    for reason in reasons:
        expect(card.get_by_role("button", name=reason["label"], exact=True)).to_be_visible()
    card.get_by_role("button", name=reasons[-1]["label"], exact=True).click()
    card.get_by_role("textbox").fill("窗口说的不一样")
    with chat.page.expect_response("**/feedback"):
        card.get_by_role("button", name="提交").click()
    expect(card.get_by_role("textbox")).to_be_hidden()
    expect(card.get_by_text("谢谢您，记下了")).to_be_visible()
    (vote,) = votes(data_folder, chat)
    assert (vote.vote, vote.reason, vote.comment) == ("down", reasons[-1]["id"], "窗口说的不一样")


def test_a_vote_can_be_changed_and_taken_back(visit, data_folder):
    chat = visit(said=[{"text": "失业登记要带啥"}])
    told = chat.last.get_by_text("谢谢您，记下了")
    chat.last.get_by_role("button", name="没帮上").click()
    expect(told).to_be_visible()
    with chat.page.expect_response("**/feedback"):
        chat.last.get_by_role("button", name="有帮助").click()
    assert [each.vote for each in votes(data_folder, chat)] == ["up"]
    chat.last.get_by_role("button", name="有帮助").click()
    expect(told).to_be_hidden()
    assert votes(data_folder, chat) == []


def test_a_question_back_has_nothing_to_vote_on(visit):
    chat = visit(said=[{"text": "创业贷款"}])
    assert chat.reply()["status"] == "clarification_which_scheme"
    expect(chat.last.get_by_role("button", name="有帮助")).to_have_count(0)


def test_a_person_can_be_called(visit):
    chat = visit()
    chat.after(lambda: chat.choose("转人工"))
    assert dials(chat.last) == ["tel:" + digits(each["phone"]) for each in chat.reply()["contacts"]] != []


def test_a_reload_shows_the_same_conversation(visit):
    chat = visit()
    for text in ("失业补助金能领多久", "我在前旗", "临时生活补助，我符合吗"):
        chat.say(text)
    before = chat.shown()
    chat.page.reload()
    expect(chat.cards).to_have_count(4)
    assert chat.shown() == before
    chat.press("是")
    assert chat.reply()["check"]["asked"] == 2


def test_numbers_of_persons_are_not_shown_again(visit):
    chat = visit()
    chat.say("我的身份证号是152201199001011234，失业登记要带啥")
    expect(chat.mine.last).not_to_contain_text("152201199001011234")
    chat.page.reload()
    expect(chat.cards).to_have_count(2)
    assert "152201199001011234" not in chat.log.inner_text()


def test_two_tabs_are_one_conversation(visit):
    one = visit()
    one.say("失业登记要带啥")
    page = one.page.context.new_page()
    page.goto(one.bot + "/")
    two = type(one)(page, one.bot)
    expect(two.cards).to_have_count(2)
    one.send("我在前旗")
    two.send("去哪办")
    expect(one.cards).to_have_count(3)
    expect(two.cards).to_have_count(3)
    asked = [each["text"] for each in one.messages()]
    assert asked[:2] == [None, "失业登记要带啥"]
    assert sorted(asked[2:]) == sorted(["我在前旗", "去哪办"])
    one.page.reload()
    page.reload()
    expect(one.cards).to_have_count(4)
    expect(two.cards).to_have_count(4)
    assert one.shown() == two.shown()


def test_each_answer_stands_under_its_question(visit):
    chat = visit()
    held = []
    chat.page.route("**/api/v1/messages", lambda route: held.append(route), times=1)
    chat.send("失业登记要带啥")
    expect(chat.widget.locator(".typing")).to_contain_text("正在查册子")
    chat.say("创业贷款")
    held[0].continue_()
    expect(chat.cards).to_have_count(3)
    expect(chat.widget.locator(".typing")).to_have_count(0)
    turns = chat.widget.locator(".turn")
    expect(turns.nth(1).locator(".mine")).to_contain_text("失业登记要带啥")
    expect(turns.nth(1).locator(".card")).to_contain_text("身份证")
    expect(turns.nth(2).locator(".card")).to_contain_text("个人贷款")


@pytest.mark.parametrize("permissions", [["clipboard-read", "clipboard-write"], []], ids=["allowed", "old browser"])
def test_an_answer_can_be_copied(visit, permissions):
    def without_clipboard(page):
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")

    chat = visit(
        said=[{"text": "失业登记要带啥"}], permissions=permissions, ready=None if permissions else without_clipboard
    )
    chat.last.get_by_role("button", name="复制").click()
    expect(chat.last.get_by_text("已复制")).to_be_visible()
    if permissions:
        assert chat.page.evaluate("navigator.clipboard.readText()").splitlines() == chat.reply()["text"].splitlines()
