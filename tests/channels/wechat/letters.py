"""Requests as WeChat makes them, with wechatpy's crypto and nothing of the channel."""

from __future__ import annotations

from pathlib import Path

from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import WeChatSigner

from bot.channels.wechat.config import WeChatConfig
from bot.channels.wechat.protocol import Query

NOW = 1_700_000_000
RECORDED = Path(__file__).parent / "recorded"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TOKEN = "token0of0tests"
APP_ID = "wx0123456789abcdef"


def config(mode="plain", **values):
    return WeChatConfig(**{"token": TOKEN, "app_id": APP_ID, "aes_key": AES_KEY, "mode": mode, **values})


def recorded(name):
    return (RECORDED / f"{name}.xml").read_text(encoding="utf-8")


def text(content="失业登记要带什么", msg_id=1, openid="oUser", created=NOW):
    return (
        f"<xml><ToUserName><![CDATA[gh_office]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content>"
        f"<MsgId>{msg_id}</MsgId></xml>"
    )


def signed(*parts):
    signer = WeChatSigner()
    signer.add_data(*parts)
    return signer.signature


def query(token=TOKEN, timestamp=NOW, nonce="nonce", **values):
    given = {"timestamp": str(timestamp), "nonce": nonce, "signature": signed(token, str(timestamp), nonce), **values}
    return Query(**given)


def sealed(xml, mode="encrypted", app_id=APP_ID, token=TOKEN, timestamp=NOW, nonce="nonce"):
    """Query and body of an encrypted request; in compatible mode the plain fields stand beside the encrypted part."""
    crypto = WeChatCrypto(token, AES_KEY, app_id)
    encrypted = PrpCrypto(crypto.key).encrypt(xml, app_id).decode()
    address = query(
        token, timestamp, nonce,
        encrypt_type="aes", msg_signature=signed(token, str(timestamp), nonce, encrypted),
    )  # fmt: skip
    tag = f"<Encrypt><![CDATA[{encrypted}]]></Encrypt>"
    if mode == "compatible":
        return address, xml.replace("</xml>", f"{tag}</xml>").encode()
    return address, f"<xml><ToUserName><![CDATA[gh_office]]></ToUserName>{tag}</xml>".encode()
