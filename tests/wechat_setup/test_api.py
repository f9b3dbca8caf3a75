"""WeChat's interface: what is sent to it, and that each of its refusals ends in a sentence that says what to do."""

from __future__ import annotations

import json

import httpx
import pytest

from bot.wechat_setup.api import ApiRefused, ApiUnreachable, explained, fetch_token, push_menu


def api(answer) -> httpx.Client:
    """A client whose calls are answered by `answer` (a response, or a function of the request)."""
    handler = answer if callable(answer) else lambda request: answer
    return httpx.Client(base_url="https://api.example", transport=httpx.MockTransport(handler))


def test_the_stable_token_is_asked_for_without_forcing_a_new_one():
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, json.loads(request.content)))
        return httpx.Response(200, json={"access_token": "TOKEN", "expires_in": 7200})

    assert fetch_token(api(answer), "wx1", "secret")[0] == "TOKEN"
    assert asked == [("/cgi-bin/stable_token", {"grant_type": "client_credential", "appid": "wx1", "secret": "secret"})]


def test_the_menu_goes_with_the_token_in_plain_characters():
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"errcode": 0, "errmsg": "ok"})

    push_menu(api(answer), "TOKEN", {"button": [{"name": "查政策"}]})
    assert asked[0].url.params["access_token"] == "TOKEN" and "查政策".encode() in asked[0].content


REFUSALS = {
    40164: ("invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1", ("203.0.113.7", "IP 白名单")),
    40001: ("invalid credential", ("AppSecret", "开发密钥")),
    40125: ("invalid appsecret", ("AppSecret", "开发密钥")),
    40013: ("invalid appid", ("AppID",)),
    40243: ("secret frozen", ("解冻",)),
    48001: ("api unauthorized", ("权限", "认证")),
    99999: ("something new", ("something new", "全局返回码")),
}


@pytest.mark.parametrize(("code", "case"), REFUSALS.items(), ids=map(str, REFUSALS))
def test_a_refusal_says_what_to_do(code, case):
    message, expected = case
    with pytest.raises(ApiRefused) as error:
        fetch_token(api(httpx.Response(200, json={"errcode": code, "errmsg": message})), "wx1", "secret")
    assert all(word in str(error.value) for word in (str(code), *expected))


def test_a_refusal_never_repeats_the_secret():
    with pytest.raises(ApiRefused) as error:
        fetch_token(api(httpx.Response(200, json={"errcode": 40125, "errmsg": "x"})), "wx1", "s3cret")
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    "answer", [httpx.Response(502, text="<html>"), httpx.ConnectTimeout("slow")], ids=["page", "time"]
)
def test_no_usable_answer_is_said_as_such(answer):
    def fail(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, httpx.Response):
            return answer
        raise answer

    with pytest.raises(ApiUnreachable):
        fetch_token(api(fail), "wx1", "secret")


def test_an_answer_without_a_token_is_a_refusal():
    with pytest.raises(ApiRefused):
        fetch_token(api(httpx.Response(200, json={})), "wx1", "secret")


def test_an_ip_that_is_not_named_does_not_break_the_explanation():
    assert "白名单" in explained(40164, "")
