"""A message or an event of WeChat, read into one form."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wechatpy import parse_message

from .fault import BadRequest

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_CHOICE = re.compile(r"[a-z]+(?::.{1,80})?")
_NEEDED = ("ToUserName", "FromUserName", "CreateTime", "MsgType")


@dataclass(frozen=True)
class Incoming:
    """`kind` is WeChat's MsgType, `event` its Event, both in lower case; `account` and `openid` the two ends.

    `choice` is the id of a tapped button, None where none was tapped; `created` seconds since 1970; `latitude` and
    `longitude` degrees; `msg_id` 0 for events; `encrypted` whether it came so.
    """

    account: str
    openid: str = field(repr=False)
    kind: str
    created: int
    msg_id: int = 0
    text: str = field(default="", repr=False)
    choice: str | None = None
    event: str = ""
    event_key: str = ""
    latitude: float | None = None
    longitude: float | None = None
    label: str = field(default="", repr=False)
    recognition: str = field(default="", repr=False)
    encrypted: bool = False

    @property
    def key(self) -> str:
        """The same for every try of the message, another for each message of one sender (senders may share a MsgId)."""
        if self.msg_id:
            return str(self.msg_id)
        said = json.dumps([self.created, self.kind, self.event, self.event_key, self.text])
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def is_choice(text: str) -> bool:
    """Whether a text from outside has the form of a choice."""
    return bool(_CHOICE.fullmatch(text))


def read_incoming(xml: str, given: Mapping[str, str], encrypted: bool) -> Incoming:
    """Read a document that `read_fields` has let through, `given` its fields.

    Raises BadRequest where something needed is missing or not as it should be; wechatpy would fail in several ways.
    """
    if not all(given.get(name) for name in _NEEDED):
        raise BadRequest("a field is missing")
    if not _NAME.fullmatch(given["ToUserName"]) or not _NAME.fullmatch(given["FromUserName"]):
        raise BadRequest("not the name of a user")
    if not all(_NUMBER.fullmatch(given.get(name) or "0") for name in ("CreateTime", "MsgId")):
        raise BadRequest("not a number")
    try:
        return _read(parse_message(xml), given, encrypted)
    except (ValueError, TypeError, AttributeError, LookupError):  # wechatpy converts a field when it is looked at
        raise BadRequest("not a message") from None


def _read(message: Any, given: Mapping[str, str], encrypted: bool) -> Incoming:
    kind = given["MsgType"].lower()
    event = given.get("Event", "").lower() if kind == "event" else ""
    key = given.get("EventKey", "") if event else ""
    tapped = given.get("bizmsgmenuid", "")  # wechatpy does not know it
    latitude, longitude = _position(message) if "location" in (kind, event) else (None, None)
    return Incoming(
        account=message.target,
        openid=message.source,
        kind=kind,
        created=message.time,
        msg_id=int(given.get("MsgId") or 0),
        text=_said(message.content) if kind == "text" else "",
        choice=tapped if kind == "text" and is_choice(tapped) else None,
        event=event,
        event_key=key.removeprefix("qrscene_") if event == "subscribe" else key,
        latitude=latitude,
        longitude=longitude,
        label=_said(message.label) if kind == "location" else "",
        recognition=_said(message.recognition) if kind == "voice" else "",
        encrypted=encrypted,
    )


def _said(value: object) -> str:
    """A field as text: it may be missing, or hold elements."""
    return value if isinstance(value, str) else ""


def _position(message: Any) -> tuple[float | None, float | None]:
    """Latitude and longitude of a sent position (Location_X is the latitude) or of a reported one."""
    north, east = getattr(message, "location", None) or (
        getattr(message, "latitude", None),
        getattr(message, "longitude", None),
    )
    if not north or not east:
        return None, None
    latitude, longitude = float(north), float(east)
    if not (math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError
    return latitude, longitude
