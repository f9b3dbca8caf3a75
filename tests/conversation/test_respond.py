"""What a conversation remembers, read back from its tracker."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from rasa_sdk import Tracker

from bot.answering import Context, Suggestion
from bot.conversation import respond


@pytest.fixture()
def context_of(kit, monkeypatch):
    monkeypatch.setattr(respond, "kit", lambda: kit)

    def read(remembered):
        return respond.context_of(Tracker("a", {"dialogue": remembered}, {}, [], False, None, {}, None))

    return read


def test_what_was_remembered_is_read_back(context_of):
    context = Context(
        place="kyqq", topic="jyfw-3", pending=(Suggestion("办理材料", "topic:jyfw-3"),), question="失业登记"
    )
    assert context_of(asdict(context)) == context
    assert context_of(None) == Context()


def test_what_a_later_version_remembers_besides_is_left_out(context_of):
    assert context_of({**asdict(Context(place="kyqq")), "later": 1}) == Context(place="kyqq")


def test_what_the_knowledge_no_longer_has_is_left_out(context_of):
    assert context_of(asdict(Context(place="kyqq", topic="gone-1", main="gone-1-1"))) == Context(place="kyqq")
