"""The 30 written conversations of tests/evaluation/eligibility.jsonl: the verdict of their facts, and held with the whole bot."""

from __future__ import annotations

import json
import statistics
from datetime import date
from pathlib import Path

import pytest

from bot.eligibility import assess
from bot.knowledge.schemes import parse_value

from .citizen import interview

PATH = Path(__file__).parent.parent / "evaluation" / "eligibility.jsonl"
ROWS = [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]
FLOOR = 0.93  # of the conversations that come to the right verdict on the right scheme
QUESTIONS = 6  # the median number of questions until then, at most


@pytest.fixture(scope="module")
def named(knowledge):
    """Schemes by their name."""
    return {scheme.name: scheme for scheme in knowledge.schemes.values()}


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_the_facts_of_a_line_give_its_verdict(knowledge, named, row):
    scheme = named[row["scheme"]]
    stated = {label: parse_value(knowledge.facts[label], value) for label, value in row["facts"].items()}
    one = assess(scheme, stated, knowledge.facts, date.fromisoformat(row["as_of"]))
    failed = [outcome.condition for outcome in one.failed()]
    assert one.verdict.value == row["verdict"], (one.missing, failed)


@pytest.fixture(scope="module")
def held(agent, loop):
    """Every line as a conversation with the scripted citizen: (line, transcript)."""
    from bot.conversation.agent import Conversation
    from bot.settings import AS_OF

    rows = []
    for row in ROWS:
        token = AS_OF.set(date.fromisoformat(row["as_of"]))
        try:
            conversation = Conversation(agent, "test")
            rows.append((row, loop.run_until_complete(interview(conversation.say, row["opening"], row["facts"]))))
        finally:
            AS_OF.reset(token)
    return rows


def right(row, transcript):
    return (transcript.scheme, transcript.verdict) == (row["scheme"], row["verdict"])


@pytest.mark.rasa
def test_the_share_of_conversations_that_come_to_the_right_verdict_stays_above_the_floor(held):
    wrong = ["\n".join([row["id"], *transcript.lines]) for row, transcript in held if not right(row, transcript)]
    assert 1 - len(wrong) / len(held) >= FLOOR, "\n\n".join(wrong)


@pytest.mark.rasa
def test_few_questions_are_enough(held):
    assert statistics.median(len(transcript.asked) for _, transcript in held) <= QUESTIONS


@pytest.mark.rasa
def test_no_conversation_asks_the_same_twice(held):
    for row, transcript in held:
        assert len(set(transcript.asked)) == len(transcript.asked), row["id"]


@pytest.mark.rasa
def test_every_verdict_says_that_it_is_preliminary(held):
    for row, transcript in held:
        if transcript.verdict:
            assert "以经办机构审核为准" in transcript.lines[-1], row["id"]


def test_the_scripted_citizen_answers_only_what_is_asked():
    import asyncio

    asking = [{"label": "年龄", "unit": "岁"}, {"label": "性别", "unit": ""}, {"label": "丙", "unit": ""}, None]
    said = []

    async def say(text):
        said.append(text)
        return {
            "text": "好",
            "check": {"name": "某政策", "verdict": None if asking[0] else "符合", "asking": asking.pop(0)},
        }

    transcript = asyncio.run(interview(say, "我行吗", {"年龄": 40, "性别": "女", "别的": True}))
    assert said == ["我行吗", "40岁", "女", "不清楚"]
    assert (transcript.asked, transcript.scheme, transcript.verdict) == (["年龄", "性别", "丙"], "某政策", "符合")


def test_the_lines_cover_every_verdict():
    assert len(ROWS) == 30
    assert {row["verdict"] for row in ROWS} == {"符合", "不符合", "待核实"}
