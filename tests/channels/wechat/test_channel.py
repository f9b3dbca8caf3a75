"""The address itself, in the process of the tests: what is refused, what is said, what is kept of a conversation."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import time
import xml.etree.ElementTree as ET
from dataclasses import asdict

import httpx
import pytest

from bot.answering import Context
from bot.channels.limits import Bucket, Limiter, Limits
from bot.channels.wechat.store import MemoryStore
from bot.eligibility import Interview

from .letters import config, query, recorded, sealed, text


class FakeAgent:
    """What Rasa's agent is to the channel: it repeats the message, and keeps conversations in memory."""

    def __init__(self):
        from rasa.shared.core.domain import Domain

        from bot.conversation.tracker_store import LiveTrackerStore

        self.seen = []
        self.tracker_store = LiveTrackerStore(
            Domain.from_dict({"slots": {"place": dict(SLOT), "dialogue": dict(SLOT)}})
        )

    async def handle_message(self, message):
        from rasa.shared.core.events import SlotSet, UserUttered

        from bot.conversation.intake import spoken

        entities = message.parse_data["entities"] if message.parse_data else []
        choice = entities[0]["value"] if entities else None
        self.seen.append((message.text, choice))
        tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
        tracker.update(UserUttered(message.text))
        if choice and choice.startswith("check:"):
            tracker.update(SlotSet("dialogue", asdict(Context(check=Interview(choice[6:], paused=True).to_data()))))
        if choice and choice.startswith("place:"):
            tracker.update(SlotSet("place", choice[6:]))
        await self.tracker_store.save(tracker)
        contacts = [{"phone": "0482-8231990"}] if choice and choice.startswith("directory:") else []
        data = {**spoken("答：" + (choice or message.text)), "contacts": contacts}
        await message.output_channel.send_response(message.sender_id, {"custom": data})


SLOT = {"type": "any", "mappings": [{"type": "custom"}], "influence_conversation": False}


@pytest.fixture()
def agent():
    return FakeAgent()


@pytest.fixture()
async def client_of(agent, monkeypatch):
    """A client of the channel with a given configuration, on a port of loopback."""
    import rasa.core.channels.channel
    from sanic import Sanic

    from bot.channels.wechat.channel import WeChatInput

    monkeypatch.setattr(Sanic, "test_mode", True)  # several applications in one process
    opened = []

    async def build(store=None, limiter=None, **values):
        app = Sanic(f"wechat_{id(agent)}", configure_logging=False)
        channel = WeChatInput(config(**values), b"key", agent, store, limiter=limiter)
        app.ctx.agent = agent
        rasa.core.channels.channel.register([channel], app, route="/")
        sock = socket.create_server(("127.0.0.1", 0))  # given port 0, Sanic would take 8000
        server = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
        await server.startup()
        port = sock.getsockname()[1]
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)
        opened.append((server, client))
        return client

    yield build
    for server, client in opened:
        await client.aclose()
        await server.before_stop()
        await server.close()


def address(given):
    return {name: value for name, value in vars(given).items() if value}


async def post(client, body, given=None):
    given = given or query(timestamp=int(time.time()), nonce=secrets.token_hex(4))
    return await client.post("/wechat", params=address(given), content=body)


async def test_wechat_s_check_is_answered(client_of):
    client = await client_of()
    answer = await client.get("/wechat", params=address(query(timestamp=int(time.time()), echostr="583697")))
    assert (answer.status_code, answer.text) == (200, "583697")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_message_is_answered(client_of):
    answer = await post(await client_of(), text("你好").encode())
    assert ET.fromstring(answer.content).findtext("Content") == "答：你好"
    assert answer.headers["content-type"].startswith("application/xml")


async def test_what_needs_no_reply_gets_success(client_of):
    answer = await post(await client_of(), recorded("view").encode())
    assert (answer.status_code, answer.text) == (200, "success")


@pytest.mark.parametrize("mode", ["compatible", "encrypted"])
async def test_an_encrypted_message_is_answered_encrypted(client_of, mode):
    given, body = sealed(text("你好"), mode, timestamp=int(time.time()))
    answer = await post(await client_of(mode=mode), body, given)
    assert ET.fromstring(answer.content).findtext("Encrypt")


