"""What is to be done with each kind of message and event."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge import Knowledge
from bot.language import MAX_CHARACTERS

from .incoming import Incoming, is_choice
from .nearest import nearest

_SENTENCES = {
    "image": "wechat_image",
    "video": "wechat_video",
    "shortvideo": "wechat_video",
    "link": "wechat_link",
    "miniprogrampage": "wechat_link",
    "file": "wechat_file",
    "sticker": "wechat_sticker",
}
_UNSUPPORTED = "收到不支持的消息类型"  # what WeChat itself sends as the text of a sticker


@dataclass(frozen=True)
class Task:
    """One of: something for the bot (`text` and `choice`), a fixed `sentence` of the bot's own, or `forget`.

    `phones` is the choice that gives phone numbers where the reply to `choice` has none. `places`: offer all places with the
    sentence. `quiet`: nothing is replied; `fills_in`: only where no place is known yet.
    """

    text: str = ""
    choice: str | None = None
    phones: str | None = None
    sentence: str = ""
    places: bool = False
    forget: bool = False
    quiet: bool = False
    fills_in: bool = False


def task_of(incoming: Incoming, knowledge: Knowledge) -> Task | None:
    """What to do, or None where there is nothing to do and nothing to reply."""
    if incoming.kind == "event":
        return _event(incoming, knowledge)
    if incoming.kind == "text":
        return _text(incoming.text, incoming.choice)
    if incoming.kind == "voice":
        heard = incoming.recognition.strip().rstrip("。.")
        return _text(heard) if heard else Task(sentence="wechat_voice")
    if incoming.kind == "location":
        place = _nearest(incoming, knowledge)
        return _at(place, knowledge) if place else Task(sentence="wechat_far", places=True)
    sentence = _SENTENCES.get(incoming.kind)
    return Task(sentence=sentence) if sentence else None


def _text(text: str, choice: str | None = None) -> Task:
    if text.strip("[]【】").startswith(_UNSUPPORTED):
        return Task(sentence="wechat_sticker")
    if len(text) > MAX_CHARACTERS:
        return Task(sentence="wechat_too_long")
    return Task(text=text, choice=choice)


def _event(incoming: Incoming, knowledge: Knowledge) -> Task | None:
    event, key = incoming.event, incoming.event_key
    if event == "subscribe":
        return Task(choice=f"start:{key}" if key in knowledge.places else "start")
    if event == "unsubscribe":
        return Task(forget=True, quiet=True)
    if event == "scan":
        return _at(key, knowledge) if key in knowledge.places else Task(choice="start")
    if event == "click":
        return Task(choice=key if is_choice(key) else "start")
    place = _nearest(incoming, knowledge) if event == "location" else None
    return Task(choice=f"place:{place}", quiet=True, fills_in=True) if place else None


def _at(place: str, knowledge: Knowledge) -> Task:
    """Remember a place, and give its numbers."""
    return Task(choice=f"place:{place}", phones=f"directory:{knowledge.county.general_directory}")


def _nearest(incoming: Incoming, knowledge: Knowledge) -> str | None:
    if incoming.latitude is None or incoming.longitude is None:
        return None
    return nearest(knowledge, incoming.latitude, incoming.longitude, incoming.label)
