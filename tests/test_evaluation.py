"""The evaluation set through the whole bot. The figures themselves stand in docs/evaluation.md; here is the floor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from benchmarks.judge import INTERNALS, load, right, shares

SETS = Path(__file__).parent / "evaluation"
FLOOR = {
    "policy": 0.90,
    "followup": 0.87,
    "contact": 0.94,
    "refuse": 0.93,
    "clarify": 0.75,
    "chitchat": 1.0,
    "safe": 1.0,
}


@pytest.fixture(scope="module")
def judged(agent, loop):
    """Every line with whether its last reply passes, and the replies of all turns."""
    from bot.conversation.agent import Conversation

    async def talk(turns):
        conversation = Conversation(agent, "test")
        return [await conversation.say(turn) for turn in turns]

    rows = []
    for question in load(SETS / "questions.jsonl"):
        replies = loop.run_until_complete(talk(question["turns"]))
        rows.append((question, right(question, replies[-1]), replies))
    return rows


@pytest.mark.rasa
@pytest.mark.parametrize("kind", FLOOR)
def test_the_share_of_right_answers_stays_above_the_floor(judged, kind):
    good, asked = shares([(question, passed) for question, passed, _ in judged], "kind")[kind]
    assert good / asked >= FLOOR[kind]


@pytest.mark.rasa
def test_no_reply_shows_internals_or_is_empty(judged):
    texts = [reply["text"] for _, _, replies in judged for reply in replies]
    assert all(text.strip() for text in texts)
    assert not [text for text in texts if any(word in text for word in INTERNALS)]


@pytest.mark.rasa
def test_no_reply_is_an_error(judged):
    assert not [reply for _, _, replies in judged for reply in replies if reply["status"].startswith("error")]


def test_no_authored_question_is_a_line_of_the_evaluation_set(questions):
    from bot.language import normalise

    def bare(text):
        return "".join(character for character in normalise(text) if character.isalnum())

    held_out = [bare(turn) for row in load(SETS / "questions.jsonl") for turn in row["turns"]]
    for name in ("eligibility", "calculations"):
        held_out += [bare(row.get("opening") or row["question"]) for row in load(SETS / f"{name}.jsonl")]
    held_out = [text for text in held_out if len(text) >= 5]
    authored = [bare(question.text) for question in questions]
    near = process.cdist(authored, held_out, scorer=fuzz.ratio, score_cutoff=90)
    found = [(authored[i], held_out[j]) for i, j in zip(*near.nonzero())]
    assert not found


def test_every_line_of_the_sets_can_be_read():
    for path in SETS.glob("*.jsonl"):
        for row in path.read_text(encoding="utf-8").splitlines():
            assert json.loads(row)["id"]
