"""What a client may send, checked before anything else sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sanic.request import Request

from bot.answering import Kit
from bot.feedback import COMMENT, REASONS, VOTES
from bot.language import MAX_CHARACTERS

from .errors import Refused

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CHOICE = re.compile(r"[a-z]+(?::[^\x00-\x1f]{1,100})?")
_NAMED = {"match": "button_match", "calculators": "button_calculators", "human": "button_human"}
_UNREADABLE = "发来的内容读不懂。"


@dataclass(frozen=True)
class Sent:
    """One message: exactly one of a text, a choice or a form; `text` may come with a choice as its label."""

    id: str
    text: str
    choice: str | None = None
    form: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Vote:
    """A vote on a reply; `vote` is None where it is taken back."""

    message: str
    vote: str | None
    reason: str
    comment: str


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request. Raises Refused."""
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise Refused(400, "bad_json", _UNREADABLE) from None
    if not isinstance(body, dict):
        raise Refused(400, "bad_json", _UNREADABLE)
    return body


def sent(body: Mapping[str, Any], kit: Kit) -> Sent:
    """The message in a body. Raises Refused."""
    id, text, choice, form = (body.get(key) for key in ("id", "text", "choice", "form"))
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise Refused(400, "bad_message", "消息缺少编号。")
    if not (text is None or isinstance(text, str)):
        raise Refused(400, "bad_message", _UNREADABLE)
    if text and len(text) > MAX_CHARACTERS:
        raise Refused(413, "too_long", f"最多{MAX_CHARACTERS}个字，请说短一点。")
    if form is not None:
        if not _is_form(form) or choice is not None or text is not None:
            raise Refused(400, "bad_message", _UNREADABLE)
        return Sent(id, "", form=form)
    if choice is not None:
        if not isinstance(choice, str) or not _CHOICE.fullmatch(choice):
            raise Refused(400, "bad_message", _UNREADABLE)
        return Sent(id, text or label(choice, kit), choice)
    if not text or not text.strip():
        raise Refused(400, "bad_message", "请写下您想问的事。")
    return Sent(id, text)


def _is_form(form: object) -> bool:
    """Whether the outer shape is that of a form; what stands in it is judged where it is worked out."""
    return (
        isinstance(form, dict) and isinstance(form.get("calculator"), str) and isinstance(form.get("values", {}), dict)
    )


def label(choice: str, kit: Kit) -> str:
    """What somebody who followed a link to a choice would have said; the choice itself where it names nothing of ours."""
    knowledge = kit.knowledge
    kind, _, rest = choice.partition(":")
    if kind == "check" and rest in knowledge.schemes:
        return f"{knowledge.schemes[rest].name}，{kit.say('button_check')}"
    if kind == "calculator" and rest in kit.calculators:
        return kit.calculators[rest].name
    if kind in _NAMED:
        return kit.say(_NAMED[kind])
    if kind == "topic" and rest in knowledge.topics:
        return knowledge.topics[rest].name
    if kind == "place" and rest in knowledge.places:
        return knowledge.places[rest].name
    return choice


def vote(body: Mapping[str, Any]) -> Vote:
    """The vote in a body. Raises Refused."""
    message, given = body.get("message"), body.get("vote")
    reason, comment = body.get("reason") or "", body.get("comment") or ""
    known = isinstance(message, str) and (given is None or given in VOTES) and (reason == "" or reason in REASONS)
    if not known or not isinstance(message, str) or not isinstance(comment, str):
        raise Refused(400, "bad_message", _UNREADABLE)
    if len(comment) > COMMENT:
        raise Refused(413, "too_long", f"最多{COMMENT}个字，请说短一点。")
    return Vote(message, given, reason, comment)


def place(body: Mapping[str, Any], kit: Kit) -> str | None:
    """The place in a body; one that is not ours counts as none, a page may remember it from elsewhere."""
    given = body.get("place")
    return given if isinstance(given, str) and given in kit.knowledge.places else None
