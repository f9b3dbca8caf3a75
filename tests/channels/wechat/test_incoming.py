"""Every kind of message and event is read, and what is to be done with it."""

from __future__ import annotations

import pytest

from bot.channels.wechat.incoming import is_choice
from bot.channels.wechat.protocol import open_message
from bot.channels.wechat.tasks import Task, task_of

from .letters import NOW, RECORDED, config, query, recorded, text

PHONES = "directory:employment"
TASKS = {
    "text": Task(text="失业登记要带什么"),
    "text_tapped": Task(text="突泉县", choice="place:tqx"),
    "text_for_a_sticker": Task(sentence="wechat_sticker"),
    "image": Task(sentence="wechat_image"),
    "voice": Task(sentence="wechat_voice"),
    "voice_recognised": Task(text="失业金怎么领"),
    "video": Task(sentence="wechat_video"),
    "shortvideo": Task(sentence="wechat_video"),
    "location": Task(choice="place:tqx", phones=PHONES),
    "location_far": Task(sentence="wechat_far", places=True),
    "link": Task(sentence="wechat_link"),
    "file": Task(sentence="wechat_file"),
    "mini_program": Task(sentence="wechat_link"),
    "unknown_message": None,
    "subscribe": Task(choice="start"),
    "subscribe_from_code": Task(choice="start:tqx"),
    "subscribe_from_other_code": Task(choice="start"),
    "unsubscribe": Task(forget=True, quiet=True),
    "scan": Task(choice="place:kyqq", phones=PHONES),
    "scan_other": Task(choice="start"),
    "click": Task(choice="topic:jyfw-3"),
    "click_malformed": Task(choice="start"),
    "view": None,
    "location_reported": Task(choice="place:wlht", quiet=True, fills_in=True),
    "location_reported_far": None,
    "template_sent": None,
    "pictures_from_menu": None,
}
CHOICES = ("start", "start:tqx", "place:tqx", "aspect:jyfw-3:documents", "fact:age:四十岁", "calculator:overtime_pay")
NO_CHOICES = (
    "",
    "Start",
    "start:",
    "/restart",
    'inform{"place":"x"}',
    "a b",
    "start:" + "x" * 81,
    "place\n:x",
    "place:x\n",
)


def read(xml):
    return open_message(config(), query(), xml.encode(), NOW)


def test_every_recorded_kind_has_its_case():
    assert {path.stem for path in RECORDED.glob("*.xml")} == set(TASKS)


@pytest.mark.parametrize("name", TASKS)
def test_each_kind_leads_to_what_is_to_be_done(knowledge, name):
    assert task_of(read(recorded(name)), knowledge) == TASKS[name]


@pytest.mark.parametrize("name", TASKS)
def test_every_sentence_that_a_task_names_is_there(knowledge, name):
    task = TASKS[name]
    assert task is None or not task.sentence or task.sentence in knowledge.replies


@pytest.mark.parametrize("name", TASKS)
def test_each_kind_is_read_with_its_two_ends(name):
    incoming = read(recorded(name))
    assert (incoming.account, incoming.openid) == ("gh_680bdefc8c5d", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M")


def test_a_text_that_is_too_long_is_answered_so(knowledge):
    assert task_of(read(text("长" * 501)), knowledge) == Task(sentence="wechat_too_long")


@pytest.mark.parametrize("choice", CHOICES)
def test_what_has_the_form_of_a_choice_is_one(choice):
    assert is_choice(choice)


@pytest.mark.parametrize("choice", NO_CHOICES)
def test_what_has_another_form_is_no_choice(choice):
    assert not is_choice(choice)


def test_a_tapped_id_that_is_no_choice_leaves_the_text():
    incoming = read(recorded("text_tapped").replace("place:tqx", "/restart"))
    assert (incoming.choice, incoming.text) == (None, "突泉县")


def test_tries_of_one_message_share_a_key():
    assert read(text(msg_id=7)).key == read(text(msg_id=7)).key


def test_another_message_has_another_key():
    assert read(text(msg_id=7)).key != read(text(msg_id=8)).key


@pytest.mark.parametrize("old, new", [("123456789<", "123456790<"), ("SCAN", "CLICK"), ("kyqq", "tqx")])
def test_events_differ_by_time_event_and_key(old, new):
    assert read(recorded("scan")).key != read(recorded("scan").replace(old, new)).key


def test_tries_of_one_event_share_a_key():
    assert read(recorded("scan")).key == read(recorded("scan")).key


def test_repr_does_not_show_who_wrote_what():
    shown = repr(read(text("我叫张三")))
    assert "oUser" not in shown and "张三" not in shown
