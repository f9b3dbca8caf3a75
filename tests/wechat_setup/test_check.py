"""The checks of an account: each fault that keeps WeChat away is found and said with what to do."""

from __future__ import annotations

import asyncio
import dataclasses
import ssl
import time
from email.utils import formatdate

import httpx
import pytest

from bot.channels.wechat.config import WeChatConfig
from bot.wechat_setup import check
from bot.wechat_simulator import unseal

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRET = "0123456789abcdef0123456789abcdef"
CONFIG = WeChatConfig(
    token="spamtest1", app_id="wx0123456789abcdef", aes_key=KEY, mode="encrypted", address="https://bot.example.cn"
)
URL = "http://127.0.0.1:1/wechat"


def level(found: list[check.Finding]) -> str:
    """The worst level."""
    return next((name for name in ("fault", "note") if any(one.level == name for one in found)), "ok")


def said(found: list[check.Finding]) -> str:
    return "\n".join(one.says for one in found)


def changed(**values: object) -> WeChatConfig:
    return dataclasses.replace(CONFIG, **values)


async def asked(handler) -> list[check.Finding]:
    """The findings about a server that is `handler`."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as client:
        return await check.answers(URL, check.account_of(CONFIG), client, "本机")


def good(request: httpx.Request) -> httpx.Response:
    if request.method == "GET" and request.url.params["signature"] == "0" * 40:
        return httpx.Response(403)
    return httpx.Response(200, text=request.url.params["echostr"] if request.method == "GET" else "success")


def test_a_full_configuration_has_no_fault_and_shows_no_secret():
    found = check.configured(changed(app_secret=SECRET))
    assert level(found) == "ok"
    assert not [secret for secret in (CONFIG.token, KEY, SECRET) if secret in said(found)]


WRONG = {
    "secret": ({"app_secret": "abc"}, "32 位"),
    "http": ({"address": "http://bot.example.cn"}, "https"),
    "port": ({"address": "https://bot.example.cn:8443"}, "端口"),
    "intranet": ({"address": "https://192.168.1.5"}, "内网"),
    "localhost": ({"address": "https://localhost"}, "内网"),
}


@pytest.mark.parametrize(("values", "word"), WRONG.values(), ids=WRONG)
def test_a_value_wechat_cannot_use_is_a_fault(values, word):
    found = check.configured(changed(**values))
    assert level(found) == "fault" and word in said(found)


def test_a_redis_that_does_not_answer_is_a_fault():
    found = check.configured(CONFIG, "redis://127.0.0.1:1/0")
    assert level(found) == "fault" and "Redis" in said(found)


@pytest.mark.parametrize("values", [{"mode": "plain"}, {"address": ""}, {"app_secret": ""}])
def test_what_works_but_could_be_better_is_a_note(values):
    assert level(check.configured(changed(**{"app_secret": SECRET, **values}))) == "note"


@pytest.mark.parametrize("mode", ["plain", "compatible", "encrypted"])
def test_the_channel_reads_what_the_simulator_seals(mode):
    assert level(check.sealed(changed(mode=mode))) == "ok"


def test_a_channel_that_cannot_read_it_is_a_fault(monkeypatch):
    monkeypatch.setattr(check, "account_of", lambda config: dataclasses.replace(ACCOUNT, token="another"))
    assert level(check.sealed(CONFIG)) == "fault"


ACCOUNT = check.account_of(CONFIG)


async def test_a_server_that_answers_as_wechat_wants_is_all_right():
    assert level(await asked(good)) == "ok"


async def test_the_posted_event_is_sealed_as_configured():
    bodies = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        return good(request)

    await asked(answer)
    assert b"<Encrypt>" in bodies[-1]
    with pytest.raises(Exception, match="签名"):
        unseal(ACCOUNT, bodies[-1])  # the event has its signature in the address, not in the body


FAULTS = {
    403: "Token",
    404: "nginx",
    502: "bot serve",
}


@pytest.mark.parametrize(("status", "word"), FAULTS.items())
async def test_a_wrong_status_says_where_to_look(status, word):
    found = await asked(lambda request: httpx.Response(status))
    assert level(found) == "fault" and word in said(found)


async def test_a_server_that_takes_forged_signatures_is_a_fault():
    def trusting(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=request.url.params.get("echostr", "success"))

    assert "签名不对" in said([one for one in await asked(trusting) if one.level == "fault"])


async def test_a_server_that_cannot_take_messages_is_a_fault():
    def deaf(request: httpx.Request) -> httpx.Response:
        return good(request) if request.method == "GET" else httpx.Response(403)

    found = await asked(deaf)
    assert level(found) == "fault" and "EncodingAESKey" in said(found)


async def test_another_site_at_the_address_is_a_fault():
    assert "echostr" in said(await asked(lambda request: httpx.Response(200, text="<html>")))


async def test_a_bot_that_does_not_run_is_said_as_such():
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    assert "bot serve" in said(await asked(down))


async def test_a_bad_certificate_is_said_as_such():
    def untrusted(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("tls") from ssl.SSLCertVerificationError("certificate has expired")

    assert "证书" in said(await asked(untrusted))


async def test_a_server_that_answers_only_the_right_check_is_said_as_such():
    def half(request: httpx.Request) -> httpx.Response:
        if request.url.params["signature"] == "0" * 40:
            raise httpx.ReadError("closed")
        return good(request)

    assert "连不上" in said([one for one in await asked(half) if one.level == "fault"])


async def test_a_server_that_keeps_silent_is_said_as_such(monkeypatch):
    monkeypatch.setattr(check, "_TIMEOUT", 0.02)

    async def silent(request: httpx.Request) -> httpx.Response:
        if request.url.params["signature"] == "0" * 40:
            await asyncio.sleep(60)
        return good(request)

    assert "五秒内没有回应" in said(await asked(silent))


async def test_an_answer_that_cannot_be_unpacked_is_said_as_such():
    def garbled(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))

    assert level(await asked(garbled)) == "fault"


def api(code: int = 0, off: float = 0.0) -> httpx.Client:
    """WeChat's interface with one answer, and a clock that is `off` seconds behind ours."""
    body = {"errcode": code, "errmsg": "x"} if code else {"access_token": "TOKEN", "expires_in": 7200}
    headers = {"Date": formatdate(time.time() - off, usegmt=True)}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=body, headers=headers))
    return httpx.Client(base_url="https://api.example", transport=transport)


def test_a_token_means_that_the_account_is_right():
    found = check.token(changed(app_secret=SECRET), api())
    assert level(found) == "ok" and "TOKEN" not in said(found)


def test_a_refused_token_is_explained():
    assert "白名单" in said(check.token(changed(app_secret=SECRET), api(40164)))


@pytest.mark.parametrize(("off", "expected"), [(10, "ok"), (120, "note"), (-900, "fault")])
def test_a_clock_that_is_off_is_found_by_wechats_own(off, expected):
    assert level(check.token(changed(app_secret=SECRET), api(off=off))) == expected