REFUSED = {
    "no signature": ({"signature": ""}, text()),
    "a wrong signature": ({"signature": "0" * 40}, text()),
    "an old address": ({}, text()),
    "no XML": ({}, "hello"),
    "an entity bomb": ({}, '<!DOCTYPE xml [<!ENTITY a "a">]><xml>&a;</xml>'),
    "a body of 65 KB": ({}, text("长" * 22_000)),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_bad_request_gets_403_and_one_line_without_trace_or_content(client_of, agent, caplog, case):
    changed, body = REFUSED[case]
    stamp = int(time.time()) - (3600 if case == "an old address" else 0)
    given = {**address(query(timestamp=stamp)), **changed}
    with caplog.at_level(logging.INFO):
        answer = await (await client_of()).post("/wechat", params=given, content=body.encode())
    assert answer.status_code in (403, 413)
    assert answer.text == "" or answer.status_code == 413
    assert agent.seen == []
    lines = [record for record in caplog.records if record.name.startswith("bot.")]
    assert [record.exc_info for record in lines] == [None]
    assert "oUser" not in caplog.text and "失业" not in caplog.text


async def test_plaintext_is_refused_in_encrypted_mode(client_of, agent):
    answer = await post(await client_of(mode="encrypted"), text().encode())
    assert (answer.status_code, agent.seen) == (403, [])


async def test_a_replayed_address_with_another_message_is_refused(client_of, agent):
    client = await client_of()
    given = query(timestamp=int(time.time()))
    await post(client, text("你好").encode(), given)
    answer = await post(client, text("别的话", msg_id=2).encode(), given)
    assert (answer.status_code, agent.seen) == (403, [("你好", None)])


async def test_a_retry_reaches_the_bot_once(client_of, agent):
    client = await client_of()
    answers = [await post(client, text("你好").encode()) for _ in range(3)]
    assert {ET.fromstring(answer.content).findtext("Content") for answer in answers} == {"答：你好"}
    assert agent.seen == [("你好", None)]


async def test_identity_numbers_and_slashes_do_not_reach_the_bot(client_of, agent):
    client = await client_of()
    await post(client, text("/restart 我的手机13912345678").encode())
    assert agent.seen == [("restart 我的手机〔手机号〕", None)]


async def test_a_tapped_button_reaches_the_bot_as_a_choice(client_of, agent):
    await post(await client_of(), recorded("text_tapped").encode())
    assert agent.seen == [("突泉县", "place:tqx")]


async def test_a_sent_position_is_remembered_and_its_numbers_are_asked_for(client_of, agent):
    await post(await client_of(), recorded("location").encode())
    assert [choice for _, choice in agent.seen] == ["place:tqx", "directory:employment"]


async def test_leaving_empties_the_conversation(client_of, agent):
    client = await client_of()
    await post(client, text("你好", openid="oUser").encode())
    (sender,) = await agent.tracker_store.keys()
    left = recorded("unsubscribe").replace("o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "oUser")
    assert (await post(client, left.encode())).text == "success"
    for _ in range(500):  # it is done after the answer
        if await agent.tracker_store.retrieve(sender) is None:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the conversation is still there")


async def test_a_reported_position_is_remembered_only_where_no_place_is(client_of, agent):
    client = await client_of()
    for second in range(123456789, 123456792):
        answer = await post(client, recorded("location_reported").replace("123456789<", f"{second}<").encode())
        assert answer.text == "success"
    await post(client, text("你好", openid="o6_bmjrPTlm6_2sgVt7hMZOPfL2M").encode())  # is answered after them
    assert [choice for _, choice in agent.seen] == ["place:wlht", None]


async def test_continuing_reaches_the_bot_where_a_check_rests(client_of, agent):
    client = await client_of()
    await post(client, recorded("text_tapped").replace("place:tqx", "check:living_aid").encode())
    openid = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
    for n, text_sent in enumerate(("继续", "你好", "继续")):
        await post(client, text(text_sent, msg_id=n + 1, openid=openid).encode())
    assert [said for said, _ in agent.seen[1:]] == ["继续", "你好", "继续"]


async def test_continuing_does_not_reach_the_bot_where_no_check_is(client_of, agent):
    client = await client_of()
    await post(client, text("你好", msg_id=1).encode())
    answer = await post(client, text("继续", msg_id=2).encode())
    assert "没有下文" in ET.fromstring(answer.content).findtext("Content")
    assert agent.seen == [("你好", None)]


async def test_a_conversation_from_before_a_time_is_forgotten_and_a_later_one_is_not(agent):
    from bot.channels.wechat.channel import Conversations
    from bot.channels.wechat.tasks import Task

    bot = Conversations(agent.handle_message, agent)
    before = time.time() - 1
    await bot.ask("u", Task(text="你好"), "1")
    await bot.forget("u", before)
    assert await agent.tracker_store.retrieve("u")
    await bot.forget("u", time.time() + 1)
    assert await agent.tracker_store.retrieve("u") is None


async def test_no_openid_stands_in_what_is_kept(client_of, agent):
    await post(await client_of(), text("你好").encode())
    assert "oUser" not in repr(agent.tracker_store._kept)


async def test_without_the_store_of_several_processes_one_answers_all_the_same(client_of):
    from bot.channels.wechat.shared import SharedStore
    from bot.conversation.redis_link import open_link

    client = await client_of(SharedStore(open_link("redis://127.0.0.1:1/0")))
    answer = await post(client, text("你好").encode())
    assert ET.fromstring(answer.content).findtext("Content") == "答：你好"


async def test_a_store_that_breaks_ends_in_an_apology(client_of):
    class Broken(MemoryStore):
        async def add(self, key, value, seconds):
            raise RuntimeError("made by the test")

    answer = await post(await client_of(Broken()), text().encode())
    assert answer.status_code == 200
    assert "编号" in ET.fromstring(answer.content).findtext("Content")


async def test_who_asks_too_often_is_told_so_and_the_bot_does_not_hear_it(client_of, agent):
    client = await client_of(limiter=Limiter(Limits(sender=Bucket(2, 0.01))))
    answers = [await post(client, text(f"第{n}句", msg_id=n).encode()) for n in (1, 2, 3)]
    said = [ET.fromstring(answer.content).findtext("Content") for answer in answers]
    assert said[:2] == ["答：第1句", "答：第2句"] and "太快" in said[2]
    again = await post(client, text("第3句", msg_id=3).encode())
    assert ET.fromstring(again.content).findtext("Content") == said[2]
    assert [heard for heard, _ in agent.seen] == ["第1句", "第2句"]
