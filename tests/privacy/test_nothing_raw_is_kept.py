"""Markers go in through both channels, by every way there is; nothing that is stored, published or logged holds one."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import json
import logging
import re
import socket
import time
import zlib

import httpx
import pytest

pytestmark = pytest.mark.rasa

KEY = b"k" * 32
OPENID = "oRawOpenid_1234567890abcdef"
MARKERS = {
    "identity number": "11010519491231002X",
    "mobile": "13812345678",
    "card": "6222021234567890128",
    "landline": "0482-8765432",
    "name": "欧阳建国",
    "address": "幸福小区5号楼2单元301",
    "mail": "raw.person@example.com",
    "account": "raw_person_66",
    "openid": OPENID,
}
SAID = [
    "我的身份证11010519491231002X，失业登记要带什么",
    "打我13812345678",
    "卡号6222 0212 3456 7890 128",
    "卡号6222021234567890128，补贴打哪",
    "我家电话0482-8765432",
    "我叫欧阳建国，失业金怎么领",
    "我家住科右前旗幸福小区5号楼2单元301",
    "发我邮箱raw.person@example.com",
    "加我微信raw_person_66",
]
CHOICES = ["fact:姓名:13812345678", "x:11010519491231002X", "start:13812345678", "topic:6222021234567890128"]


class Everything:
    """What the bot writes, wherever: files, conversations, events, the store of WeChat, the log."""

    def __init__(self, agent, folder):
        self.agent = agent
        self.folder = folder
        self.log = io.StringIO()
        self.events = []
        self.wechat = None

    def text(self):
        parts = [self.log.getvalue(), json.dumps([event.as_dict() for event in self.events], ensure_ascii=False)]
        for path in self.folder.rglob("*"):
            if path.is_file():
                parts.append(path.read_bytes().decode("utf-8", "replace") + str(path))
        for sender, kept in self.agent.tracker_store._kept.items():
            parts += [sender, json.dumps([event.as_dict() for event in kept.events], ensure_ascii=False)]
            parts += [zlib.decompress(said.packed).decode() for said in kept.said]
        parts += [repr(self.wechat._values), repr(self.wechat._lists)]
        return "\n".join(parts)


@pytest.fixture()
def everything(agent, tmp_path, monkeypatch):
    """What is written from now on, at the most talkative level of every logger but those of the tests' own client."""
    from bot.conversation.runtime import kit

    found = Everything(agent, tmp_path)
    monkeypatch.setattr(kit().sheets, "folder", tmp_path / "sheets")
    monkeypatch.setattr(agent.tracker_store, "_publish", lambda sender, events: found.events.extend(events))
    monkeypatch.setattr(agent.tracker_store, "_kept", type(agent.tracker_store._kept)())
    handler = logging.StreamHandler(found.log)
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore", "hypothesis")))
    root = logging.getLogger()
    names = ("", "rasa", "sanic", "sanic.root", "sanic.error", "sanic.access", "asyncio", "bot", "wechatpy")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield found
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture()
def served(everything, agent, loop, tmp_path, monkeypatch):
    """Run a coroutine with a client of a server that has both channels."""
    from sanic import Sanic

    from bot.channels.app import make_app
    from bot.channels.web import WebInput
    from bot.channels.wechat.channel import WeChatInput
    from bot.channels.wechat.config import WeChatConfig
    from bot.channels.wechat.store import MemoryStore
    from bot.feedback import FeedbackFile

    monkeypatch.setattr(Sanic, "_app_registry", {})
    monkeypatch.setattr(Sanic, "test_mode", True)
    everything.wechat = MemoryStore()

    async def run(work):
        config = WeChatConfig(token="spamtest1", app_id="wx0123456789abcdef", mode="plain")
        channels = [
            WebInput(KEY, (), FeedbackFile(tmp_path / "feedback.sqlite3"), 30.0),
            WeChatInput(config, KEY, agent, everything.wechat),
        ]
        app = make_app(agent, channels)
        sock = socket.create_server(("127.0.0.1", 0))
        server = await app.create_server(sock=sock, return_asyncio_server=True, access_log=True)
        await server.startup()
        await server.start_serving()
        address = f"http://127.0.0.1:{sock.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client:
            with contextlib.suppress(asyncio.CancelledError):
                await work(client)
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.05)  # the ends of connections are noticed

    return lambda work: loop.run_until_complete(run(work))


