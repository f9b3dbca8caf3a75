"""Our own actions are trusted; what Rasa's check looks like is watched."""

from __future__ import annotations

import inspect

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from bot.conversation.endpoint import InProcessEndpoint, trust_own_actions

WRONG = {"events": "no list", "responses": 5}


@pytest.fixture()
def untouched(monkeypatch):
    """Rasa's own method, given back afterwards; the agent of other tests may have replaced it."""
    check = RemoteAction._validate_action_result
    closed = {name: cell.cell_contents for name, cell in zip(check.__code__.co_freevars, check.__closure__ or ())}
    original = closed.get("check", check)
    monkeypatch.setattr(RemoteAction, "_validate_action_result", original)
    return original


def test_rasa_still_checks_the_result_of_an_action_where_we_spare_it(untouched):
    assert list(inspect.signature(untouched).parameters) == ["self", "result"]
    assert "self._validate_action_result(response)" in inspect.getsource(RemoteAction.run)


def test_our_own_actions_are_not_checked(untouched):
    trust_own_actions()
    assert RemoteAction("action_answer_policy", InProcessEndpoint())._validate_action_result(WRONG) is True


def test_the_answer_of_another_process_is_checked_as_before(untouched):
    trust_own_actions()
    with pytest.raises(ValidationError):
        RemoteAction("action_answer_policy", EndpointConfig("http://127.0.0.1:1"))._validate_action_result(WRONG)


def test_it_is_replaced_once(untouched):
    trust_own_actions()
    first = RemoteAction._validate_action_result
    trust_own_actions()
    assert RemoteAction._validate_action_result is first
