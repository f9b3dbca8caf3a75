"""An account as WeChat knows it: how a request is signed and encrypted, and how a reply is opened."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass, field
from xml.etree import ElementTree

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

MODES = ("plain", "compatible", "encrypted")


class Unreadable(Exception):
    """A reply cannot be opened as WeChat opens it; the message says why, in Chinese."""


@dataclass(frozen=True)
class Account:
    """What was entered at WeChat. `aes_key` has 43 characters and may be empty in plain mode."""

    app_id: str
    token: str = field(repr=False)
    aes_key: str = field(default="", repr=False)
    mode: str = "plain"
    original_id: str = "gh_0123456789ab"  # the account's own name in messages; WeChat makes it

    @property
    def crypto(self) -> PrpCrypto:
        """The cipher of the account's key."""
        return PrpCrypto(base64.b64decode(self.aes_key + "="))


def sign(*parts: str) -> str:
    """WeChat's signature: SHA-1 over the sorted parts."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def echo_query(account: Account, now: int, echo: str) -> dict[str, str]:
    """The query of the GET check; the server must answer with `echo`."""
    nonce = str(secrets.randbelow(10**10))
    return {
        "signature": sign(account.token, str(now), nonce),
        "timestamp": str(now),
        "nonce": nonce,
        "echostr": echo,
    }


def checked_echo(echo: str, status: int, body: str) -> str | None:
    """Why WeChat would refuse the address after the GET check, in Chinese, or None."""
    if status != 200:
        return f"回的状态是 {status}，应为 200"
    if body != echo:
        return f"没有原样返回 echostr，返回的开头是“{body[:40]}”"
    return None


def seal(account: Account, xml: str, openid: str, now: int) -> tuple[dict[str, str], bytes]:
    """The query and the body of the POST that carries one message, in the account's mode."""
    nonce = str(secrets.randbelow(10**10))
    query = {
        "signature": sign(account.token, str(now), nonce),
        "timestamp": str(now),
        "nonce": nonce,
        "openid": openid,
    }
    if account.mode == "plain":
        return query, xml.encode()
    sealed = account.crypto.encrypt(xml, account.app_id).decode()
    query["encrypt_type"] = "aes"
    query["msg_signature"] = sign(account.token, str(now), nonce, sealed)
    encrypt = f"<Encrypt><![CDATA[{sealed}]]></Encrypt>"
    if account.mode == "compatible":
        return query, xml.replace("</xml>", encrypt + "</xml>").encode()
    return query, f"<xml><ToUserName><![CDATA[{account.original_id}]]></ToUserName>{encrypt}</xml>".encode()


def unseal(account: Account, body: bytes) -> str:
    """The reply's own XML. Raises Unreadable for what WeChat would not take in the account's mode."""
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError) as error:
        raise Unreadable(f"回复不是 XML：{error}") from None
    sealed = root.findtext("Encrypt")
    if sealed is None:
        if account.mode == "encrypted":
            raise Unreadable("安全模式下回复没有加密")
        return body.decode()
    if account.mode == "plain":
        raise Unreadable("明文模式下回复加了密")
    stamp, nonce = root.findtext("TimeStamp") or "", root.findtext("Nonce") or ""
    if not hmac.compare_digest(sign(account.token, stamp, nonce, sealed), root.findtext("MsgSignature") or ""):
        raise Unreadable("回复的签名不对")
    try:
        return str(account.crypto.decrypt(sealed, account.app_id))
    except (WeChatException, ValueError, IndexError, binascii.Error):
        raise Unreadable("回复解不开：密钥或 AppID 不对") from None
