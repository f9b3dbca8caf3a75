"""What the trained NLU hears in messages that it has not seen. The figures stand in docs/evaluation.md; here is the floor."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml
from rapidfuzz import fuzz, process

ACCURACY = 0.768  # measured 0.799; what falls below the threshold of the FallbackClassifier counts as wrong
ENTITY_RECALL = 0.833  # measured 0.863
NEAR = 85  # a training line that is more alike than this makes an unseen message a seen one


@pytest.fixture(scope="module")
def heard(agent, loop):
    """Every unseen line as the agent hears it."""
    from benchmarks.compare_nlu import load_lines, read

    return [read(line, loop.run_until_complete(agent.parse_message(line.text))) for line in load_lines()]


@pytest.fixture(scope="module")
def trained_lines(settings):
    """The training lines with their acts."""
    return [
        (line.removeprefix("- "), block["intent"])
        for path in sorted((settings.root / "nlu_data").glob("*.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", [])
        for line in block["examples"].splitlines()
    ]


@pytest.fixture(scope="module")
def unseen_rows(settings):
    """The unseen lines, read without importing Rasa."""
    return yaml.safe_load((settings.root / "tests/evaluation/dialogue_acts.yml").read_text(encoding="utf-8"))


@pytest.mark.rasa
def test_dialogue_acts_of_unseen_messages_stay_above_the_floor(heard):
    wrong = [(each.line.text, each.line.act, each.act) for each in heard if not each.right or each.fallback]
    assert 1 - len(wrong) / len(heard) >= ACCURACY, wrong


@pytest.mark.rasa
def test_entities_of_unseen_messages_stay_above_the_floor(heard):
    from benchmarks.compare_nlu import entity_counts

    right, _, missed = entity_counts(heard)["all"]
    assert right / (right + missed) >= ENTITY_RECALL


def test_every_act_has_unseen_messages(trained_lines, unseen_rows):
    asked = Counter(row["act"] for row in unseen_rows)
    assert set(asked) == {act for _, act in trained_lines}
    assert min(asked.values()) >= 8


def test_no_training_line_is_nearly_an_unseen_message(trained_lines, unseen_rows):
    from bot.language import normalise

    trained = [normalise(text) for text, _ in trained_lines]
    unseen = [normalise(row["text"]) for row in unseen_rows]
    near = process.cdist(trained, unseen, scorer=fuzz.ratio, score_cutoff=NEAR) > NEAR
    assert not [(trained[i], unseen[j]) for i, j in zip(*near.nonzero())]
