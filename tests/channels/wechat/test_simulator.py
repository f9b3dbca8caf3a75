"""The fake WeChat itself: it signs and seals as WeChat does, tries three times, and shows nothing that WeChat would not."""

from __future__ import annotations

import ast
import asyncio
import hashlib
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

import bot.wechat_simulator as simulator
from bot.wechat_simulator import KINDS, Account, BrokenReply, compose, deliver, read_reply, seal, tap, unseal

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NOW = 1_409_304_348
PATIENCE = 0.2  # seconds instead of five
PLAIN = Account("wx0123456789abcdef", "spamtest1", KEY, "plain")
COMPATIBLE = Account("wx0123456789abcdef", "spamtest1", KEY, "compatible")
ENCRYPTED = Account("wx0123456789abcdef", "spamtest1", KEY, "encrypted")
ANYTHING = st.text(st.characters(blacklist_categories=["Cs", "Cc"]))


def reply(text: str, message: simulator.Message, account: Account = PLAIN) -> bytes:
    xml = TextReply(source=account.original_id, target=message.openid, content=text).render()
    return xml.encode() if account.mode == "plain" else crypto(account).encrypt_message(xml, "n1", str(NOW)).encode()


def crypto(account: Account) -> WeChatCrypto:
    return WeChatCrypto(account.token, account.aes_key, account.app_id)


def text(content: str = "失业登记要带什么") -> simulator.Message:
    return compose("text", "o_citizen", content, now=NOW)


