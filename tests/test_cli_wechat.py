"""bot wechat: what the commands print, what a typed line sends, and the exit codes."""

from __future__ import annotations

import json

import httpx
import pytest
from typer.testing import CliRunner

from bot import cli_wechat
from bot.channels.wechat.config import WeChatConfig
from bot.cli import with_every_command
from bot.wechat_simulator import Link

CONFIG = WeChatConfig(
    token="spamtest1",
    app_id="wx0123456789abcdef",
    aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    mode="encrypted",
    app_secret="0123456789abcdef0123456789abcdef",
    address="https://bot.example.cn",
)
LINKS = (Link("要带什么", "aspect:jyfw-3:documents", ""), Link("怎么办", "aspect:jyfw-3:how", ""))
NOBODY = "http://127.0.0.1:1/wechat"


@pytest.fixture()
def run(monkeypatch, knowledge):
    """A command with an account; WeChat's interface answers with what `api` holds, and notes what it was asked."""

    def invoke(*arguments: str, config: WeChatConfig = CONFIG, api: dict | None = None, typed: str = ""):
        invoke.asked = []

        def answer(request: httpx.Request) -> httpx.Response:
            invoke.asked.append((request.url.path, json.loads(request.content)))
            return httpx.Response(200, json=api if api is not None else {"access_token": "TOKEN", "errcode": 0})

        transport = httpx.MockTransport(answer)
        monkeypatch.setattr(cli_wechat, "load_wechat", lambda settings: config)
        monkeypatch.setattr(cli_wechat, "open_api", lambda: httpx.Client(base_url="https://api", transport=transport))
        monkeypatch.setattr("bot.assembly.read_calculators", lambda settings, knowledge: {"overtime_pay": None})
        monkeypatch.setattr("bot.knowledge.load_knowledge", lambda folder: knowledge)
        return CliRunner().invoke(with_every_command(), ["wechat", *arguments], input=typed)

    return invoke


def test_the_menu_is_shown_and_not_pushed(run):
    shown = run("menu")
    assert shown.exit_code == 0 and "查政策" in shown.output and "https://bot.example.cn/schemes" in shown.output
    assert run.asked == []


def test_the_menu_is_pushed_on_request(run):
    assert run("menu", "--push").exit_code == 0
    paths = [path for path, _ in run.asked]
    assert paths == ["/cgi-bin/stable_token", "/cgi-bin/menu/create"]
    assert run.asked[1][1]["button"][0]["name"] == "查政策"


def test_a_refused_menu_is_explained(run):
    refused = run("menu", "--push", api={"errcode": 48001, "errmsg": "api unauthorized"})
    assert refused.exit_code == 1 and "权限" in refused.output


def test_the_menu_cannot_be_pushed_without_the_secret(run):
    refused = run("menu", "--push", config=WeChatConfig())
    assert refused.exit_code == 1 and "BOT_WECHAT_APP_SECRET" in refused.output and run.asked == []


@pytest.mark.parametrize("command", [("check",), ("simulate", "--text", "你好")])
def test_without_an_account_the_commands_say_where_to_begin(run, command):
    refused = run(*command, config=WeChatConfig())
    assert refused.exit_code == 1 and "docs/wechat.md" in refused.output


def test_check_ends_with_1_where_the_bot_does_not_run(run, monkeypatch):
    monkeypatch.setattr(cli_wechat, "_local", lambda: NOBODY)
    found = run("check", config=WeChatConfig(token="spamtest1"))
    assert found.exit_code == 1 and "bot serve" in found.output and "spamtest1" not in found.output


def test_simulate_names_the_kinds_it_knows(run):
    refused = run("simulate", "--kind", "telegram")
    assert refused.exit_code == 1 and "voice" in refused.output


def test_simulate_refuses_a_position_that_is_none(run):
    refused = run("simulate", "--kind", "location", "--at", "乌兰浩特")
    assert refused.exit_code == 1 and "纬度,经度" in refused.output


def sent(typed: str):
    return cli_wechat.message_of(typed, "o_citizen", LINKS, 1_700_000_000)


TYPED = {
    "失业登记要带什么": {"MsgType": "text", "Content": "失业登记要带什么"},
    "2": {"MsgType": "text", "Content": "2"},
    "[2]": {"MsgType": "text", "Content": "怎么办", "bizmsgmenuid": "aspect:jyfw-3:how"},
    "【1】": {"MsgType": "text", "Content": "要带什么", "bizmsgmenuid": "aspect:jyfw-3:documents"},
    "//restart": {"MsgType": "text", "Content": "/restart"},
    "/语音 失业金怎么领": {"MsgType": "voice", "Recognition": "失业金怎么领"},
    "/位置 46.08,122.09 乌兰浩特": {"MsgType": "location", "Location_X": "46.08", "Label": "乌兰浩特"},
    "/关注 kyqq": {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_kyqq"},
    "/菜单 match": {"MsgType": "event", "Event": "CLICK", "EventKey": "match"},
    "/image": {"MsgType": "image"},
}


@pytest.mark.parametrize(("typed", "fields"), TYPED.items(), ids=TYPED)
def test_a_typed_line_sends_what_it_says(typed, fields):
    assert dict(sent(typed).fields).items() >= fields.items()


@pytest.mark.parametrize("typed", ["[3]", "[0]", "/传真", ""])
def test_what_cannot_be_sent_is_not(typed):
    assert sent(typed) is None
