"""What is kept of the asker: told on request, removed after one more question, and no policy question is taken for it."""

from __future__ import annotations

import pytest

from bot.answering import Context, Message, Status, Suggestion, answer
from bot.answering.steps.own_data import FORGET, FORGET_KEEP, FORGET_NOW
from bot.rendering import to_text
from tests.conftest import DAY

ASKS_TO_FORGET = [
    "删除我的信息",
    "请删除我的个人信息",
    "把我的聊天记录删了",
    "把我的信息都删掉",
    "清空聊天记录",
    "我的信息能删除吗",
    "忘了我吧",
    "刪除我的資料",
    "帮我删掉对话记录",
    "我要求删除我的数据",
]
ASKS_WHAT_IS_KEPT = [
    "我的对话编号",
    "隐私说明",
    "隐私政策在哪",
    "你会保存我的信息吗",
    "你们会不会泄露我的信息",
    "你保存了我的哪些信息",
    "我的聊天记录会被别人看吗",
]
POLICY = [
    "失业登记信息怎么删除",
    "怎么注销就业创业证",
    "个人信息填错怎么改",
    "就业信息登记要带什么",
    "招聘信息在哪看",
    "公司记录有误能撤回稳岗返还吗",
    "我的档案信息在哪查",
    "微信聊天记录删了能找回吗",
    "删除",
]
OFFERED = (Suggestion("确定删除", FORGET_NOW), Suggestion("不删了", FORGET_KEEP))


@pytest.fixture(scope="module")
def say(kit):
    def run(text="", choice=None, context=None, number="123 456 789"):
        return answer(kit, Message(text, choice=choice, number=number), context or Context(), DAY)

    return run


def choices(reply):
    return [suggestion.choice for suggestion in reply.suggestions]


@pytest.mark.parametrize("text", ASKS_TO_FORGET)
def test_who_asks_to_be_forgotten_is_asked_once_more(say, kit, text):
    reply = say(text)
    assert to_text(reply) == kit.say("forget_sure")
    assert choices(reply) == [FORGET_NOW, FORGET_KEEP]


@pytest.mark.parametrize("text", ASKS_WHAT_IS_KEPT)
def test_who_asks_what_is_kept_is_told_with_the_number_and_a_button(say, text):
    reply = say(text)
    assert "90天" in to_text(reply) and "123 456 789" in to_text(reply)
    assert choices(reply) == [FORGET]


@pytest.mark.parametrize("text", POLICY)
def test_a_question_of_policy_is_none_of_that(say, kit, text):
    assert not {FORGET, FORGET_NOW} & set(choices(say(text)))


def test_no_authored_question_is_taken_for_it(kit, questions):
    from bot.answering.steps import own_data
    from bot.answering.turn import Turn

    def heard(text):
        turn = Turn(kit, Message(text), Context(), DAY)
        turn.understanding = type("Read", (), {"text": text})()
        return own_data.run(turn)

    short = [question.text for question in questions if len(question.text) <= own_data._LONGEST]
    assert [text for text in short if heard(text)] == []


def test_the_button_asks_once_more(say, kit):
    assert to_text(say(choice=FORGET)) == kit.say("forget_sure")


def test_confirmed_the_conversation_is_over_and_the_status_says_so(say, kit):
    asked = Context(place="kyqq", topic="sybx-6", question="失业金怎么领", pending=OFFERED, pending_kind="forget")
    reply = say(choice=FORGET_NOW, context=asked)
    assert reply.status is Status.FORGOTTEN and reply.context == Context()
    assert to_text(reply) == kit.say("forget_done")


@pytest.mark.parametrize("text", ["1", "确定删除"])
def test_typing_the_button_confirms_too(say, text):
    assert say(text, context=Context(pending=OFFERED, pending_kind="forget")).status is Status.FORGOTTEN


@pytest.mark.parametrize("choice", [FORGET_NOW, "forget:yes", "forget:"])
def test_a_link_that_confirms_unasked_only_asks(say, kit, choice):
    reply = say(choice=choice)
    assert reply.status is not Status.FORGOTTEN and to_text(reply) == kit.say("forget_sure")


def test_who_changes_their_mind_keeps_what_was_said(say, kit):
    context = Context(place="kyqq", topic="sybx-6", pending=OFFERED, pending_kind="forget")
    reply = say(choice=FORGET_KEEP, context=context)
    assert to_text(reply) == kit.say("forget_kept")
    assert (reply.context.place, reply.context.topic) == ("kyqq", "sybx-6")


def test_anything_else_said_in_between_confirms_nothing(say):
    context = Context(pending=OFFERED, pending_kind="forget")
    assert say("失业金怎么领", context=context).status is Status.ANSWERED


def test_the_greeting_says_how_long_anything_is_kept(say, kit):
    assert say(choice="start").paragraphs[-1].text == kit.say("greet_privacy", days="90")
