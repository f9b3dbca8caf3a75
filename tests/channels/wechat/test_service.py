"""What the account sends of itself: one token for all, within the quota, and every refusal of WeChat understood."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging

import httpx
import pytest
from fakeredis import FakeAsyncRedis, FakeServer

from bot.channels.wechat.desk import Desk
from bot.channels.wechat.exchange import TIMINGS
from bot.channels.wechat.service import API, AccessToken, CustomerService, ServiceError, open_client
from bot.channels.wechat.store import MemoryStore, RedisStore

from .clock import event_loop_policy, fake_redis_time, memory  # noqa: F401  (fixtures)
from .desks import FakeBot, aged, deliver, kit, late, message
from .letters import APP_ID, config

SECRET = "secret0of0the0app"
CONFIG = config(app_secret=SECRET, customer_service=True)


class FakeApi:
    """api.weixin.qq.com: gives out tokens t1, t2 …; answers sends with the codes it was told to, then with 0."""

    def __init__(self, *codes, token_code=0, slow=0.0):
        self.codes = list(codes)
        self.token_code = token_code
        self.slow = slow
        self.tokens = 0
        self.sent = []
        self.used = []

    async def __call__(self, request):
        await asyncio.sleep(self.slow)
        body = json.loads(request.content)
        if request.url.path == "/cgi-bin/stable_token":
            self.tokens += 1
            assert body == {
                "grant_type": "client_credential",
                "appid": APP_ID,
                "secret": SECRET,
                "force_refresh": False,
            }
            if self.token_code:
                return httpx.Response(200, json={"errcode": self.token_code, "errmsg": "no"})
            return httpx.Response(200, json={"access_token": f"t{self.tokens}", "expires_in": 7200})
        assert request.url.path == "/cgi-bin/message/custom/send"
        self.used.append(request.url.params["access_token"])
        code = self.codes.pop(0) if self.codes else 0
        if not code:
            self.sent.append(request)
        return httpx.Response(200, json={"errcode": code, "errmsg": "no" if code else "ok"})

    def client(self):
        return httpx.AsyncClient(base_url=API, transport=httpx.MockTransport(self))


def service_of(api, store=None):
    return CustomerService(CONFIG, store or memory(), api.client())


async def ready(api, store=None):
    service = service_of(api, store)
    await service.heard("u", "text", "")
    return service


async def test_a_text_is_sent_as_wechat_wants_it():
    api = FakeApi()
    assert await (await ready(api)).send("oUser", "u", "失业登记")
    assert json.loads(api.sent[0].content) == {
        "touser": "oUser", "msgtype": "text", "text": {"content": "失业登记"}, "aimsgcontext": {"is_ai_msg": 1},
    }  # fmt: skip


async def test_chinese_is_not_escaped():
    api = FakeApi()
    await (await ready(api)).send("oUser", "u", "失业登记")
    assert "失业登记".encode() in api.sent[0].content


async def test_one_token_serves_many_messages():
    api = FakeApi()
    service = await ready(api)
    for _ in range(3):
        await service.send("oUser", "u", "答")
    assert (api.tokens, api.used) == (1, ["t1", "t1", "t1"])


@pytest.mark.parametrize("shared", [False, True])
async def test_one_fetches_the_token_for_all(shared):
    api = FakeApi(slow=0.02)
    server = FakeServer()
    alone = memory()
    stores = [RedisStore(FakeAsyncRedis(server=server, decode_responses=True)) if shared else alone for _ in range(8)]
    tokens = await asyncio.gather(*(AccessToken(CONFIG, store, api.client()).get() for store in stores))
    assert (api.tokens, set(tokens)) == (1, {"t1"})


async def test_a_token_is_given_up_before_it_ends():
    now = [0.0]
    api = FakeApi()
    token = AccessToken(CONFIG, MemoryStore(lambda: now[0]), api.client())
    await token.get()
    now[0] = 7200.0 - 299
    assert await token.get() == "t2"


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_token_that_is_not_taken_is_fetched_anew(code):
    api = FakeApi(code)
    assert await (await ready(api)).send("oUser", "u", "答")
    assert api.used == ["t1", "t2"]


async def test_a_token_that_is_never_taken_is_fetched_anew_once():
    api = FakeApi(40001, 40001, 40001)
    assert not await (await ready(api)).send("oUser", "u", "答")
    assert api.tokens == 2


async def test_five_messages_follow_a_message_and_no_more():
    api = FakeApi()
    service = await ready(api)
    assert [await service.send("oUser", "u", "答") for _ in range(6)] == [True] * 5 + [False]
    assert len(api.sent) == 5


async def test_no_more_are_sent_though_two_processes_send_at_once():
    api = FakeApi(slow=0.01)
    server = FakeServer()
    stores = [RedisStore(FakeAsyncRedis(server=server, decode_responses=True)) for _ in range(2)]
    services = [await ready(api, store) for store in stores]
    sent = await asyncio.gather(*(services[n % 2].send("oUser", "u", "答") for n in range(12)))
    assert (sent.count(True), len(api.sent)) == (5, 5)


async def test_a_lock_that_has_run_out_is_left_to_who_has_it_now():
    class Slow(MemoryStore):
        async def put(self, key, value, seconds):
            if key.startswith("token:"):  # fetching took longer than the lock lasts
                await self.drop(f"token_lock:{APP_ID}")
                await self.add(f"token_lock:{APP_ID}", "another", 15)
            await super().put(key, value, seconds)

    store = Slow()
    await AccessToken(CONFIG, store, FakeApi().client()).get()
    assert await store.get(f"token_lock:{APP_ID}") == "another"


async def test_two_accounts_on_one_store_keep_apart():
    store = memory()
    other = dataclasses.replace(CONFIG, app_id="wx00000000000000ff")
    api = FakeApi(48001)
    await (await ready(api, store)).send("oUser", "u", "答")
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"access_token": "other", "expires_in": 7200}))
    client = httpx.AsyncClient(base_url=API, transport=transport)
    assert await AccessToken(other, store, client).get() == "other"
    assert await AccessToken(CONFIG, store, api.client()).get() == "t1"
    assert await CustomerService(other, store, client).may_send("u")


async def test_another_message_opens_room_again():
    api = FakeApi()
    service = await ready(api)
    for _ in range(5):
        await service.send("oUser", "u", "答")
    await service.heard("u", "text", "")
    assert await service.send("oUser", "u", "答")


async def test_two_days_after_a_message_nothing_is_sent():
    now = [0.0]
    api = FakeApi()
    service = await ready(api, MemoryStore(lambda: now[0]))
    now[0] = 48 * 3600.0
    assert not await service.send("oUser", "u", "答")
    assert api.sent == []


@pytest.mark.parametrize("event", ["click", "subscribe", "scan"])
async def test_a_tap_opens_room_for_three_within_a_minute(event):
    now = [0.0]
    service = service_of(FakeApi(), MemoryStore(lambda: now[0]))
    await service.heard("u", "event", event)
    assert [await service.send("oUser", "u", "答") for _ in range(4)] == [True] * 3 + [False]
    now[0] = 61.0
    await service.heard("u", "event", event)
    now[0] = 122.0
    assert not await service.may_send("u")


async def test_a_tap_does_not_take_the_room_of_a_message():
    service = await ready(FakeApi())
    await service.heard("u", "event", "click")
    assert [await service.send("oUser", "u", "答") for _ in range(5)] == [True] * 5


@pytest.mark.parametrize("event", ["view", "location"])
async def test_other_events_open_no_room(event):
    service = service_of(FakeApi())
    await service.heard("u", "event", event)
    assert not await service.may_send("u")


@pytest.mark.parametrize("code", [45015, 45047])
async def test_where_wechat_sees_no_room_the_person_is_left_alone_until_the_next_message(code):
    api = FakeApi(code)
    service = await ready(api)
    assert not await service.send("oUser", "u", "答")
    assert not await service.may_send("u")
    await service.heard("u", "text", "")
    assert await service.send("oUser", "u", "答")


async def test_an_account_without_the_right_stops_trying_for_everyone(caplog):
    api = FakeApi(48001)
    service = await ready(api)
    await service.heard("other", "text", "")
    assert not await service.send("oUser", "u", "答")
    assert not await service.may_send("other")
    assert "customer_service" in caplog.text


async def test_an_address_that_is_not_listed_is_explained(caplog):
    api = FakeApi(token_code=40164)
    service = await ready(api)
    assert not await service.send("oUser", "u", "答")
    assert "IP白名单" in caplog.text
    assert not await service.may_send("u")


@pytest.mark.parametrize(
    "fault", [httpx.ConnectTimeout("slow"), httpx.ConnectError("no route"), httpx.ReadTimeout("slow")]
)
async def test_a_network_that_fails_ends_in_one_line(fault, caplog):
    def fail(request):
        raise fault

    service = CustomerService(CONFIG, memory(), httpx.AsyncClient(base_url=API, transport=httpx.MockTransport(fail)))
    await service.heard("u", "text", "")
    with caplog.at_level(logging.WARNING):
        assert not await service.send("oUser", "u", "答")
    assert [record.exc_info for record in caplog.records] == [None]


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"access_token": 1}', b"\xff"])
async def test_an_answer_that_is_not_wechat_s_is_refused(content):
    client = httpx.AsyncClient(
        base_url=API, transport=httpx.MockTransport(lambda _: httpx.Response(502, content=content))
    )
    with pytest.raises(ServiceError):
        await AccessToken(CONFIG, memory(), client).get()


@pytest.mark.parametrize(
    "api", [FakeApi(40001, 40001), FakeApi(45015), FakeApi(token_code=40125), FakeApi(48001), FakeApi(-1)]
)
async def test_no_log_shows_a_secret_or_a_person(api, caplog):
    with caplog.at_level(logging.INFO):
        await (await ready(api)).send("oUser", "u", "我的话")
    assert not [word for word in (SECRET, "access_token=", "oUser", "我的话") if word in caplog.text]


def test_the_client_has_time_limits():
    client = open_client()
    assert client.base_url == API
    assert None not in (client.timeout.connect, client.timeout.read, client.timeout.write, client.timeout.pool)


def desk_of(api):
    store = memory()
    return Desk(store, FakeBot(), kit, b"key", service=service_of(api, store))


async def test_a_late_answer_is_sent_when_it_is_there():
    api = FakeApi()
    desk = desk_of(api)
    await late(desk, message("等5秒"))
    assert [json.loads(request.content)["text"]["content"] for request in api.sent] == ["答：等5秒"]


async def test_a_sent_answer_waits_no_more():
    desk = desk_of(FakeApi())
    await late(desk, message("等5秒"))
    assert await deliver(desk, message("1")) == "答：1"


async def test_the_numbers_of_a_sent_answer_can_be_typed():
    desk = desk_of(FakeApi())
    await late(desk, message("等5秒 按钮"))
    assert await deliver(desk, message("2")) == "答：topic:等5秒 按钮2"


async def test_an_answer_that_could_not_be_sent_is_fetched():
    desk = desk_of(FakeApi(45015))
    await late(desk, message("等5秒"))
    assert await deliver(desk, message("1")) == "答：等5秒"


class Fragile(MemoryStore):
    """A store that fails where it is told to."""

    def __init__(self):
        super().__init__()
        self.broken = set()

    async def count(self, key, seconds):
        if key.partition(":")[0] in self.broken:
            raise ConnectionError
        return await super().count(key, seconds)

    async def push(self, key, item, seconds):
        if key.partition(":")[0] in self.broken:
            raise ConnectionError
        await super().push(key, item, seconds)


async def test_an_answer_whose_sending_breaks_is_fetched(caplog):
    store = Fragile()
    desk = Desk(store, FakeBot(), kit, b"key", service=service_of(FakeApi(), store))
    store.broken = {"sent"}
    await late(desk, message("等5秒"))
    assert await deliver(desk, message("1")) == "答：等5秒"
    assert "can be fetched" in caplog.text


async def test_it_is_fetched_though_the_store_was_away_for_a_moment():
    store = Fragile()
    desk = Desk(store, FakeBot(), kit, b"key", service=service_of(FakeApi(), store))
    await deliver(desk, aged(message("等6秒")), tries=1)
    store.broken = {"sent", "waiting"}
    await asyncio.sleep(4)
    store.broken = set()
    await asyncio.sleep(3 * TIMINGS.again)
    assert await deliver(desk, message("1")) == "答：等6秒"


async def test_an_answer_that_is_being_sent_when_the_process_ends_is_fetched_from_the_next(caplog):
    class Kept(MemoryStore):
        closed = False

        async def push(self, key, item, seconds):
            assert not self.closed
            await super().push(key, item, seconds)

        async def close(self):
            self.closed = True

    api = FakeApi(slow=60)
    store = Kept()
    desk = Desk(store, FakeBot(), kit, b"key", service=service_of(api, store))
    await late(desk, message("等5秒"))
    await desk.close()
    store.closed = False
    after = Desk(store, FakeBot(), kit, b"key")
    assert await deliver(after, message("1")) == "答：等5秒"
    assert "can be fetched" in caplog.text


async def test_an_answer_that_is_fetched_and_sent_at_once_arrives_once():
    api = FakeApi()
    desk = desk_of(api)
    sending = asyncio.create_task(late(desk, message("等7秒")))
    await asyncio.sleep(5)
    fetched = await deliver(desk, message("1"))
    await sending
    await asyncio.sleep(2)
    assert (fetched == "答：等7秒") + len(api.sent) == 1


async def test_an_answer_in_time_costs_no_quota():
    api = FakeApi()
    await deliver(desk_of(api), message("等3秒"))
    assert (api.tokens, api.sent) == (0, [])
