"""The contact form: which business line a number is wanted for."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.answering import Paragraph, Reply, Status, choices, contacts
from bot.answering.content import residue
from bot.language import normalise

from .respond import context_of, message_of, utter
from .runtime import kit

_INTERRUPTS = ("ask_policy", "check_eligibility", "match_policies", "calculate", "out_of_scope")
_NO_ANSWER = (
    "stop",
    "deny",
    "dont_know",
    "complain",
    "greet",
    "thanks",
    "goodbye",
    "ask_identity",
    "ask_capability",
    "ask_human",
)
_SHORT = 8  # characters; a longer policy question is an interruption, not a business line


def ask_business_line(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
    """Utter the question with its choices and remember them, so that a typed number picks one."""
    knowledge = kit().knowledge
    offered = choices.directory_suggestions(knowledge)
    context = replace(context_of(tracker), pending=offered, pending_kind="directory")
    paragraph = Paragraph("ask", kit().say("clarify_business"))
    utter(dispatcher, Reply(Status.CLARIFICATION_BUSINESS, (paragraph,), suggestions=offered, context=context))
    return [SlotSet("dialogue", asdict(context)), SlotSet("status", Status.CLARIFICATION_BUSINESS.value)]


def heard_business_line(tracker: Tracker) -> str | None:
    """The directory id that the last message means, or None where it is a question in between."""
    message, context = message_of(tracker), context_of(tracker)
    knowledge = kit().knowledge
    if message.form is not None:
        return None
    choice = message.choice or choices.typed(normalise(message.text), context.pending)
    if choice:
        kind, _, rest = choice.partition(":")
        return rest if kind == "directory" and rest in knowledge.directories else None
    if message.act in _NO_ANSWER:
        return None
    read = kit().reader.read(message.text)
    if message.act in _INTERRUPTS and (len(read.core) > _SHORT or set(read.aspects) - {"phone"}):
        return None
    named = contacts.named_directory(knowledge, read.core)
    if named:
        return named
    hits = kit().retriever.search(read.core) if residue(read) else None
    if hits and hits.best and hits.best.probability >= 0.3:
        return knowledge.topic_of(hits.best.id).directory
    return None
