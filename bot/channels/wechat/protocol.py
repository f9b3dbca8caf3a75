"""WeChat's protocol: who may speak to us, what a request says, how a reply is written.

https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import struct
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields

from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.replies import TextReply

from .config import WeChatConfig
from .fault import BadRequest
from .fields import read_fields
from .incoming import Incoming, read_incoming
from .store import Store

WINDOW = 300  # seconds that a request's time may differ from ours, either way
MAX_BYTES = 64 * 1024
NOTHING = "success"  # the literal answer that says: nothing to say, do not try again

_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Query:
    """What stands in the address of a request; empty where it does not."""

    signature: str = ""
    timestamp: str = ""
    nonce: str = ""
    msg_signature: str = ""
    encrypt_type: str = ""
    echostr: str = ""


def read_query(given: Mapping[str, str | None]) -> Query:
    """The parameters that count, out of all that were given."""
    return Query(**{each.name: given.get(each.name) or "" for each in fields(Query)})


def echo(config: WeChatConfig, query: Query, now: float) -> str:
    """The answer to the GET check of the address. Raises BadRequest."""
    _check(config.token, query, now)
    if not re.fullmatch(r"[\x21-\x7e]{1,128}", query.echostr):
        raise BadRequest("no echostr")
    return query.echostr


def open_message(config: WeChatConfig, query: Query, body: bytes, now: float) -> Incoming:
    """Verify, decrypt and read one POST. Raises BadRequest with a short reason."""
    if len(body) > MAX_BYTES:
        raise BadRequest("body too large")
    _check(config.token, query, now)
    text, given = read_fields(body)
    sealed = given.get("Encrypt", "")
    encrypted = config.mode != "plain" and bool(sealed)
    if config.mode == "plain" and query.encrypt_type == "aes":
        raise BadRequest("encrypted message in plain mode")
    if encrypted:
        text, given = read_fields(_decrypted(config, query, sealed).encode())
    elif config.mode == "encrypted":
        raise BadRequest("plaintext in encrypted mode")
    elif query.encrypt_type == "aes":
        raise BadRequest("no encrypted part")
    return read_incoming(text, given, encrypted)


async def refuse_replay(store: Store, query: Query, incoming: Incoming) -> None:
    """Raise BadRequest where a signed address was used before for another message.

    In plain mode the signature does not cover the body. WeChat's own tries of a message may repeat the address or not, and
    may be encrypted anew; they always say the same, and that is compared.
    """
    said = hashlib.sha256(json.dumps(astuple(incoming)).encode()).hexdigest()
    address = hashlib.sha256(f"{query.timestamp}\n{query.nonce}".encode()).hexdigest()
    if not await store.add(f"seen:{address}", said, 2 * WINDOW) and await store.get(f"seen:{address}") != said:
        raise BadRequest("replayed address")


def write_reply(config: WeChatConfig, incoming: Incoming, text: str, now: float) -> str:
    """The body of the answer: a text reply, encrypted where the message was; `success` where there is nothing to say."""
    if not text:
        return NOTHING
    content = _UNSAFE.sub("", text).replace("]]>", "]]＞")  # wechatpy puts it into CDATA as it is
    reply = TextReply(source=incoming.account, target=incoming.openid, content=content, time=int(now))
    xml = str(reply.render())
    if not incoming.encrypted:
        return xml
    crypto = WeChatCrypto(config.token, config.aes_key, config.app_id)
    return str(crypto._encrypt_message(xml, secrets.token_hex(8), str(int(now)), _Prp))


class _Prp(PrpCrypto):
    """wechatpy's cipher with a first block that cannot be guessed; its own comes from `random`."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)


def _check(token: str, query: Query, now: float) -> None:
    if not token:
        raise BadRequest("no token configured")
    if not re.fullmatch(r"[0-9]{1,12}", query.timestamp) or not re.fullmatch(r"[\x21-\x7e]{1,64}", query.nonce):
        raise BadRequest("no timestamp or nonce")
    if not _signed(query.signature, token, query.timestamp, query.nonce):
        raise BadRequest("wrong signature")
    if abs(now - int(query.timestamp)) > WINDOW:
        raise BadRequest("timestamp outside the window")


def _signed(signature: str, *parts: str) -> bool:
    """Whether a signature is that of the parts; takes the same time for every wrong one."""
    expected = hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def _decrypted(config: WeChatConfig, query: Query, sealed: str) -> str:
    """The message inside; wechatpy compares the app id that is sealed in with it."""
    if not _signed(query.msg_signature, config.token, query.timestamp, query.nonce, sealed):
        raise BadRequest("wrong msg_signature")
    crypto = WeChatCrypto(config.token, config.aes_key, config.app_id)
    try:
        return str(crypto.decrypt_message({"Encrypt": sealed}, query.msg_signature, query.timestamp, query.nonce))
    except WeChatException:
        raise BadRequest("another app id") from None
    except (ValueError, IndexError, TypeError, struct.error):
        raise BadRequest("cannot be decrypted") from None
