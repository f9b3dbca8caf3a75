"""Each shortcut through Rasa gives what Rasa's own way gives; what it leans on in Rasa's source is watched."""

from __future__ import annotations

import ast
import copy
import inspect
import json
import textwrap

import pytest
import rasa.core.actions.action
import rasa.core.policies.rule_policy
import rasa.core.processor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import SHOULD_NOT_BE_SET
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.conversation.rules import any_for_words, possible_keys
from bot.conversation.shortcuts import (
    default_actions_of_rasa,
    find_of_rasa,
    possible_keys_of_rasa,
    take_shortcuts,
)

pytestmark = pytest.mark.rasa
SAID = ("你好", "失业登记要带什么材料", "电话多少", "算了", "/restart")


@pytest.fixture(scope="module")
def policy(agent) -> RulePolicy:
    nodes = agent.processor.graph_runner._instantiated_nodes
    return next(node._component for node in nodes.values() if isinstance(node._component, RulePolicy))


@pytest.fixture(scope="module")
def known(policy):
    """The states that rules speak of."""
    return [
        state
        for key in (*policy.lookup[RULES], *policy.lookup[RULES_FOR_LOOP_UNHAPPY_PATH])
        for state in json.loads(key)
    ]


def tupled(state: dict) -> dict:
    """As the conversation has it: tuples where the rule's text has lists, nothing that should not be set."""
    return {
        part: {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in values.items()
            if value != SHOULD_NOT_BE_SET
        }
        for part, values in state.items()
    }


@given(data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_rules_that_fit_are_those_that_rasa_finds(policy, known, data):
    rule = json.loads(data.draw(st.sampled_from(sorted(policy.lookup[RULES]))))
    states = [tupled(state) for state in [*data.draw(st.lists(st.sampled_from(known), max_size=3)), *rule]]
    if data.draw(st.booleans()):
        states[-1] = {**states[-1], **tupled(data.draw(st.sampled_from(known)))}
    for rules in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH):
        lookup = policy.lookup[rules]
        assert set(possible_keys(lookup, states)) == possible_keys_of_rasa(policy, lookup, states)


def said(agent, text: str, act: str, loop: str | None) -> DialogueStateTracker:
    events: list[Event] = [ActionExecuted("action_session_start"), ActionExecuted("action_listen")]
    events.append(UserUttered(text, {"name": act, "confidence": 0.9}))
    tracker = DialogueStateTracker.from_events("someone", events, agent.domain.slots)
    tracker.change_loop_to(loop)
    return tracker


def test_no_rule_is_on_the_very_words_of_a_message(agent, policy):
    for act in agent.domain.intents:
        for loop in (None, "contact_form"):
            tracker = said(agent, "电话多少", act, loop)
            action, _, back = find_of_rasa(policy, tracker, agent.domain, True)
            assert (action, back) == (None, False)
    assert not any_for_words(policy.lookup[RULES])


def test_a_rule_on_the_very_words_is_looked_for():
    rule = [{"prev_action": {"action_name": "action_listen"}, "user": {"text": "你好"}}]
    assert any_for_words([json.dumps(rule)])


@pytest.mark.parametrize("text", SAID)
def test_the_ordered_graph_reads_a_message_as_dask_does(agent, text):
    runner, target = agent.processor.graph_runner, agent.processor.model_metadata.nlu_target

    def heard(run):
        message, tracker = UserMessage(text), DialogueStateTracker.from_events("someone", [], agent.domain.slots)
        result = run(inputs={PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}, targets=[target])
        return result[target][0].as_dict(only_output_properties=True)

    assert heard(runner.run) == heard(lambda **kwargs: DaskGraphRunner.run(runner, **kwargs))


@pytest.mark.parametrize("act", ["greet", "ask_policy", "find_contact", "stop"])
def test_the_ordered_graph_predicts_as_dask_does(agent, act):
    runner, target = agent.processor.graph_runner, agent.processor.model_metadata.core_target

    def predicted(run):
        return run(inputs={PLACEHOLDER_TRACKER: said(agent, "随便", act, None)}, targets=[target])[target]

    mine, theirs = predicted(runner.run), predicted(lambda **kwargs: DaskGraphRunner.run(runner, **kwargs))
    assert mine.probabilities == theirs.probabilities
    assert mine.policy_name == theirs.policy_name


@pytest.mark.parametrize("kind", [UserUttered, ActionExecuted, SlotSet])
def test_an_event_is_found_by_its_name(kind):
    take_shortcuts()
    assert Event.resolve_by_type(kind.type_name) is kind
    with pytest.raises(ValueError):
        Event.resolve_by_type("no such event")


def test_a_copied_slot_is_equal_and_apart(agent):
    take_shortcuts()
    for slot in agent.domain.slots:
        copied = copy.copy(slot)
        assert type(copied) is type(slot) and vars(copied) == vars(slot)
        copied.value = "changed"
        assert slot.value != "changed"
        assert not getattr(type(slot), "__slots__", ())


def test_rasas_own_actions_are_made_once_and_keep_nothing(agent):
    made, endpoint = rasa.core.actions.action.default_actions, agent.action_endpoint
    assert made(endpoint) is made(endpoint)
    fresh = default_actions_of_rasa(endpoint)
    assert [(type(each), vars(each)) for each in made(endpoint)] == [(type(each), vars(each)) for each in fresh]
    changed = [
        target
        for each in {type(action) for action in fresh}
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(each.run))))
        if isinstance(node, ast.Assign)
        for target in map(ast.unparse, node.targets)
        if target.startswith("self.")
    ]
    assert not changed


@pytest.mark.parametrize("module", [rasa.core.processor, rasa.core.policies.rule_policy])
def test_rasa_copies_there_only_what_goes_into_the_debug_log(module):
    """Each use of the module `copy` is an argument of structlogger.debug."""
    tree = ast.parse(inspect.getsource(module))
    uses = {id(node) for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "copy"}
    logged = {
        id(node)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "structlogger.debug"
        for node in ast.walk(call)
        if isinstance(node, ast.Name)
    }
    assert uses
    assert uses <= logged
    assert not any(isinstance(node, ast.ImportFrom) and node.module == "copy" for node in ast.walk(tree))


def test_rasa_asks_where_we_answer():
    assert "in default_actions(action_endpoint)" in inspect.getsource(rasa.core.actions.action.action_for_name_or_text)
    assert "self._get_possible_keys(self.lookup[RULES], states)" in inspect.getsource(find_of_rasa)
    assert list(inspect.signature(find_of_rasa).parameters) == [
        "self",
        "tracker",
        "domain",
        "use_text_for_last_user_input",
    ]
    assert "_check_for_unseen_features(parse_data)" in inspect.getsource(
        rasa.core.processor.MessageProcessor.parse_message
    )
