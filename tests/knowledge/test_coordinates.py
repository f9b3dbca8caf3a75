"""Where the places lie is checked like everything else."""

from __future__ import annotations

import pytest

from bot.knowledge import KnowledgeError, load_knowledge

WRONG = {
    "a place that does not exist": ("tqx:", "tqxx:", "tqx"),
    "a latitude off the globe": ("latitude: 46.72", "latitude: 146.72", "-90 到 90"),
    "no number": ("longitude: 121.59", "longitude: .nan", "度数"),
    "a text": ("longitude: 121.59", "longitude: 东经", "小数"),
    "no longitude": (", longitude: 121.59", "", "longitude"),
}


def test_a_seat_is_given_in_degrees(knowledge):
    assert all(44 < latitude < 48 and 119 < longitude < 124 for latitude, longitude in knowledge.coordinates.values())


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_position_is_refused_with_its_line(folder, case):
    old, new, says = WRONG[case]
    path = folder / "coordinates.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(KnowledgeError) as refused:
        load_knowledge(folder)
    assert [fault for fault in refused.value.faults if "coordinates.yml" in fault.file and says in str(fault)]
