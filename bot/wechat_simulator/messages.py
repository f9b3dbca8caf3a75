"""Every message and event WeChat can send for a citizen, as XML of the official form."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_MEDIA = MappingProxyType({"MediaId": "media_0001"})
_THUMB = MappingProxyType({**_MEDIA, "ThumbMediaId": "thumb_0001"})
_HERE = (46.08, 122.09)  # Ulanhot, where no position is given

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "text": "文字",
        "voice": "语音（--text 是识别出的文字，不给就是没有识别）",
        "image": "图片",
        "video": "视频",
        "shortvideo": "小视频",
        "location": "位置（--text 是地名，--at 是纬度,经度）",
        "link": "链接",
        "file": "文件",
        "subscribe": "关注（--text 是二维码里的地方，如 kyqq）",
        "unsubscribe": "取消关注",
        "scan": "已关注后扫码（--text 是二维码里的地方）",
        "click": "点菜单（--text 是菜单的 key）",
        "view": "点菜单里的网页",
        "location_event": "上报位置（--at 是纬度,经度）",
        "unknown": "微信将来的新消息",
    }
)
_EVENTS = {
    "subscribe": "subscribe",
    "unsubscribe": "unsubscribe",
    "scan": "SCAN",
    "click": "CLICK",
    "view": "VIEW",
    "location_event": "LOCATION",
}


@dataclass(frozen=True)
class Message:
    """One message of one citizen. `created` is in seconds since 1970; `msg_id` is None for events."""

    kind: str
    openid: str
    created: int
    msg_id: int | None
    fields: Mapping[str, str]

    def xml(self, original_id: str) -> str:
        """The message as WeChat writes it, to the account with this original id."""
        head = {"ToUserName": original_id, "FromUserName": self.openid}
        shown = "".join(f"<{name}>{_cdata(value)}</{name}>" for name, value in head.items())
        shown += f"<CreateTime>{self.created}</CreateTime>"
        shown += "".join(f"<{name}>{_cdata(value)}</{name}>" for name, value in self.fields.items())
        if self.msg_id is not None:
            shown += f"<MsgId>{self.msg_id}</MsgId>"
        return f"<xml>{shown}</xml>"


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def new_openid() -> str:
    """A made-up citizen: 28 characters, as WeChat's are."""
    return "o" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(27))


def compose(kind: str, openid: str, text: str = "", *, now: int, at: tuple[float, float] | None = None) -> Message:
    """A message of one of KINDS; what `text` and `at` (latitude, longitude) mean, KINDS says."""
    if kind in _EVENTS:
        fields = {"MsgType": "event", "Event": _EVENTS[kind], **_event(kind, text, at or _HERE)}
        return Message(kind, openid, now, None, MappingProxyType(fields))
    named = {"unknown": "hologram"}.get(kind, kind)
    fields = {"MsgType": named, **_content(kind, text, at or _HERE)}
    return Message(kind, openid, now, _msg_id(), MappingProxyType(fields))


def tap(openid: str, label: str, choice: str, *, now: int) -> Message:
    """What WeChat sends when a citizen taps a `weixin://bizmsgmenu` link: its label, and its id."""
    fields = {"MsgType": "text", "Content": label, "bizmsgmenuid": choice}
    return Message("text", openid, now, _msg_id(), MappingProxyType(fields))


def _msg_id() -> int:
    return 24_000_000_000_000_000 + secrets.randbelow(10**15)


def _event(kind: str, text: str, at: tuple[float, float]) -> dict[str, str]:
    if kind == "subscribe":
        return {"EventKey": f"qrscene_{text}", "Ticket": "TICKET"} if text else {"EventKey": ""}
    if kind == "location_event":
        return {"Latitude": str(at[0]), "Longitude": str(at[1]), "Precision": "119.385040"}
    if kind == "scan":
        return {"EventKey": text, "Ticket": "TICKET"}
    return {"EventKey": text}


def _content(kind: str, text: str, at: tuple[float, float]) -> dict[str, str]:
    if kind == "text":
        return {"Content": text}
    if kind == "voice":
        return {**_MEDIA, "Format": "amr", **({"Recognition": text} if text else {})}
    if kind == "image":
        return {"PicUrl": "http://mmbiz.example/0001.jpg", **_MEDIA}
    if kind in ("video", "shortvideo"):
        return dict(_THUMB)
    if kind == "location":
        return {"Location_X": str(at[0]), "Location_Y": str(at[1]), "Scale": "15", "Label": text}
    if kind == "link":
        return {"Title": text or "一篇文章", "Description": "", "Url": "https://mp.weixin.qq.com/s/example"}
    if kind == "file":
        return {"Title": text or "一个文件.docx", "Description": "", "FileKey": "key_0001", "FileTotalLen": "1024"}
    return {}
