"""Telephone numbers: given at once where the business line is known, asked for by a form where it is not."""

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation.business_line import ask_business_line, heard_business_line
from bot.conversation.respond import respond


class ActionFindContact(Action):
    """The numbers of a business line, of the asker's place or of all places."""

    def name(self) -> str:
        """As in the domain."""
        return "action_find_contact"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Reply and remember; the form has filled business_line where it was missing."""
        line = tracker.get_slot("business_line")
        return respond(dispatcher, tracker, f"directory:{line}" if line else None)


class ActionAskBusinessLine(Action):
    """The question of the contact form."""

    def name(self) -> str:
        """As Rasa expects it for the slot business_line."""
        return "action_ask_business_line"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Ask with one button for each business line."""
        return ask_business_line(dispatcher, tracker)


class ValidateContactForm(FormValidationAction):
    """Reads the business line from what is said while the form is open."""

    def name(self) -> str:
        """As Rasa expects it for contact_form."""
        return "validate_contact_form"

    async def extract_business_line(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The line that was tapped, typed or described; nothing for a question in between."""
        if tracker.get_slot("requested_slot") != "business_line":
            return {}
        line = heard_business_line(tracker)
        return {"business_line": line} if line else {}

    def validate_business_line(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Extraction gives only lines that exist."""
        return {"business_line": value}
