"""What every channel does to a message before Rasa sees it: clean, mask, and no slash commands."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from bot.language import clean, redact


class Collector(OutputChannel):
    """Keeps the replies of one message as data."""

    @classmethod
    def name(cls) -> str:
        """The name of the channel in the tracker."""
        return "collector"

    def __init__(self) -> None:
        self.replies: list[dict[str, Any]] = []

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the data of a reply; a bare text (from rasa itself) becomes a reply of its own."""
        data = message.get("custom")
        if data:
            self.replies.append(data)
        elif message.get("text"):
            self.replies.append(spoken(message["text"]))


def spoken(text: str) -> dict[str, Any]:
    """A reply that did not come from the answering steps: something went wrong."""
    paragraphs = [{"kind": "lead", "text": text}] if text else []
    return {
        "text": text,
        "status": "error_internal",
        "paragraphs": paragraphs,
        "citations": [],
        "contacts": [],
        "suggestions": [],
        "check": None,
    }


def user_message(text: str, sender: str, output: OutputChannel, channel: str, choice: str | None = None) -> UserMessage:
    """A message fit for Rasa. A tapped choice comes parsed, so that no text can pretend to be one."""
    masked, _ = redact(clean(text))
    if choice is None:
        return UserMessage(masked or "。", output, sender, input_channel=channel)
    parsed = {
        "text": masked or choice,
        "intent": {"name": "choose", "confidence": 1.0},
        "entities": [{"entity": "choice", "value": choice}],
    }
    return UserMessage(masked or choice, output, sender, parse_data=parsed, input_channel=channel)
