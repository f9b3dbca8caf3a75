"""What a person gets to read: in time, late, page by page, and when something breaks."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import re

import pytest
from fakeredis import FakeAsyncRedis, FakeServer

from bot.channels.wechat.desk import Desk
from bot.channels.wechat.exchange import TIMINGS
from bot.channels.wechat.store import MemoryStore, RedisStore

from .clock import event_loop_policy, fake_redis_time, memory  # noqa: F401  (fixtures)
from .desks import OUT_OF_SERVICE, FakeBot, aged, deliver, die, event, kit, late, message
from .letters import NOW


@pytest.fixture()
def bot():
    kit()  # reading the knowledge takes longer than anybody waits here
    return FakeBot()


@pytest.fixture()
def desk(bot):
    return Desk(memory(), bot, kit, b"key")


@pytest.fixture()
def say():
    return kit().say


async def test_an_answer_that_is_ready_is_sent_at_once(desk):
    assert await deliver(desk, message("你好"), tries=1) == "答：你好"


@pytest.mark.parametrize("seconds", [0, 3, 4.4, 6, 12])
async def test_a_slow_answer_reaches_the_person_and_the_bot_sees_the_message_once(desk, bot, seconds):
    text = f"等{seconds}秒"
    assert await deliver(desk, message(text)) == f"答：{text}"
    assert bot.texts == [text]


async def test_overlapping_tries_get_the_same_answer(desk, bot):
    tries = [desk.reply(message("等3秒"), NOW) for _ in range(3)]
    assert await asyncio.gather(*tries) == ["答：等3秒"] * 3
    assert bot.texts == ["等3秒"]


async def test_the_last_try_says_how_to_fetch_what_takes_longer(desk, say):
    assert await deliver(desk, message("等18秒")) == say("wechat_wait", word="1")


async def test_the_late_answer_is_fetched_by_its_words(desk, bot):
    words = ["1", "继续", " 1 ", "１"]

    async def fetched(word):
        await late(desk, message("等5秒", openid=f"o{words.index(word)}"))
        return await deliver(desk, message(word, openid=f"o{words.index(word)}"))

    assert await asyncio.gather(*map(fetched, words)) == ["答：等5秒"] * len(words)
    assert bot.texts == ["等5秒"] * len(words)


@pytest.mark.parametrize("text", ["那要带什么", "1。", "继续吧", "11", "一"])
async def test_no_other_text_fetches_it(desk, bot, text):
    await late(desk, message("等5秒"))
    assert await deliver(desk, message(text, msg_id=71)) == f"答：{text}"
    assert await deliver(desk, message("1", msg_id=72)) == "答：等5秒"


async def test_a_fetched_answer_is_not_fetched_again(desk, bot):
    await late(desk, message("等5秒"))
    await deliver(desk, message("1", msg_id=71))
    assert await deliver(desk, message("1", msg_id=72)) == "答：1"


async def test_all_tries_of_the_fetching_message_get_the_answer(desk):
    await late(desk, message("等5秒"))
    assert [await desk.reply(message("1"), NOW) for _ in range(3)] == ["答：等5秒"] * 3


async def test_who_fetches_too_early_is_asked_to_come_again(desk, say):
    await deliver(desk, aged(message("等12秒")), tries=1)
    assert await deliver(desk, message("1", msg_id=71)) == say("wechat_not_ready", word="1")
    await asyncio.sleep(5)
    assert await deliver(desk, message("1", msg_id=72)) == "答：等12秒"


async def test_one_is_an_ordinary_message_where_nothing_waits(desk, bot):
    assert await deliver(desk, message("1")) == "答：1"
    assert bot.texts == ["1"]


async def test_one_is_a_button_where_the_buttons_came_after_the_promise(desk, bot):
    await late(desk, message("等5秒"))
    await deliver(desk, message("按钮"))
    await deliver(desk, message("1", msg_id=71))
    assert bot.seen[-1][1:] == ("第1个", "topic:按钮1")
    assert await deliver(desk, message("继续", msg_id=72)) == "答：等5秒"


async def test_one_is_an_answer_where_a_number_was_asked_after_the_promise(desk, bot):
    await late(desk, message("等5秒"))
    await deliver(desk, message("几岁"))
    assert await deliver(desk, message("1", msg_id=71)) == "答：1"
    assert await deliver(desk, message("继续", msg_id=72)) == "答：等5秒"


async def test_one_fetches_where_the_promise_came_after_the_buttons(desk, bot):
    await deliver(desk, message("按钮"))
    await late(desk, message("等5秒"))
    assert await deliver(desk, message("1")) == "答：等5秒"


async def test_a_promised_one_says_so_where_the_answer_is_gone(bot, say):
    desk = Desk(memory(), bot, kit, b"key", timings=dataclasses.replace(TIMINGS, keep=12))
    await late(desk, message("等5秒"))
    await asyncio.sleep(12)
    assert await deliver(desk, message("1")) == say("wechat_no_more")
    assert bot.texts == ["等5秒"]


@pytest.mark.parametrize("before", [[], ["短"], ["按钮"]])
async def test_continuing_where_nothing_follows_is_answered_so(desk, bot, say, before):
    for text in before:
        await deliver(desk, message(text))
    assert await deliver(desk, message("继续")) == say("wechat_no_more")
    assert bot.texts == before


async def test_continuing_goes_on_with_a_check(desk, bot):
    bot.checks.add(desk.sender("oUser"))
    assert await deliver(desk, message("继续")) == "答：继续"


async def test_the_last_try_is_known_though_our_clock_is_behind(desk, say):
    behind = dataclasses.replace(message("等18秒"), created=NOW - 8)
    assert await deliver(desk, behind, tries=1) == say("wechat_wait", word="1")


async def test_the_second_try_is_not_the_last_though_our_clock_is_ahead(desk):
    ahead = dataclasses.replace(message("等8秒"), created=NOW - 7)
    assert await deliver(desk, ahead, tries=2) == "答：等8秒"


async def test_a_question_during_the_work_is_not_lost(desk, bot):
    slow = asyncio.create_task(deliver(desk, message("等6秒 甲")))
    await asyncio.sleep(1)
    assert await deliver(desk, message("乙")) == "答：乙"
    assert await slow == "答：等6秒 甲"
    assert bot.done == ["等6秒 甲", "乙"]


async def test_one_person_s_slowness_does_not_hold_another_up(desk):
    slow = asyncio.create_task(deliver(desk, message("等6秒", openid="oSlow")))
    await asyncio.sleep(1)
    assert await deliver(desk, message("快", openid="oQuick"), tries=1) == "答：快"
    await slow


async def test_a_late_answer_belongs_to_its_person(desk):
    await late(desk, message("等5秒", openid="oOne"))
    assert await deliver(desk, message("1", openid="oOther")) == "答：1"


async def test_two_people_with_one_msg_id_get_each_their_own(desk):
    assert await deliver(desk, message("甲", openid="oOne", msg_id=5)) == "答：甲"
    assert await deliver(desk, message("乙", openid="oOther", msg_id=5)) == "答：乙"


async def test_two_late_answers_are_fetched_one_after_the_other(desk):
    await asyncio.gather(late(desk, message("等5秒 甲")), late(desk, message("等1秒 乙")))
    await asyncio.sleep(1)
    assert await deliver(desk, message("1", msg_id=71)) == "答：等5秒 甲"
    assert await deliver(desk, message("1", msg_id=72)) == "答：等1秒 乙"


async def test_the_third_try_is_known_by_its_time_where_the_others_did_not_arrive(desk, say):
    assert await deliver(desk, aged(message("等18秒")), tries=1) == say("wechat_wait", word="1")


async def test_a_process_that_starts_anew_takes_the_next_try(bot):
    before, after = (Desk(memory(), bot, kit, b"key") for _ in range(2))
    assert await deliver(before, message("等6秒"), tries=1) is OUT_OF_SERVICE
    die(before)
    assert await deliver(after, message("等6秒"), tries=2) == "答：等6秒"


async def test_two_processes_share_the_tries_and_the_late_answer(bot):
    server = FakeServer()
    desks = [Desk(RedisStore(FakeAsyncRedis(server=server, decode_responses=True)), bot, kit, b"key") for _ in range(2)]
    await deliver(desks, message("等16秒"))
    await asyncio.sleep(4)
    assert await deliver(desks[1], message("1")) == "答：等16秒"
    assert bot.texts == ["等16秒"]


async def test_what_was_lost_with_its_process_is_said(bot, say):
    store = memory()
    desks = [Desk(store, bot, kit, b"key") for _ in range(2)]
    await deliver(desks[0], aged(message("等30秒")), tries=1)
    die(desks[0])
    await asyncio.sleep(2 * TIMINGS.claim)
    assert await deliver(desks[1], message("1", msg_id=71)) == say("wechat_lost")
    assert await deliver(desks[1], message("1", msg_id=72)) == say("wechat_no_more")


async def test_what_takes_too_long_ends_in_an_apology(bot, caplog):
    desk = Desk(memory(), bot, kit, b"key", timings=dataclasses.replace(TIMINGS, limit=0.05))
    assert "编号" in await deliver(desk, message("等60秒"))


async def test_a_broken_bot_ends_in_an_apology_with_the_number_of_the_log(desk, caplog):
    with caplog.at_level(logging.ERROR):
        text = await deliver(desk, message("坏了"))
    incident = re.search(r"[0-9a-f]{8}", text)[0]
    assert incident in caplog.text
    assert "sqlite" not in text


async def test_a_store_that_is_gone_ends_in_an_apology(bot):
    class Gone(MemoryStore):
        async def count(self, key, seconds):
            raise ConnectionError("redis://:password@redis:6379")

    text = await deliver(Desk(Gone(), bot, kit, b"key"), message("你好"))
    assert "编号" in text and "password" not in text


async def test_a_broken_message_blocks_no_later_one(desk):
    await deliver(desk, message("坏了"))
    assert await deliver(desk, message("你好")) == "答：你好"


async def test_a_long_answer_is_read_page_by_page(desk, bot, say):
    pages = [await deliver(desk, message("长"))]
    for n in range(1, 50):
        pages.append(await deliver(desk, message("继续", msg_id=100 + n)))
        if pages[-1] == say("wechat_no_more"):
            break
    assert len(pages) > 3
    assert all(len(page.encode()) <= 2048 for page in pages)
    assert "第199句话" in pages[-2]


async def test_every_try_of_turning_a_page_gives_the_same_page(desk):
    await deliver(desk, message("长"))
    second = [await desk.reply(message("继续", msg_id=101), NOW) for _ in range(3)]
    third = await deliver(desk, message("继续", msg_id=102))
    assert len(set(second)) == 1
    assert third not in second


async def test_the_next_answer_takes_the_place_of_the_pages_left(desk, say):
    await deliver(desk, message("长"))
    await deliver(desk, message("短"))
    assert await deliver(desk, message("继续")) == say("wechat_no_more")


async def test_a_hint_leaves_the_pages_as_they_are(desk, say):
    await deliver(desk, message("长"))
    assert await deliver(desk, message(kind="image")) == say("wechat_image")
    assert "句话说的是" in await deliver(desk, message("继续"))


async def test_a_typed_number_is_the_button_last_shown(desk, bot):
    await deliver(desk, message("按钮"))
    await deliver(desk, message("2"))
    assert bot.seen[-1][1:] == ("第2个", "topic:按钮2")


async def test_the_numbers_count_from_the_page_that_shows_them(desk, bot):
    page = await deliver(desk, message("长"))
    await deliver(desk, message("3", msg_id=71))
    assert bot.seen[-1][1:] == ("3", None)
    await deliver(desk, message("长", msg_id=72))
    for n in range(50):
        if "3. 第3个" in page:
            break
        page = await deliver(desk, message("继续", msg_id=100 + n))
    await deliver(desk, message("3", msg_id=73))
    assert bot.seen[-1][2] == "topic:长3"


@pytest.mark.parametrize("text", ["0", "4", "99999999999999999999", "2个", "-1", "②的"])
async def test_what_is_no_number_of_a_button_stays_a_text(desk, bot, text):
    await deliver(desk, message("按钮"))
    await deliver(desk, message(text))
    assert bot.seen[-1][1:] == (text, None)


async def test_a_fetched_answer_brings_its_own_numbers(desk, bot):
    await deliver(desk, message("按钮乙"))
    await late(desk, message("等5秒 按钮甲"))
    await deliver(desk, message("1", msg_id=71))
    await deliver(desk, message("2", msg_id=72))
    assert bot.seen[-1][2] == "topic:等5秒 按钮甲2"


async def test_a_far_position_is_asked_back_with_the_places(desk, bot, say):
    text = await deliver(desk, message(kind="location", latitude=23.1, longitude=113.3))
    assert text.startswith(say("wechat_far"))
    assert "突泉县" in text
    await deliver(desk, message("2"))
    assert bot.seen[-1][2] == "place:wlht"


async def test_a_reported_position_is_remembered_without_a_word(desk, bot):
    assert await deliver(desk, event("location", latitude=46.08, longitude=122.09)) == ""
    await desk.close()
    assert bot.seen == [(desk.sender("oUser"), "", "place:wlht")]


async def test_a_reported_position_does_not_change_what_the_person_said(desk, bot):
    bot.places[desk.sender("oUser")] = "tqx"
    assert await deliver(desk, event("location", latitude=46.08, longitude=122.09)) == ""
    await desk.close()
    assert bot.seen == []


async def test_a_slow_bot_says_nothing_to_who_only_opened_the_chat(desk, bot):
    busy = asyncio.create_task(deliver(desk, message("等3秒")))
    await asyncio.sleep(1)
    assert await deliver(desk, event("location", latitude=46.08, longitude=122.09), tries=1) == ""
    assert bot.done == []
    await busy


@pytest.mark.parametrize("name", ["view", "templatesendjobfinish", "something_new"])
async def test_what_needs_no_reply_gets_none(desk, bot, name):
    assert await deliver(desk, event(name, event_key="http://www.qq.com")) == ""
    assert bot.seen == []


def test_the_sender_is_another_for_everyone_and_tells_nothing_of_the_openid(desk, bot):
    assert desk.sender("oUser") != desk.sender("oOther")
    assert "oUser" not in desk.sender("oUser")
    other = Desk(memory(), bot, kit, b"another key")
    assert other.sender("oUser") != desk.sender("oUser")


async def test_two_hundred_people_at_once_get_each_their_own_answer(desk, bot):
    people = [f"o{n:03}" for n in range(200)]
    answers = await asyncio.gather(*(deliver(desk, message(f"问{n}", openid=n)) for n in people))
    assert answers == [f"答：问{n}" for n in people]
    assert sorted(bot.texts) == sorted(f"问{n}" for n in people)
