"""Small talk."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation.respond import respond


class ActionConverse(Action):
    """Greetings, thanks, who are you, complaints, yes and no outside a form."""

    def name(self) -> str:
        """As in the domain."""
        return "action_converse"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Reply and remember."""
        return respond(dispatcher, tracker)
