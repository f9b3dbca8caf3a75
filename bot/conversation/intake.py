"""What every channel does to a message before Rasa sees it: clean, mask, and no slash commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from bot.calculators import FormFault, describe, fill
from bot.calculators.form import MOST_CHARACTERS, MOST_VALUES
from bot.language import clean

from .runtime import kit


class Collector(OutputChannel):
    """Keeps the replies of one message as data; `exchange` is how the conversation keeps message and reply (docs/api.md), None
    where there was no reply."""

    @classmethod
    def name(cls) -> str:
        """The name of the channel in the tracker."""
        return "collector"

    def __init__(self) -> None:
        self.replies: list[dict[str, Any]] = []
        self.exchange: dict[str, Any] | None = None

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the data of a reply; a bare text (from rasa itself) becomes a reply of its own."""
        data = message.get("custom")
        if data:
            self.replies.append(data)
        elif message.get("text"):
            self.replies.append(spoken(message["text"]))


def spoken(text: str) -> dict[str, Any]:
    """A reply that did not come from the answering steps: something went wrong."""
    paragraphs = [{"kind": "lead", "text": text, "part": None, "scheme": None}] if text else []
    return {
        "text": text,
        "status": "error_internal",
        "paragraphs": paragraphs,
        "citations": [],
        "contacts": [],
        "suggestions": [],
        "place": None,
        "check": None,
        "form": None,
        "sheet": None,
    }


def joined(replies: list[dict[str, Any]]) -> dict[str, Any]:
    """One reply out of those of a turn: an answer in the middle of a form is followed by the form's question again."""
    if not replies:
        return spoken("")
    first, *rest = replies
    if not rest:
        return first
    return {
        **first,
        "text": "\n\n".join(reply["text"] for reply in replies),
        "paragraphs": [paragraph for reply in replies for paragraph in reply["paragraphs"]],
        "citations": [citation for reply in replies for citation in reply["citations"]],
        "contacts": [contact for reply in replies for contact in reply["contacts"]],
        "suggestions": rest[-1]["suggestions"],
    }


def user_message(
    text: str,
    sender: str,
    output: OutputChannel,
    channel: str,
    choice: str | None = None,
    form: Mapping[str, Any] | None = None,
    id: str | None = None,
) -> UserMessage:
    """A message fit for Rasa. A tapped choice and a filled form come parsed, so that no text can pretend to be one.

    `id` is the channel's own number of the message, `form` as in docs/api.md.
    """
    kept = None if form is None else _kept(form)
    masked, _ = kit().redactor.redact(clean(text if kept is None else _line(kept)))
    if choice is None and kept is None:
        return UserMessage(masked or "。", output, sender, input_channel=channel, message_id=id)
    choice = choice and kit().redactor.redact(clean(choice))[0]  # whoever makes one up may put anything into it
    named, value = ("choice", choice) if kept is None else ("form", kept)
    text = masked or choice or "。"
    parsed = {
        "text": text,
        "intent": {"name": "choose", "confidence": 1.0},
        "entities": [{"entity": named, "value": value}],
    }
    return UserMessage(text, output, sender, parse_data=parsed, input_channel=channel, message_id=id)


def _kept(form: Mapping[str, Any]) -> dict[str, Any]:
    """A filled form as the conversation keeps it: masked, and cut to what is just too much to be taken for a filled form."""
    id, values = form.get("calculator"), form.get("values")
    filled = list(values.items())[: MOST_VALUES + 1] if isinstance(values, Mapping) else []
    return {
        "calculator": _cut(id) if isinstance(id, str) else None,
        "values": {_cut(str(name)): _cut(value) if isinstance(value, str) else None for name, value in filled},
    }


def _cut(text: str) -> str:
    return kit().redactor.redact(clean(text))[0][: MOST_CHARACTERS + 1]


def _line(form: Mapping[str, Any]) -> str:
    """A filled form in words: 加班费：工资4000元，平日加班的时间10小时. Empty for what is no calculator."""
    calculator = kit().calculators.get(form["calculator"] or "")
    if calculator is None:
        return ""
    try:
        return describe(calculator, fill(calculator, form["values"]))
    except FormFault as fault:
        return describe(calculator, fault.told)
