"""Answer a question about policy from the brochures."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation.respond import respond


class ActionAnswerPolicy(Action):
    """Retrieval, quotation, validity, contact."""

    def name(self) -> str:
        """As in the domain."""
        return "action_answer_policy"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Reply and remember."""
        return respond(dispatcher, tracker)
