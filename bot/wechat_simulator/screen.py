"""What a reply looks like on the citizen's phone, and whether WeChat would show it at all."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from .account import Account, Unreadable, unseal
from .messages import Message

LIMIT = 2048  # bytes of UTF-8 in the text of a passive reply

_LINK = re.compile(r'<a\s+href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


class BrokenReply(Exception):
    """WeChat would show its own line about the account being out of service; the message says why, in Chinese."""


@dataclass(frozen=True)
class Link:
    """A link in a reply. `choice` is the id it sends back as bizmsgmenuid, None where it opens `address`."""

    label: str
    choice: str | None
    address: str


@dataclass(frozen=True)
class Screen:
    """A reply as shown: `text` as sent, `shown` with [1] before what can be tapped, `size` in bytes."""

    text: str
    shown: str
    links: tuple[Link, ...]
    size: int

    @property
    def choices(self) -> tuple[Link, ...]:
        """The links that send a choice back, in order; [1] is the first."""
        return tuple(link for link in self.links if link.choice is not None)


def read_reply(account: Account, message: Message, body: bytes) -> Screen | None:
    """What the citizen sees, or None for the silent `success`. Raises BrokenReply for what WeChat does not show."""
    if body.strip() in (b"", b"success"):
        return None
    try:
        root = ElementTree.fromstring(unseal(account, body))
    except Unreadable as error:
        raise BrokenReply(str(error)) from None
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise BrokenReply(f"回复不是 XML：{error}") from None
    wanted = {"ToUserName": message.openid, "FromUserName": account.original_id, "MsgType": "text"}
    for name, value in wanted.items():
        if root.findtext(name) != value:
            raise BrokenReply(f"{name} 是“{root.findtext(name)}”，应为“{value}”")
    if not (root.findtext("CreateTime") or "").isdecimal():
        raise BrokenReply("CreateTime 不是整数")
    text = root.findtext("Content") or ""
    if not text.strip():
        raise BrokenReply("Content 是空的")
    size = len(text.encode())
    if size > LIMIT:
        raise BrokenReply(f"Content 有 {size} 字节，超过 {LIMIT}")
    return screen_of(text)


def screen_of(text: str) -> Screen:
    """A text with its links taken out and numbered."""
    links: list[Link] = []
    numbered = 0

    def show(found: re.Match[str]) -> str:
        nonlocal numbered
        link = _link(html.unescape(found[1]), found[2])
        links.append(link)
        if link.choice is None:
            return f"{link.label}（{link.address}）"
        numbered += 1
        return f"[{numbered}] {found[2]}"

    return Screen(text, _LINK.sub(show, text), tuple(links), len(text.encode()))


def _link(address: str, label: str) -> Link:
    parts = urlsplit(address)
    if parts.scheme != "weixin" or parts.netloc != "bizmsgmenu":
        return Link(label, None, address)
    query = parse_qs(parts.query, keep_blank_values=True)
    return Link(query.get("msgmenucontent", [label])[0], query.get("msgmenuid", [""])[0], address)
