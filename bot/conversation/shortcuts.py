"""What Rasa does for each message although the outcome is known: a few of its functions replaced by equal quicker ones.

tests/conversation/test_shortcuts.py holds each equal to Rasa's own and fails when Rasa changes.
"""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import rasa.core.actions.action
import rasa.core.policies.rule_policy
import rasa.core.processor
from rasa.core.actions.action import Action
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from .rules import any_for_words, possible_keys

Found = tuple[str | None, str | None, bool]  # action, rule, back from an interruption of a form

possible_keys_of_rasa = RulePolicy._get_possible_keys
find_of_rasa = RulePolicy._find_action_from_rules
default_actions_of_rasa = rasa.core.actions.action.default_actions
_made: dict[int, tuple[EndpointConfig | None, list[Action]]] = {}


def _possible_keys(policy: RulePolicy, lookup: dict[str, str], states: list[Any]) -> list[str]:
    return possible_keys(lookup, states)


def _find(
    policy: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
) -> Found:
    """Rasa looks first for a rule on the very words of a message, then for one on its dialogue act. We have none on words."""
    if use_text_for_last_user_input and not any_for_words(policy.lookup[RULES]):
        return None, None, False
    found: Found = find_of_rasa(policy, tracker, domain, use_text_for_last_user_input)
    return found


def _copy(slot: Slot) -> Slot:
    made = object.__new__(type(slot))
    made.__dict__.update(slot.__dict__)
    return made


def _default_actions(endpoint: EndpointConfig | None = None) -> list[Action]:
    """Rasa's own actions, which keep nothing, made once for an endpoint."""
    if id(endpoint) not in _made:
        _made[id(endpoint)] = endpoint, default_actions_of_rasa(endpoint)  # kept, so that no other gets its id
    return _made[id(endpoint)][1]


@functools.cache
def take_shortcuts() -> None:
    """Replace them in this process."""
    RulePolicy._get_possible_keys = _possible_keys
    RulePolicy._find_action_from_rules = _find
    # Each event that an action returns is looked for among all subclasses of Event, several hundred steps.
    Event.resolve_by_type = staticmethod(functools.cache(Event.resolve_by_type))
    # A tracker is made six times for a message, and copies all slots; `copy` takes them to pieces and puts them together again.
    Slot.__copy__ = _copy
    rasa.core.actions.action.default_actions = _default_actions
    # These modules copy only what goes into lines of the debug log, which nobody writes.
    uncopied = SimpleNamespace(deepcopy=lambda anything: anything)
    rasa.core.processor.copy = uncopied
    rasa.core.policies.rule_policy.copy = uncopied
