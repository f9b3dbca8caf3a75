"""A check as a conversation with the answering steps, without Rasa."""

from __future__ import annotations

import pytest

from .cases import DAY


class Talk:
    """A conversation that remembers: `say` a text, `tap` a button by its label or its choice; `reply` is the last answer."""

    def __init__(self, ask, day, context=None):
        self._ask = ask
        self.day = day
        self._context = context
        self.reply = None

    def say(self, text):
        return self._went(self._ask(text, context=self._context, day=self.day))

    def tap(self, label):
        choice = next((s.choice for s in self.reply.suggestions if s.label == label), label) if self.reply else label
        return self._went(self._ask(choice=choice, context=self._context, day=self.day))

    def _went(self, reply):
        self.reply, self._context = reply, reply.context
        return reply

    @property
    def state(self):
        """What the conversation remembers of the check."""
        return self.reply.context.check

    @property
    def stated(self):
        return dict(self.state["stated"])

    @property
    def question(self):
        """The last paragraph that asks."""
        return [p.text for p in self.reply.paragraphs if p.kind == "ask"][-1]

    @property
    def text(self):
        return "\n".join(paragraph.text for paragraph in self.reply.paragraphs)

    @property
    def labels(self):
        return [suggestion.label for suggestion in self.reply.suggestions]

    @property
    def cited(self):
        return [citation.clause for citation in self.reply.citations]


@pytest.fixture(scope="session")
def talk(ask):
    """A new conversation: `talk(day=…, context=…)`."""

    def begin(day=DAY, context=None):
        return Talk(ask, day, context)

    return begin