async def send(client, number, **body):
    answer = await client.post("/api/v1/messages", json={"id": f"message-{number:04}", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


_seconds = itertools.cycle(range(50))  # an event of the same second is the same event


async def wechat(client, kind, text):
    from bot.wechat_simulator.account import Account, seal
    from bot.wechat_simulator.messages import compose

    account = Account("wx0123456789abcdef", "spamtest1")
    now = int(time.time()) + next(_seconds)
    message = compose(kind, OPENID, text, now=now)
    query, body = seal(account, message.xml(account.original_id), OPENID, now)
    answer = await client.post("/wechat", params=query, content=body)
    assert answer.status_code == 200, answer.text
    return answer.text


async def talk_on_the_website(client):
    await client.post("/api/v1/sessions", json={"place": MARKERS["mobile"]})
    for i, text in enumerate(SAID):
        await send(client, i, text=text)
    for i, choice in enumerate(CHOICES):
        await send(client, 100 + i, choice=choice)
        await send(client, 200 + i, choice="human", text=SAID[i])
    values = {"monthly_wage": MARKERS["mobile"], MARKERS["card"]: "1", "restday_hours": MARKERS["identity number"]}
    await send(client, 300, form={"calculator": "overtime_pay", "values": values})
    await send(client, 301, form={"calculator": MARKERS["mobile"], "values": {}})
    vote = {"message": "message-0000", "vote": "down", "reason": "wrong", "comment": "，".join(SAID)[:200]}
    assert (await client.post("/api/v1/feedback", json=vote)).json() == {"saved": True}


async def go_wrong_on_the_website(client):
    await client.post("/api/v1/sessions", json={})
    raw = "".join(SAID)
    await client.post("/api/v1/messages", content=b"{" + raw.encode())
    await client.post("/api/v1/messages", json={"id": raw, "text": raw})
    await client.post("/api/v1/messages", json={"id": "long-0001", "text": raw * 20})
    await client.post("/api/v1/feedback", json={"message": raw, "vote": raw, "comment": raw})
    for path in (f"/api/v1/{MARKERS['mobile']}", f"/sheet/{MARKERS['identity number']}", f"/policy/{raw}"):
        await client.get(path, params={"q": raw})
    await client.get("/phones", params={"place": MARKERS["mobile"]})
    await client.put("/api/v1/messages", params={"q": MARKERS["mobile"]}, json={"text": raw})


async def talk_on_wechat(client):
    for text in SAID:
        await wechat(client, "text", text)
    await wechat(client, "voice", SAID[1])
    await wechat(client, "location", "科右前旗" + MARKERS["address"])
    await wechat(client, "click", f"fact:{MARKERS['mobile']}")
    await wechat(client, "scan", MARKERS["mobile"])
    await wechat(client, "subscribe", "qrscene_" + MARKERS["card"])


def leaked(text):
    shown = re.sub(r"[ \-]", "", text)
    return [what for what, raw in MARKERS.items() if raw in text or raw.replace("-", "") in shown]


@pytest.mark.parametrize("work", [talk_on_the_website, go_wrong_on_the_website, talk_on_wechat])
def test_nothing_that_is_kept_holds_personal_data(everything, served, work):
    served(work)
    text = everything.text()
    assert work is go_wrong_on_the_website or "〔" in text  # something was kept, and masked
    assert leaked(text) == []


def test_what_breaks_in_the_middle_leaves_no_personal_data_in_the_log(everything, served, agent, monkeypatch):
    from bot.answering import pipeline

    def broken(turn):
        raise ValueError(f"{turn.message!r} {turn.text!r} {turn.context!r}")

    monkeypatch.setattr(pipeline, "STEPS", (pipeline.STEPS[0], ("broken", broken)))
    served(talk_on_wechat)
    assert "ValueError" in everything.log.getvalue()
    assert leaked(everything.text()) == []


def test_neither_cookie_nor_session_id_is_kept(everything, served):
    seen = []

    async def work(client):
        await client.post("/api/v1/sessions", json={})
        await send(client, 1, text="失业金怎么领")
        (token,) = client.cookies.values()
        seen.extend([token, *token.split(".")[::2]])

    served(work)
    assert seen and [each for each in seen if each in everything.text()] == []


def test_who_asks_to_be_forgotten_leaves_nothing(everything, served):
    async def work(client):
        await client.post("/api/v1/sessions", json={})
        await send(client, 1, text="零工市场在哪，我在前旗")
        vote = {"message": "message-0001", "vote": "up"}
        assert (await client.post("/api/v1/feedback", json=vote)).json() == {"saved": True}
        asked = await send(client, 2, text="删除我的信息")
        done = await send(client, 3, choice=asked["reply"]["suggestions"][0]["choice"])
        assert done["reply"]["status"] == "forgotten"
        assert (await client.get("/api/v1/messages")).json() == {"messages": []}

    served(work)
    assert list(everything.agent.tracker_store._kept) == []
    assert "message-0001" not in "".join(
        path.read_bytes().decode("utf-8", "replace") for path in everything.folder.glob("feedback.sqlite3")
    )


def test_who_asks_to_be_forgotten_on_wechat_leaves_nothing(everything, served):
    async def work(client):
        await wechat(client, "text", "零工市场在哪，我在前旗")
        await wechat(client, "text", "删除我的信息")
        assert "已经删除" in await wechat(client, "text", "1")

    served(work)
    assert list(everything.agent.tracker_store._kept) == []
    assert "零工市场" not in repr(everything.wechat._values)
