"""What is not a message of WeChat is refused with a short reason, whatever it is."""

from __future__ import annotations

import contextlib
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.events import EVENT_TYPES
from wechatpy.messages import MESSAGE_TYPES

from bot.channels.wechat.fault import BadRequest
from bot.channels.wechat.protocol import open_message
from bot.channels.wechat.tasks import Task, task_of

from .letters import NOW, RECORDED, config, query, recorded, sealed, text

ALL = sorted(path.stem for path in RECORDED.glob("*.xml"))
NEEDED = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
RIGHT = text()
BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    + RIGHT.replace("<![CDATA[失业登记要带什么]]>", "&b;&b;&b;")
)  # fmt: skip
WRONG = {
    "nothing": b"",
    "blanks": b"  \n ",
    "no xml": b"hello",
    "json": b'{"MsgType": "text"}',
    "two roots": (RIGHT + RIGHT).encode(),
    "another root": RIGHT.replace("xml>", "html>").encode(),
    "an entity bomb": BOMB.encode(),
    "an entity that is not declared": RIGHT.replace("<![CDATA[失业登记要带什么]]>", "&file;").encode(),
    "a file from outside": b'<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>',
    "a doctype alone": ("<!DOCTYPE xml>" + RIGHT).encode(),
    "a parameter entity": b'<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]><xml/>',
    "a processing instruction": ("<?php echo 1 ?>" + RIGHT).encode(),
    "GBK": RIGHT.encode("gbk"),
    "UTF-16": RIGHT.encode("utf-16"),
    "GBK declared": ('<?xml version="1.0" encoding="gbk"?>' + RIGHT).encode(),
    "half a character": RIGHT.encode().replace("么".encode(), "么".encode()[:2]),
    "a control character": RIGHT.replace("失业", "\x00").encode(),
    "CDATA that does not end": RIGHT.replace("]]></Content>", "</Content>").encode(),
    "a field twice": RIGHT.replace("<MsgId>", "<MsgType>event</MsgType><MsgId>").encode(),
    "an attribute": RIGHT.replace("<MsgId>", '<MsgId a="1">').encode(),
    "elements a thousand deep": ("<xml>" * 1000 + "</xml>" * 1000).encode(),
    "an element in MsgType": RIGHT.replace("<![CDATA[text]]>", "<a>text</a>").encode(),
    "a sender that is no name": RIGHT.replace("oUser", "o]]&gt;User").encode(),
    "a sender that is too long": RIGHT.replace("oUser", "o" * 65).encode(),
    "a time that is no number": RIGHT.replace(f"<CreateTime>{NOW}", "<CreateTime>today").encode(),
    "a MsgId that is no number": RIGHT.replace("<MsgId>1<", "<MsgId>one<").encode(),
    "a MsgId that is too long": RIGHT.replace("<MsgId>1<", f"<MsgId>{'1' * 30}<").encode(),
    "a position that is no number": recorded("location").replace("45.381000", "north").encode(),
    "a position off the globe": recorded("location").replace("45.381000", "145.4").encode(),
    "a position that is nowhere": recorded("location").replace("45.381000", "nan").encode(),
    "elements in the key of an event": recorded("subscribe").replace("<EventKey>", "<EventKey><a>1</a>").encode(),
    "a reported position that is no number": recorded("location_reported").replace("46.080000", "x").encode(),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_malformed_body_is_refused(case):
    with pytest.raises(BadRequest):
        open_message(config(), query(), WRONG[case], NOW)


@pytest.mark.parametrize("case", WRONG)
def test_a_malformed_message_is_refused_when_it_was_sealed_too(case):
    with pytest.raises(BadRequest):
        open_message(config("encrypted"), *sealed(WRONG[case]), NOW)


@pytest.mark.parametrize("case", WRONG)
def test_the_reason_is_one_short_line_without_anything_of_the_request(case):
    with pytest.raises(BadRequest) as refused:
        open_message(config(), query(), WRONG[case], NOW)
    reason = str(refused.value)
    assert reason.isascii() and "\n" not in reason and len(reason) < 40
    assert "oUser" not in reason


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("kind", ["text", "subscribe"])
def test_a_message_without_a_needed_field_is_refused(kind, name):
    lines = [line for line in recorded(kind).splitlines() if f"<{name}>" not in line]
    with pytest.raises(BadRequest, match="missing"):
        open_message(config(), query(), "\n".join(lines).encode(), NOW)


@given(st.data())
def test_a_truncated_message_is_refused(data):
    body = recorded(data.draw(st.sampled_from(ALL))).strip().encode()
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(BadRequest):
        open_message(config(), query(), body[:cut], NOW)


@given(st.binary(max_size=300))
def test_whatever_the_bytes_are_they_are_refused_without_another_fault(body):
    with pytest.raises(BadRequest):
        open_message(config(), query(), body, NOW)


@given(st.sampled_from(ALL), st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_a_damaged_message_is_read_or_refused_and_nothing_else(name, at, damage):
    body = recorded(name).encode()
    with contextlib.suppress(BadRequest):
        open_message(config(), query(), body[:at] + damage + body[at + len(damage) :], NOW)


KINDS = [*MESSAGE_TYPES, *EVENT_TYPES, "device_event", "device_", "event", "hologram"]
FIELDS = sorted(
    {field.name for kind in (*MESSAGE_TYPES.values(), *EVENT_TYPES.values()) for field in kind._fields.values()}
    - {*NEEDED, "MsgId"}
)
VALUES = [
    "", "1", "x", "scanbarcode|", "scanbarcode|1", "scanimage|1|2|3", "qrscene_", "qrscene_tqx", "a", "YQ", "=", "====",
    "<item/>", "<item>1</item><item>2</item>", "<Count>x</Count>", "<ScanType/>", "99999999999999999999", "nan", "失业",
]  # fmt: skip


def made(kind, event, values):
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    named = "".join(f"<Event>{each}</Event>" for each in event)
    return (
        f"<xml><ToUserName>gh_office</ToUserName><FromUserName>oUser</FromUserName><CreateTime>{NOW}</CreateTime>"
        f"<MsgType>{kind}</MsgType>{named}{fields}</xml>"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_the_parser_knows_is_read_though_it_has_no_field_of_its_own(kind):
    for xml in (made(kind, [], {}), made("event", [kind], {})):
        incoming = open_message(config(), query(), xml.encode(), NOW)
        assert (incoming.openid, incoming.created) == ("oUser", NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_one_field_holds_every_kind_is_read_or_refused(kind):
    own = getattr({**MESSAGE_TYPES, **EVENT_TYPES}.get(kind), "_fields", {}).values()
    for name in {"EventKey", "Content", "Event", "MsgId", *(field.name for field in own)} - set(NEEDED):
        for value in VALUES:
            for xml in (made(kind, [], {name: value}), made("event", [kind] * (name != "Event"), {name: value})):
                with contextlib.suppress(BadRequest):
                    open_message(config(), query(), xml.encode(), NOW)


@given(
    st.sampled_from(["event", *KINDS]),
    st.lists(st.sampled_from([*KINDS, "SUBSCRIBE", "Location", "text", "<a>1</a>"]), max_size=1),
    st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES), max_size=6),
)
def test_whatever_the_fields_hold_a_message_is_read_as_text_or_refused(kind, event, values):
    with contextlib.suppress(BadRequest):
        incoming = open_message(config(), query(), made(kind, event, values).encode(), NOW)
        said = (incoming.text, incoming.event, incoming.event_key, incoming.label, incoming.recognition, incoming.key)
        assert all(isinstance(each, str) for each in said)


@pytest.mark.parametrize("key", ["", "scanbarcode|1", "scanimage|1", "qrscene_", "x"])
def test_who_follows_is_greeted_however_they_came(knowledge, key):
    incoming = open_message(config(), query(), made("event", ["subscribe"], {"EventKey": key}).encode(), NOW)
    assert task_of(incoming, knowledge) == Task(choice="start")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80))
def test_every_text_arrives_as_it_was_sent(said):
    body = text().replace("<![CDATA[失业登记要带什么]]>", escape(said)).encode()
    if any(character in "\ufffe\uffff" for character in said):
        with pytest.raises(BadRequest):
            open_message(config(), query(), body, NOW)
    else:
        assert open_message(config(), query(), body, NOW).text == said.strip()