def test_it_imports_nothing_of_the_bot():
    for path in Path(simulator.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not [name for name in names if name.split(".")[0] in ("bot", "actions")], path.name


def test_the_signature_is_sha1_over_the_sorted_parts():
    query = simulator.echo_query(PLAIN, NOW, "hello")
    parts = sorted([PLAIN.token, query["timestamp"], query["nonce"]])
    assert query["signature"] == hashlib.sha1("".join(parts).encode()).hexdigest()


@pytest.mark.parametrize("account", [PLAIN, COMPATIBLE, ENCRYPTED], ids=lambda account: account.mode)
def test_what_it_sends_passes_the_check_of_wechatpy(account):
    query, _ = seal(account, text().xml(account.original_id), "o_citizen", NOW)
    check_signature(account.token, query["signature"], query["timestamp"], query["nonce"])


@pytest.mark.parametrize("account", [COMPATIBLE, ENCRYPTED], ids=lambda account: account.mode)
def test_wechatpy_opens_what_it_seals(account):
    query, body = seal(account, text("你好]]>").xml(account.original_id), "o_citizen", NOW)
    opened = crypto(account).decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
    assert parse_message(opened).content == "你好]]>"


def test_nothing_can_be_read_in_encrypted_mode():
    _, body = seal(ENCRYPTED, text().xml(ENCRYPTED.original_id), "o_citizen", NOW)
    assert "o_citizen" not in body.decode() and "失业" not in body.decode()


def test_both_forms_stand_in_compatible_mode():
    _, body = seal(COMPATIBLE, text().xml(COMPATIBLE.original_id), "o_citizen", NOW)
    assert "失业" in body.decode() and "<Encrypt>" in body.decode()


def test_another_key_does_not_open_it():
    query, body = seal(ENCRYPTED, text().xml(ENCRYPTED.original_id), "o_citizen", NOW)
    with pytest.raises(InvalidSignatureException):
        WeChatCrypto("another", KEY, ENCRYPTED.app_id).decrypt_message(
            body, query["msg_signature"], query["timestamp"], query["nonce"]
        )


@pytest.mark.parametrize("kind", KINDS)
def test_wechatpy_reads_every_kind(kind):
    sent = compose(kind, "o_citizen", "kyqq", now=NOW, at=(46.08, 122.09))
    read = parse_message(sent.xml("gh_1"))
    assert read.source == "o_citizen" and read.target == "gh_1" and read.time == NOW
    assert bool(read.id) == (sent.msg_id is not None)
    assert read.type == "unknown" if kind in ("unknown", "file") else read.type != "unknown"


@given(ANYTHING)
def test_any_text_arrives_as_it_was_typed(typed):
    assert (parse_message(text(typed).xml("gh_1")).content or "").strip() == typed.strip()


def test_a_tap_sends_the_label_and_the_choice():
    sent = tap("o_citizen", "要带什么", "aspect:jyfw-3:documents", now=NOW).xml("gh_1")
    assert "<Content><![CDATA[要带什么]]></Content>" in sent
    assert "<bizmsgmenuid><![CDATA[aspect:jyfw-3:documents]]></bizmsgmenuid>" in sent


@given(ANYTHING)
@pytest.mark.parametrize("account", [PLAIN, ENCRYPTED], ids=lambda account: account.mode)
def test_a_reply_is_shown_as_the_server_wrote_it(account, words):
    words = "答" + words.replace("]]>", "").replace("<", "")
    message = text()
    assert read_reply(account, message, reply(words, message, account)).text.split() == words.split()


BROKEN = {
    "too long": lambda m: reply("长" * 683, m),
    "empty": lambda m: reply(" ", m),
    "for another": lambda m: reply("你好", compose("text", "o_other", "", now=NOW)),
    "json": lambda m: b'{"text": "hi"}',
    "cut": lambda m: reply("你好", m)[:-3],
    "picture": lambda m: reply("你好", m).replace(b"<MsgType><![CDATA[text]]>", b"<MsgType><![CDATA[image]]>"),
    "no time": lambda m: reply("你好", m).replace(b"<CreateTime>", b"<CreateTime>x"),
    "encrypted in plain mode": lambda m: reply("你好", m, ENCRYPTED),
    "breaks out of the CDATA": lambda m: reply("你好]]><b>", m),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_wechat_would_not_show_is_broken(body):
    message = text()
    with pytest.raises(BrokenReply):
        read_reply(PLAIN, message, body(message))


@pytest.mark.parametrize("change", ["plain", "token", "aes_key", "app_id"])
def test_a_reply_that_is_not_sealed_rightly_is_broken_in_encrypted_mode(change):
    other = {
        "plain": PLAIN,
        "token": Account(ENCRYPTED.app_id, "another", KEY, "encrypted"),
        "aes_key": Account(ENCRYPTED.app_id, ENCRYPTED.token, KEY[::-1], "encrypted"),
        "app_id": Account("wx_other", ENCRYPTED.token, KEY, "encrypted"),
    }[change]
    message = text()
    with pytest.raises(BrokenReply):
        read_reply(ENCRYPTED, message, reply("你好", message, other))


def test_2048_bytes_are_shown():
    message = text()
    assert read_reply(PLAIN, message, reply("长" * 682 + "ab", message)).size == simulator.LIMIT


@pytest.mark.parametrize("body", [b"success", b""])
def test_success_shows_nothing(body):
    assert read_reply(PLAIN, text(), body) is None


def test_links_are_numbered_and_decoded():
    message = text()
    said = (
        '看<a href="https://bot.example/policy/jyfw#jyfw-3">原文</a>\n'
        '<a href="weixin://bizmsgmenu?msgmenucontent=%E8%A6%81%E5%B8%A6&amp;msgmenuid=aspect%3Ajyfw-3">1. 要带</a>'
    )
    screen = read_reply(PLAIN, message, reply(said, message))
    assert screen.shown == "看原文（https://bot.example/policy/jyfw#jyfw-3）\n[1] 1. 要带"
    assert [(link.label, link.choice) for link in screen.choices] == [("要带", "aspect:jyfw-3")]


class Server:
    """A server for the simulator: each request is answered after the next of `delays`; None hangs for ever."""

    def __init__(self, message: simulator.Message, delays: list[float | None], account: Account = PLAIN) -> None:
        self.message, self.delays, self.account = message, delays, account
        self.requests: list[httpx.Request] = []
        self.closed = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        delay = self.delays[len(self.requests) - 1]
        number = len(self.requests)
        try:
            await asyncio.sleep(3600 if delay is None else delay)
        except asyncio.CancelledError:
            self.closed += 1
            raise
        return httpx.Response(200, content=reply(f"第{number}次", self.message, self.account))


async def delivered(server: Server, account: Account = PLAIN, **options: object) -> simulator.Delivery:
    async with httpx.AsyncClient(transport=httpx.MockTransport(server), timeout=None) as client:
        return await deliver(client, "http://bot/wechat", account, server.message, patience=PATIENCE, **options)


async def test_a_quick_answer_needs_one_try():
    result = await delivered(Server(text(), [0]))
    assert (result.outcome, result.shown, len(result.tries)) == ("reply", "第1次", 1)


async def test_an_unanswered_try_is_closed_and_sent_again_with_the_same_id():
    server = Server(text(), [None, 0])
    result = await delivered(server)
    assert result.shown == "第2次" and server.closed == 1
    assert [one.outcome for one in result.tries] == ["timeout", "reply"]
    assert len({f"<MsgId>{server.message.msg_id}</MsgId>".encode() in r.content for r in server.requests}) == 1


async def test_after_three_tries_the_citizen_sees_that_the_account_is_out_of_service():
    server = Server(text(), [None, None, None])
    result = await delivered(server)
    assert (result.outcome, result.shown, server.closed) == ("failed", simulator.OUT_OF_SERVICE, 3)


async def test_every_try_is_signed_anew_or_all_alike():
    for same, signatures in ((True, 1), (False, 3)):
        server = Server(text(), [None, None, 0])
        await delivered(server, same_signature=same)
        assert len({request.url.params["signature"] for request in server.requests}) == signatures


async def test_tries_may_overlap_and_the_first_answer_counts():
    server = Server(text(), [PATIENCE * 0.9, None])
    result = await delivered(server, gap=PATIENCE / 2)
    assert result.shown == "第1次" and len(server.requests) == 2


async def test_a_lost_answer_is_asked_for_again():
    result = await delivered(Server(text(), [0, 0]), lost=1)
    assert [one.outcome for one in result.tries] == ["lost", "reply"] and result.shown == "第2次"


async def test_a_connection_that_breaks_is_tried_again():
    server = Server(text(), [0])

    async def once_down(request: httpx.Request) -> httpx.Response:
        if not server.requests:
            server.requests.append(request)
            raise httpx.ConnectError("down")
        return httpx.Response(200, content=reply("在了", server.message))

    async with httpx.AsyncClient(transport=httpx.MockTransport(once_down)) as client:
        result = await deliver(client, "http://bot/wechat", PLAIN, server.message, patience=PATIENCE)
    assert [one.outcome for one in result.tries] == ["unreachable", "reply"]


@pytest.mark.parametrize(("status", "outcome"), [(403, "refused"), (500, "broken"), (302, "broken")])
async def test_a_wrong_status_is_final(status, outcome):
    transport = httpx.MockTransport(lambda request: httpx.Response(status, content=b"success"))
    async with httpx.AsyncClient(transport=transport) as client:
        result = await deliver(client, "http://bot/wechat", PLAIN, text(), patience=PATIENCE)
    assert [one.outcome for one in result.tries] == [outcome] and result.shown == simulator.OUT_OF_SERVICE


async def test_an_encrypted_exchange_ends_in_plain_words():
    server = Server(text(), [0], ENCRYPTED)
    assert (await delivered(server, ENCRYPTED)).shown == "第1次"


def test_an_echo_must_come_back_as_it_was():
    assert simulator.checked_echo("e1", 200, "e1") is None
    assert simulator.checked_echo("e1", 200, '"e1"') and simulator.checked_echo("e1", 403, "e1")


def test_unseal_needs_a_signature():
    body = reply("你好", text(), ENCRYPTED).replace(b"<MsgSignature><![CDATA[", b"<MsgSignature><![CDATA[0")
    with pytest.raises(simulator.Unreadable):
        unseal(ENCRYPTED, body)
