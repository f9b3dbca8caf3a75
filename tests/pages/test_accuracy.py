"""The file of the accuracy card."""

from __future__ import annotations

import json

import pytest

from bot.pages import AccuracyError, Figure, read_accuracy

GOOD = {
    "date": "2026-07-01",
    "knowledge": "0123456789ab",
    "set": "试问对话",
    "lines": 50,
    "figures": [{"label": "政策问题", "right": 39, "asked": 40}],
}


@pytest.fixture()
def read(tmp_path):
    def run(data):
        path = tmp_path / "accuracy.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return read_accuracy(path)

    return run


def test_a_card_is_read(read):
    card = read(GOOD)
    assert (card.day.isoformat(), card.lines, card.figures) == ("2026-07-01", 50, (Figure("政策问题", 39, 40),))


def test_no_file_is_no_card(tmp_path):
    assert read_accuracy(tmp_path / "accuracy.json") is None


@pytest.mark.parametrize(("right", "asked", "percent"), [(39, 40, 97), (40, 40, 100), (0, 3, 0), (199, 200, 99)])
def test_a_share_is_never_rounded_up(right, asked, percent):
    assert Figure("", right, asked).percent == percent


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[]",
        {**GOOD, "date": "yesterday"},
        {**GOOD, "lines": "50"},
        {**GOOD, "lines": True},
        {**GOOD, "set": None},
        {**GOOD, "figures": [{"label": "x", "right": 5, "asked": 4}]},
        {**GOOD, "figures": [{"label": "x", "right": 0, "asked": 0}]},
        {**GOOD, "figures": 3},
        {key: value for key, value in GOOD.items() if key != "knowledge"},
    ],
)
def test_a_broken_card_is_refused_with_what_to_do(read, broken):
    with pytest.raises(AccuracyError, match=r"accuracy\.json.*请"):
        read(broken)


def test_the_card_is_no_part_of_the_version_of_the_knowledge(folder):
    from bot.knowledge import knowledge_version

    before = knowledge_version(folder)
    (folder / "accuracy.json").write_text(json.dumps(GOOD), encoding="utf-8")
    assert knowledge_version(folder) == before
