"""The calculators as shipped."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def calculators(settings, knowledge):
    from bot.calculators import load_calculators

    faults = []
    loaded = load_calculators(settings.knowledge, knowledge.clauses, faults)
    assert not faults, "\n".join(map(str, faults))
    return loaded


@pytest.fixture(scope="session")
def work_out(calculators):
    """A message, and the answers to what is asked back, as far as it goes: the calculator's id and the last reply."""
    from bot.calculators import Question, calculate, read, recognise
    from bot.language import normalise

    def run(*said):
        id = recognise(calculators, normalise(said[0]))
        if id is None:
            return None, None
        inputs = read(calculators[id], normalise(said[0]))
        reply = calculate(calculators[id], inputs)
        for answer in said[1:]:
            assert isinstance(reply, Question), f"nothing is asked, so {answer} answers nothing: {reply}"
            inputs = inputs.joined(read(calculators[id], normalise(answer), reply.input))
            reply = calculate(calculators[id], inputs)
        return id, reply

    return run
