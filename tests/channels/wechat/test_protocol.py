"""Who may speak to us, in each of the three modes, and how a reply is written."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from bot.channels.wechat.fault import BadRequest
from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.protocol import WINDOW, echo, open_message, read_query, refuse_replay, write_reply
from bot.channels.wechat.store import MemoryStore

from .letters import AES_KEY, APP_ID, NOW, TOKEN, config, query, sealed, signed, text

MODES = ("plain", "compatible", "encrypted")
INCOMING = Incoming("gh_office", "oUser", "text", NOW, 1, "你好")


@pytest.mark.parametrize("mode", MODES)
def test_the_check_of_the_address_is_answered_in_every_mode(mode):
    assert echo(config(mode), query(echostr="5836982729904121631"), NOW) == "5836982729904121631"


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": ""}, {"signature": "0" * 40}, {"signature": "签" * 40}, {"nonce": "other"}, {"nonce": ""},
        {"timestamp": ""}, {"timestamp": "soon"}, {"timestamp": "１７００００００００"}, {"echostr": ""}, {"echostr": "a b"},
        {"echostr": "1" * 200}, {"echostr": "é"},
    ],
)  # fmt: skip
def test_a_check_that_is_not_wechat_s_is_refused(changed):
    with pytest.raises(BadRequest):
        echo(config(), dataclasses.replace(query(echostr="1"), **changed), NOW)


def test_an_empty_token_verifies_nobody():
    with pytest.raises(BadRequest):
        echo(config(token=""), query(token="", echostr="1"), NOW)


@pytest.mark.parametrize("shift", [-WINDOW, 0, WINDOW])
def test_a_request_within_the_window_is_taken(shift):
    assert open_message(config(), query(timestamp=NOW + shift), text().encode(), NOW).text == "失业登记要带什么"


@pytest.mark.parametrize("shift", [-WINDOW - 1, WINDOW + 1])
def test_a_request_outside_the_window_is_refused(shift):
    with pytest.raises(BadRequest, match="window"):
        open_message(config(), query(timestamp=NOW + shift), text().encode(), NOW)


def test_a_plain_message_is_read_in_plain_mode():
    incoming = open_message(config(), query(), text("你好").encode(), NOW)
    assert (incoming.openid, incoming.account, incoming.text, incoming.encrypted) == (
        "oUser",
        "gh_office",
        "你好",
        False,
    )


def test_a_plain_message_is_read_in_compatible_mode():
    assert open_message(config("compatible"), query(), text("你好").encode(), NOW).text == "你好"


def test_a_plain_message_is_refused_in_encrypted_mode():
    with pytest.raises(BadRequest, match="plaintext"):
        open_message(config("encrypted"), query(), text().encode(), NOW)


def test_an_encrypted_message_is_refused_in_plain_mode():
    with pytest.raises(BadRequest, match="plain mode"):
        open_message(config(), *sealed(text()), NOW)


@pytest.mark.parametrize("mode", ["compatible", "encrypted"])
def test_an_encrypted_message_is_read(mode):
    incoming = open_message(config(mode), *sealed(text("你好"), mode), NOW)
    assert (incoming.text, incoming.encrypted) == ("你好", True)


def test_the_encrypted_part_counts_where_both_are_there():
    address, body = sealed(text("里面的"), "compatible")
    assert (
        open_message(config("compatible"), address, body.replace("里面的".encode(), "外面的".encode()), NOW).text
        == "里面的"
    )


@pytest.mark.parametrize("mode", ["compatible", "encrypted"])
@pytest.mark.parametrize("changed", ["", "0" * 40])
def test_msg_signature_is_required_where_the_message_is_encrypted(mode, changed):
    address, body = sealed(text(), mode)
    with pytest.raises(BadRequest, match="msg_signature"):
        open_message(config(mode), dataclasses.replace(address, msg_signature=changed), body, NOW)


def test_the_plain_signature_is_required_in_encrypted_mode_too():
    address, body = sealed(text())
    with pytest.raises(BadRequest, match="wrong signature"):
        open_message(config("encrypted"), dataclasses.replace(address, signature="0" * 40), body, NOW)


def test_an_encrypted_address_without_the_encrypted_part_is_refused():
    address, _ = sealed(text())
    with pytest.raises(BadRequest):
        open_message(config("compatible"), address, text().encode(), NOW)


def test_a_message_sealed_for_another_app_is_refused():
    with pytest.raises(BadRequest, match="app id"):
        open_message(config("encrypted"), *sealed(text(), app_id="wxanother"), NOW)


def test_a_message_signed_with_another_token_is_refused():
    with pytest.raises(BadRequest, match="signature"):
        open_message(config("encrypted"), *sealed(text(), token="another"), NOW)


@given(st.text(alphabet="ABCDabcd0123+/=", max_size=200))
def test_whatever_stands_in_the_encrypted_part_is_refused_without_another_fault(garbage):
    address = query(encrypt_type="aes", msg_signature=signed(TOKEN, str(NOW), "nonce", garbage))
    with pytest.raises(BadRequest):
        open_message(config("encrypted"), address, f"<xml><Encrypt>{garbage}</Encrypt></xml>".encode(), NOW)


def test_a_body_over_64_kb_is_refused():
    with pytest.raises(BadRequest, match="large"):
        open_message(config(), query(), text("长" * 22_000).encode(), NOW)


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_no_signature_but_the_right_one_is_taken(signature, timestamp, nonce):
    with pytest.raises(BadRequest):
        open_message(
            config(), read_query({"signature": signature, "timestamp": timestamp, "nonce": nonce}), text().encode(), NOW
        )


async def test_a_retry_with_the_same_address_is_taken():
    store = MemoryStore()
    await refuse_replay(store, query(), INCOMING)
    await refuse_replay(store, query(), INCOMING)


async def test_a_retry_that_is_encrypted_anew_is_taken():
    store = MemoryStore()
    for _ in range(3):
        address, body = sealed(text())
        await refuse_replay(store, address, open_message(config("encrypted"), address, body, NOW))


async def test_a_retry_with_another_address_is_taken():
    store = MemoryStore()
    await refuse_replay(store, query(nonce="one"), INCOMING)
    await refuse_replay(store, query(nonce="two"), INCOMING)


@pytest.mark.parametrize("changed", [{"text": "别的话"}, {"openid": "oOther"}, {"msg_id": 2}])
async def test_a_signed_address_with_another_message_is_refused(changed):
    store = MemoryStore()
    await refuse_replay(store, query(), INCOMING)
    with pytest.raises(BadRequest, match="replayed"):
        await refuse_replay(store, query(), dataclasses.replace(INCOMING, **changed))


async def test_the_memory_of_addresses_outlasts_the_window():
    now = [0.0]
    store = MemoryStore(lambda: now[0])
    await refuse_replay(store, query(), INCOMING)
    now[0] = 2 * WINDOW - 1  # an address dated ahead of our clock is good for both halves of the window
    with pytest.raises(BadRequest, match="replayed"):
        await refuse_replay(store, query(), dataclasses.replace(INCOMING, text="别的话"))


def test_nothing_to_say_is_success():
    assert write_reply(config("encrypted"), dataclasses.replace(INCOMING, encrypted=True), "", NOW) == "success"


def test_a_plain_reply_goes_back_to_the_sender():
    root = ET.fromstring(write_reply(config(), INCOMING, "答", NOW))
    assert {child.tag: child.text for child in root} == {
        "ToUserName": "oUser", "FromUserName": "gh_office", "CreateTime": str(NOW), "MsgType": "text", "Content": "答",
    }  # fmt: skip


@pytest.mark.parametrize("mode", ["compatible", "encrypted"])
def test_an_encrypted_message_gets_an_encrypted_reply(mode):
    body = write_reply(config(mode), dataclasses.replace(INCOMING, encrypted=True), "答", NOW)
    root = {child.tag: child.text for child in ET.fromstring(body)}
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    opened = crypto.decrypt_message(body, root["MsgSignature"], root["TimeStamp"], root["Nonce"])
    assert ET.fromstring(opened).findtext("Content") == "答"


def test_a_plain_message_gets_a_plain_reply_in_compatible_mode():
    assert "Encrypt" not in write_reply(config("compatible"), INCOMING, "答", NOW)


@given(st.text(st.characters() | st.sampled_from("]>&<\x00\x0b\ud800\ufffe"), min_size=1))
def test_any_text_makes_a_well_formed_reply_that_holds_it(said):
    content = ET.fromstring(write_reply(config(), INCOMING, "。" + said, NOW).encode()).findtext("Content")
    assert content.startswith("。")
    assert "]]>" not in content


@given(st.text(min_size=1))
def test_a_text_cannot_add_a_field_to_the_reply(said):
    root = ET.fromstring(write_reply(config(), INCOMING, "]]></Content><Content><![CDATA[" + said, NOW).encode())
    assert [child.tag for child in root].count("Content") == 1
