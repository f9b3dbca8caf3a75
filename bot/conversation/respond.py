"""From a Rasa tracker to a reply and back to slots: what every action calls."""

from __future__ import annotations

import logging
import secrets
from dataclasses import asdict, fields
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.answering import Context, Message, Paragraph, Reply, Status, Suggestion, answer
from bot.answering.outlived import still_known
from bot.rendering import to_data
from bot.settings import today

from .forget import number_of
from .runtime import kit

logger = logging.getLogger(__name__)

Events = list[dict[str, Any]]
_REMEMBERED = {field.name for field in fields(Context)}


def message_of(tracker: Tracker, choice: str | None = None) -> Message:
    """The last message with what the NLU heard in it."""
    latest = tracker.latest_message
    intent = latest.get("intent") or {}
    sent = {e["entity"]: e["value"] for e in latest.get("entities", ()) if e.get("entity") in ("choice", "form")}
    return Message(
        text=latest.get("text") or "",
        act=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        choice=choice or sent.get("choice"),
        form=sent.get("form"),
        number=number_of(tracker.sender_id),
    )


def context_of(tracker: Tracker) -> Context:
    """What the conversation remembers, of what there still is."""
    stored = tracker.get_slot("dialogue")
    if not stored:
        return Context()
    pending = tuple(Suggestion(**suggestion) for suggestion in stored["pending"])
    # What another version of the program has written may hold more.
    rest: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in stored.items() if k in _REMEMBERED}
    rest["pending"] = pending
    return still_known(Context(**rest), kit())


def reply_to(tracker: Tracker, choice: str | None = None) -> Reply:
    """Run the answering steps on the last message. Whatever goes wrong ends in an apology; the log has the trace."""
    context = context_of(tracker)
    try:
        return answer(kit(), message_of(tracker, choice), context, today())
    except Exception:
        incident = secrets.token_hex(4)
        logger.exception("answering failed, incident %s", incident)
        said = Paragraph("lead", kit().say("error", incident=incident))
        return Reply(Status.ERROR, (said,), context=context)


def utter(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Say a reply: as text, and as data for channels that show cards."""
    data = to_data(reply, kit().knowledge)
    dispatcher.utter_message(text=data["text"], json_message=data)


def remember(reply: Reply) -> Events:
    """The slots that carry the conversation on."""
    context = reply.context
    return [
        SlotSet("dialogue", asdict(context)),
        SlotSet("place", context.place),
        SlotSet("topic", context.topic),
        SlotSet("status", reply.status.value),
        SlotSet("business_line", None),
    ]


def respond(dispatcher: CollectingDispatcher, tracker: Tracker, choice: str | None = None) -> Events:
    """Reply to the last message. Where a business line is missing, the contact form is opened and asks for it."""
    reply = reply_to(tracker, choice)
    if reply.status is Status.CLARIFICATION_BUSINESS:
        return [*remember(reply), ActiveLoop("contact_form"), SlotSet("requested_slot", "business_line")]
    utter(dispatcher, reply)
    return remember(reply)
